package io.towerflow.tower;

import io.towerflow.profile.UserProfile;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * What a query is built from: the user as known at one moment.
 *
 * @param user the user's index
 * @param time the moment, milliseconds since the epoch
 * @param recentItems indices of the items taken last, newest first
 * @param recentTimes when they were taken, milliseconds since the epoch
 * @param taken how many items the user has taken
 * @param attributes categories and numbers of the moment
 */
public record QueryContext(
    int user,
    long time,
    int[] recentItems,
    long[] recentTimes,
    int taken,
    EncodedAttributes attributes) {

  /** The user of a profile at one moment. */
  public static QueryContext of(UserProfile profile, long time, EncodedAttributes attributes) {
    return new QueryContext(
        profile.index(),
        time,
        profile.recentItems(),
        profile.recentTimes(),
        profile.seen().length,
        attributes);
  }

  /** The same without those of the items taken last that there are no more. */
  public QueryContext among(IntPredicate known) {
    if (Arrays.stream(recentItems).allMatch(known)) {
      return this;
    }
    int[] items = new int[recentItems.length];
    long[] times = new long[recentItems.length];
    int found = 0;
    for (int i = 0; i < recentItems.length; i++) {
      if (known.test(recentItems[i])) {
        items[found] = recentItems[i];
        times[found++] = recentTimes[i];
      }
    }
    return new QueryContext(
        user, time, Arrays.copyOf(items, found), Arrays.copyOf(times, found), taken, attributes);
  }
}
