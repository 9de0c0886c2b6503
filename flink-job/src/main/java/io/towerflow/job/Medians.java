package io.towerflow.job;

import java.util.stream.DoubleStream;

/** Medians of what was measured. */
public final class Medians {

  private Medians() {}

  /** The median of one figure or more; of an even number the mean of the middle two. */
  public static double of(DoubleStream figures) {
    double[] sorted = figures.sorted().toArray();
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }
}
