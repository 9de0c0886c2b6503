package io.towerflow.tower;

/** Buckets that double: {@code min(last, ceil(log2(n + 1)))}. */
final class LogBuckets {

  /** Buckets of a time since; the last begins at 34 years. */
  static final int GAPS = 32;

  /** Buckets of a number of items; the last begins at 16 384. */
  static final int COUNTS = 16;

  private LogBuckets() {}

  /** The bucket of a time since, in seconds; a negative one counts as none. */
  static int gap(long millis) {
    return Math.min(GAPS - 1, bits(Math.max(0, millis / 1000)));
  }

  /** The bucket of a number of items. */
  static int count(int items) {
    return Math.min(COUNTS - 1, bits(items));
  }

  /** {@code ceil(log2(n + 1))} is the number of bits of n. */
  private static int bits(long n) {
    return Long.SIZE - Long.numberOfLeadingZeros(n);
  }
}
