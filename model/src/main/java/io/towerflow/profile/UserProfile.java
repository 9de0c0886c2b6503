package io.towerflow.profile;

import io.towerflow.message.Attributes;
import java.util.Arrays;

/**
 * What is known of one user: the index, every item taken, and the last few of them with their
 * times.
 *
 * @param index the user's index, see {@link IndexSpace}: out-of-vocabulary until the user is
 *     admitted
 * @param seen indices of all items taken, each once, ascending; empty where the user is followed
 * @param recentItems indices of the last items taken, newest first; an item taken twice is there
 *     twice
 * @param recentTimes when they were taken, milliseconds since the epoch, as long as {@code
 *     recentItems}
 * @param context the last known value of each category and number of the user's events
 * @param followed 0 where {@code seen} is all that the user has taken. Otherwise that is kept by
 *     the one whom all of the user's events go to, who follows what is taken: {@link #FOLLOWED}, or
 *     the number of items where it is known
 */
public record UserProfile(
    int index,
    int[] seen,
    int[] recentItems,
    long[] recentTimes,
    Attributes context,
    int followed) {

  /** So many items are too many to be read, written and sent with each event. */
  public static final int MOST_SEEN = 1024;

  /** The user is followed, and how many items there are is known elsewhere. */
  public static final int FOLLOWED = -1;

  /** The profile of a user who is not followed. */
  public UserProfile(
      int index, int[] seen, int[] recentItems, long[] recentTimes, Attributes context) {
    this(index, seen, recentItems, recentTimes, context, 0);
  }

  /** A user who has taken nothing. */
  public static UserProfile fresh(int index) {
    return new UserProfile(index, new int[0], new int[0], new long[0], Attributes.NONE);
  }

  /**
   * Whether the user has taken so much that this is the last profile that holds it: who gets it has
   * to follow the user's events from this one on, and who sends it can let go of the items. Only of
   * a user who has an index, since that is what tells when the user has left.
   */
  public boolean isToBeFollowed() {
    return seen.length >= MOST_SEEN && index != IndexSpace.OUT_OF_VOCABULARY;
  }

  /** Whether the items taken are not here. */
  public boolean isFollowed() {
    return followed != 0;
  }

  /**
   * The profile without the items taken.
   *
   * @param count how many they are, or {@link #FOLLOWED}
   */
  public UserProfile withoutSeen(int count) {
    return new UserProfile(index, new int[0], recentItems, recentTimes, context, count);
  }

  /** The profile of a user who was followed, with the items taken. */
  public UserProfile withSeen(int[] taken) {
    return new UserProfile(index, taken, recentItems, recentTimes, context);
  }

  /** The profile of the same user under an index. */
  public UserProfile named(int givenIndex) {
    return new UserProfile(givenIndex, seen, recentItems, recentTimes, context, followed);
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
    return positive
        ? taken
        : new UserProfile(index, taken.seen, recentItems, recentTimes, context, followed);
  }

  /**
   * The profile after the user took an item; this one stays as it is.
   *
   * @param item the item's index
   * @param time when, milliseconds since the epoch
   * @param historyItems how many recent items to keep
   */
  public UserProfile after(int item, long time, int historyItems) {
    int[] nextSeen = isFollowed() ? seen : withItem(seen, item);
    int kept = Math.min(historyItems, recentItems.length + 1);
    int[] items = new int[kept];
    long[] times = new long[kept];
    if (kept > 0) {
      items[0] = item;
      times[0] = time;
      System.arraycopy(recentItems, 0, items, 1, kept - 1);
      System.arraycopy(recentTimes, 0, times, 1, kept - 1);
    }
    return new UserProfile(index, nextSeen, items, times, context, followed);
  }

  /**
   * Items and one more.
   *
   * @param items indices, each once, ascending
   * @return the same array where the item is among them, a new one otherwise
   */
  public static int[] withItem(int[] items, int item) {
    int at = Arrays.binarySearch(items, item);
    if (at >= 0) {
      return items;
    }
    int insertion = -at - 1;
    int[] more = new int[items.length + 1];
    System.arraycopy(items, 0, more, 0, insertion);
    more[insertion] = item;
    System.arraycopy(items, insertion, more, insertion + 1, items.length - insertion);
    return more;
  }

  /** The profile after an event with this context; this one stays as it is. */
  public UserProfile inContext(Attributes latest) {
    return new UserProfile(index, seen, recentItems, recentTimes, latest.orElse(context), followed);
  }

  /** Roughly what the profile takes in memory, in bytes. */
  public int bytes() {
    return 128
        + Integer.BYTES * (seen.length + recentItems.length)
        + Long.BYTES * recentTimes.length
        + context.bytes();
  }
}
