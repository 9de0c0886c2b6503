package io.towerflow.learn;

import io.towerflow.message.Attributes;
import io.towerflow.message.RawRecord;
import io.towerflow.profile.IndexSpace;
import io.towerflow.profile.UserProfile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Turns events into examples, in order, as the keyed state upstream of a learner does. */
final class ExampleStream {

  private final int historyItems;
  private final Map<String, UserProfile> users = new HashMap<>();
  private final Map<String, Integer> items = new HashMap<>();
  private final int[] locals = new int[2 * IndexSpace.SHARDS];

  ExampleStream(int historyItems) {
    this.historyItems = historyItems;
  }

  Example next(String user, String item, String title, long time) {
    return next(user, item, title, time, 1, true);
  }

  Example next(String user, String item, String title, long time, double weight, boolean positive) {
    boolean newUser = !users.containsKey(user);
    boolean newItem = !items.containsKey(item);
    UserProfile before = users.computeIfAbsent(user, id -> UserProfile.fresh(index(id, 0)));
    int itemIndex = items.computeIfAbsent(item, id -> index(id, IndexSpace.SHARDS));
    users.put(user, before.after(itemIndex, time, positive, historyItems));
    String[] texts = newItem ? new String[] {title} : null;
    return new Example(
        user,
        before,
        newUser,
        item,
        itemIndex,
        newItem,
        texts,
        Attributes.NONE,
        Attributes.NONE,
        time,
        Double.NaN,
        weight,
        positive,
        RawRecord.at("ratings", 0, 0));
  }

  /** Nobody knows the user any more. Gives the index that was the user's. */
  int forgetUser(String user) {
    return users.remove(user).index();
  }

  /** Nobody knows the item any more. Gives the index that was the item's. */
  int forgetItem(String item) {
    return items.remove(item);
  }

  private int index(String id, int offset) {
    int shard = IndexSpace.shardOf(id);
    return IndexSpace.index(shard, ++locals[offset + shard]);
  }

  /**
   * A stream in which the next item follows from the last: user u walks through the items of one of
   * three groups, so that history foretells and popularity does not.
   */
  static List<Example> walks(int events, int historyItems) {
    ExampleStream stream = new ExampleStream(historyItems);
    List<Example> examples = new ArrayList<>();
    for (int e = 0; e < events; e++) {
      int user = e / 12;
      int place = e % 12;
      int group = user % 3;
      int item = group * 20 + (user * 5 + place) % 20;
      examples.add(
          stream.next("u" + user, "i" + item, "group" + group + " item" + item, e * 1000L));
    }
    return examples;
  }
}
