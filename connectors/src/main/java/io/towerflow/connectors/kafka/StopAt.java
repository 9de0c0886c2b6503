package io.towerflow.connectors.kafka;

/** Where a source ends. */
public sealed interface StopAt {

  /** The source follows its topic for ever. */
  static StopAt never() {
    return Never.INSTANCE;
  }

  /** The source ends at the last record that is in the topic when the job starts. */
  static StopAt currentEnd() {
    return CurrentEnd.INSTANCE;
  }

  /**
   * The source ends before {@code offset} in every partition, and waits where a partition is
   * shorter.
   *
   * @throws IllegalArgumentException if {@code offset} is negative
   */
  static StopAt offset(long offset) {
    return new AtOffset(offset);
  }

  /** See {@link #never()}. */
  enum Never implements StopAt {
    INSTANCE
  }

  /** See {@link #currentEnd()}. */
  enum CurrentEnd implements StopAt {
    INSTANCE
  }

  /** See {@link #offset(long)}. */
  record AtOffset(long offset) implements StopAt {
    public AtOffset {
      if (offset < 0) {
        throw new IllegalArgumentException("stop at offset: must be 0 or more, is " + offset);
      }
    }
  }
}
