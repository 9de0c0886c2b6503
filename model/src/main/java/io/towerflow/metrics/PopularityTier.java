package io.towerflow.metrics;

import java.util.function.IntToLongFunction;

/**
 * How popular an item is among the items known at one moment. Items are ranked by the events that
 * took them so far, of two with as many the one that was seen first. Head are the most popular
 * items that together make up the first third of all events so far, torso those that make up the
 * second, tail the rest. An item that lies across a border belongs to the more popular side, so the
 * head is never empty.
 */
public final class PopularityTier {

  private PopularityTier() {}

  /**
   * The tier of an item: {@link Cohort#HEAD}, {@link Cohort#TORSO} or {@link Cohort#TAIL}.
   *
   * @param item its number; items are numbered from 0 in the order of their first sight
   * @param known how many items are known
   * @param count the events that took an item so far
   */
  public static Cohort of(int item, int known, IntToLongFunction count) {
    long own = count.applyAsLong(item);
    long ofMorePopular = 0;
    long events = 0;
    for (int other = 0; other < known; other++) {
      long taken = count.applyAsLong(other);
      events += taken;
      if (taken > own || (taken == own && other < item)) {
        ofMorePopular += taken;
      }
    }
    return of(ofMorePopular, events);
  }

  /**
   * The tier of an item by counts.
   *
   * @param ofMorePopular the events that took more popular items
   * @param events all events
   */
  public static Cohort of(long ofMorePopular, long events) {
    if (3 * ofMorePopular < events) {
      return Cohort.HEAD;
    }
    return 3 * ofMorePopular < 2 * events ? Cohort.TORSO : Cohort.TAIL;
  }
}
