package io.towerflow.spec;

import java.io.Serializable;
import java.time.Duration;

/**
 * When ids enter a vocabulary and when they leave it. Time is the stream's own.
 *
 * <p>It is counted in periods, a sixteenth of the time to live each, so that an id that is seen
 * often need be noted but once a period, and ids leave by the periodful. So an id leaves when more
 * than its time to live and at most seventeen sixteenths of it have passed since it was last seen.
 *
 * @param admitAfter the events that an id needs before it is given an index: the last of them is
 *     the first that counts
 * @param timeToLive how long an id stays after its last event, {@link #NEVER} for always
 */
public record Lifetime(int admitAfter, Duration timeToLive) implements Serializable {

  /** The time to live of ids that never leave. */
  public static final Duration NEVER = Duration.ofMillis(Long.MAX_VALUE);

  /** Ids enter with their first event and never leave. */
  public static final Lifetime UNBOUNDED = new Lifetime(1, NEVER);

  private static final int PERIODS = 16;

  /** Whether ids leave. */
  public boolean ends() {
    return !timeToLive.equals(NEVER);
  }

  /** Whether there is anything to be kept of an id in order to tell when it enters or leaves. */
  public boolean needsAccount() {
    return ends() || admitAfter > 1;
  }

  /**
   * The first millisecond of the period that a time falls in, so that what was noted under another
   * time to live is understood; 0 where ids never leave.
   *
   * @param clock milliseconds since the epoch
   */
  public long period(long clock) {
    return ends() ? clock - Math.floorMod(clock, length()) : 0;
  }

  private long length() {
    return (timeToLive.toMillis() + PERIODS - 1) / PERIODS;
  }

  /** Whether ids that were last seen in a period leave by a time. */
  public boolean isOver(long period, long clock) {
    return ends() && period(clock) - period > PERIODS * length();
  }
}
