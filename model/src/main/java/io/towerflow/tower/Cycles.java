package io.towerflow.tower;

import io.towerflow.spec.FeatureSpec.CyclicTime.Cycle;
import java.util.List;

/** Where in its cycles a time lies: for each, the sine and the cosine of the way gone round. */
final class Cycles {

  private Cycles() {}

  /**
   * Writes {@code sin a, cos a} of each cycle, {@code a = 2 pi (time mod cycle) / cycle}.
   *
   * @param time milliseconds since the epoch
   */
  static void write(List<Cycle> cycles, long time, float[] out, int offset) {
    int at = offset;
    for (Cycle cycle : cycles) {
      double angle = 2 * Math.PI * Math.floorMod(time, cycle.millis()) / cycle.millis();
      // StrictMath: Math's may differ in the last bit from one machine to the next.
      out[at++] = (float) StrictMath.sin(angle);
      out[at++] = (float) StrictMath.cos(angle);
    }
  }
}
