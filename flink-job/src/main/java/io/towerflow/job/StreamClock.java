package io.towerflow.job;

/**
 * The time of the stream: the latest that two events in a row have reached, so that one alone that
 * comes from the future moves nothing. It never goes back, but for this: where there was only one
 * event, its time is all there is to go by.
 *
 * @param reached what two in a row have reached, {@link #NONE} before the second event
 * @param lastTime the time of the last event, {@link #NONE} before the first
 */
public record StreamClock(long reached, long lastTime) {

  private static final long NONE = Long.MIN_VALUE;

  /** The clock before the first event. */
  static final StreamClock START = new StreamClock(NONE, NONE);

  /** The clock after an event of this time, milliseconds since the epoch. */
  StreamClock after(long time) {
    return new StreamClock(
        lastTime == NONE ? NONE : Math.max(reached, Math.min(time, lastTime)), time);
  }

  /** What it says, milliseconds since the epoch. */
  long now() {
    return reached == NONE ? lastTime : reached;
  }

  /** Whether it says nothing yet. */
  boolean isUnset() {
    return lastTime == NONE;
  }
}
