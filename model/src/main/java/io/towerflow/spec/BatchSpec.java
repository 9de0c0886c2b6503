package io.towerflow.spec;

import java.time.Duration;

/**
 * When a mini-batch closes: on size, or when a record's own time passes the first record's by
 * {@code span}. Never by the wall clock, so that the same stream is cut the same way.
 */
public record BatchSpec(int size, Duration span) {

  /** Whether a batch closes before a record joins it, by their times in milliseconds. */
  public boolean closesBefore(long firstTime, long time) {
    return time - firstTime >= span.toMillis();
  }
}
