package io.towerflow.job;

/**
 * Which ids are kept, of all that were ever taken.
 *
 * @param first the position of the oldest that is kept
 * @param next the position of the next that is taken; none is kept where it is {@code first}
 * @param now the latest event time so far, milliseconds since the epoch
 */
public record IdSpan(long first, long next, long now) {

  /** None, before the first event. */
  static IdSpan none() {
    return new IdSpan(0, 0, Long.MIN_VALUE);
  }
}
