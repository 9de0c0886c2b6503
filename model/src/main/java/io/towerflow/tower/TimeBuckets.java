package io.towerflow.tower;

/** Which bucket a time falls into. */
final class TimeBuckets {

  private TimeBuckets() {}

  /**
   * Linear buckets as Keras' Discretization cuts the edges {@code numpy.linspace(from, to,
   * buckets)}: the number of edges that are not after the time. Times before {@code from} are in
   * bucket 0, times from {@code to} on in bucket {@code buckets}.
   */
  static int linear(long time, long from, long to, int buckets) {
    if (time < from) {
      return 0;
    }
    if (time >= to) {
      return buckets;
    }
    return 1 + (int) ((time - from) * (double) (buckets - 1) / (to - from));
  }

  /** Consecutive periods since the epoch; earlier times share bucket 0. */
  static int rolling(long time, long period) {
    return (int) Math.max(0, Math.min(Integer.MAX_VALUE, Math.floorDiv(time, period) + 1));
  }
}
