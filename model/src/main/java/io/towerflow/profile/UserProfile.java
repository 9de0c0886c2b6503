package io.towerflow.profile;

import io.towerflow.message.Attributes;
import java.util.Arrays;

/**
 * What is known of one user: the index, every item taken, and the last few of them with their
 * times.
 *
 * @param index the user's index, see {@link IndexSpace}: out-of-vocabulary until the user is
 *     admitted
 * @param seen indices of all items taken, each once, ascending
 * @param recentItems indices of the last items taken, newest first; an item taken twice is there
 *     twice
 * @param recentTimes when they were taken, milliseconds since the epoch, as long as {@code
 *     recentItems}
 * @param context the last known value of each category and number of the user's events
 */
public record UserProfile(
    int index, int[] seen, int[] recentItems, long[] recentTimes, Attributes context) {

  /** A user who has taken nothing. */
  public static UserProfile fresh(int index) {
    return new UserProfile(index, new int[0], new int[0], new long[0], Attributes.NONE);
  }

  /** The profile of the same user under an index. */
  public UserProfile named(int givenIndex) {
    return new UserProfile(givenIndex, seen, recentItems, recentTimes, context);
  }

  /** Whether the user has taken an item before. */
  public boolean hasSeen(int item) {
    return Arrays.binarySearch(seen, item) >= 0;
  }

  /**
   * The profile after an event; this one stays as it is.
   *
   * @param item the item's index; one that has none leaves no trace
   * @param time when, milliseconds since the epoch
   * @param positive whether the item belongs to the history; it is among those taken either way
   * @param historyItems how many recent items to keep
   */
  public UserProfile after(int item, long time, boolean positive, int historyItems) {
    if (item == IndexSpace.OUT_OF_VOCABULARY) {
      return this;
    }
    UserProfile taken = after(item, time, historyItems);
    return positive ? taken : new UserProfile(index, taken.seen, recentItems, recentTimes, context);
  }

  /**
   * The profile after the user took an item; this one stays as it is.
   *
   * @param item the item's index
   * @param time when, milliseconds since the epoch
   * @param historyItems how many recent items to keep
   */
  public UserProfile after(int item, long time, int historyItems) {
    int[] nextSeen = seen;
    int at = Arrays.binarySearch(seen, item);
    if (at < 0) {
      int insertion = -at - 1;
      nextSeen = new int[seen.length + 1];
      System.arraycopy(seen, 0, nextSeen, 0, insertion);
      nextSeen[insertion] = item;
      System.arraycopy(seen, insertion, nextSeen, insertion + 1, seen.length - insertion);
    }
    int kept = Math.min(historyItems, recentItems.length + 1);
    int[] items = new int[kept];
    long[] times = new long[kept];
    if (kept > 0) {
      items[0] = item;
      times[0] = time;
      System.arraycopy(recentItems, 0, items, 1, kept - 1);
      System.arraycopy(recentTimes, 0, times, 1, kept - 1);
    }
    return new UserProfile(index, nextSeen, items, times, context);
  }

  /** The profile after an event with this context; this one stays as it is. */
  public UserProfile inContext(Attributes latest) {
    return new UserProfile(index, seen, recentItems, recentTimes, latest.orElse(context));
  }
}
