package io.towerflow.local;

import java.util.List;
import java.util.Locale;

/**
 * What an event costs as one thing grows and all others stay.
 *
 * @param key a name for programs
 * @param what grows, for people
 * @param points by rising size, two or more
 */
record GrowthAxis(String key, String what, List<Point> points) {

  /** A cost beyond so many times the smallest size's is said to grow. */
  private static final double FLAT = 1.3;

  /**
   * One size.
   *
   * @param micros on the processor for an event, the median over the rounds
   */
  record Point(long size, double micros) {}

  /** What the points mean. */
  String sentence() {
    Point first = points.get(0);
    Point last = points.get(points.size() - 1);
    double times = last.micros() / first.micros();
    String measured =
        String.format(
            Locale.ROOT,
            "From %,d to %,d %s an event goes from %,.0f to %,.0f microseconds, %.2f times as much:"
                + " ",
            first.size(),
            last.size(),
            what,
            first.micros(),
            last.micros(),
            times);
    if (times > FLAT) {
      return measured
          + String.format(
              Locale.ROOT,
              "at the most of them a core learns %,.0f events a second.",
              1e6 / last.micros());
    }
    return measured
        + (times < 1 / FLAT
            ? "the more, the less an event costs."
            : "speed need not be planned by them.");
  }
}
