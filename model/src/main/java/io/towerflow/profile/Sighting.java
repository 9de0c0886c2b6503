package io.towerflow.profile;

import io.towerflow.spec.Lifetime;

/**
 * What is kept of an id to tell when it enters a vocabulary and when it leaves it.
 *
 * @param count its events, counted up to as many as it needs to enter
 * @param period when the period of the last one began, see {@link Lifetime}
 */
public record Sighting(int count, long period) {

  /**
   * What is to be kept after an event.
   *
   * @param before what was kept before it, null if it is the id's first
   * @param clock the stream's time, milliseconds since the epoch
   */
  public static Sighting after(Sighting before, long clock, Lifetime lifetime) {
    int count = before == null ? 1 : Math.min(before.count + 1, lifetime.admitAfter());
    return new Sighting(count, lifetime.period(clock));
  }

  /** Whether the id is in the vocabulary. */
  public boolean isAdmitted(Lifetime lifetime) {
    return count >= lifetime.admitAfter();
  }
}
