package io.towerflow.local;

import io.towerflow.learn.Example;
import io.towerflow.message.Event;
import io.towerflow.profile.IndexSpace;
import io.towerflow.profile.ItemProfile;
import io.towerflow.profile.UserProfile;
import io.towerflow.spec.ModelSpec;
import java.util.HashMap;
import java.util.Map;

/**
 * Makes examples of events as the job does, with what it keeps in keyed state in maps: the same
 * events become the same examples. For specs under which ids enter at once and never leave.
 */
final class ExampleFeed {

  private final int historyItems;
  private final Map<String, ItemProfile> items;
  private final Map<String, UserProfile> users;
  private final Map<Integer, Integer> itemsOfShard;
  private final Map<Integer, Integer> usersOfShard;

  private ExampleFeed(
      int historyItems,
      Map<String, ItemProfile> items,
      Map<String, UserProfile> users,
      Map<Integer, Integer> itemsOfShard,
      Map<Integer, Integer> usersOfShard) {
    this.historyItems = historyItems;
    this.items = items;
    this.users = users;
    this.itemsOfShard = itemsOfShard;
    this.usersOfShard = usersOfShard;
  }

  /** A feed that has seen nothing. */
  ExampleFeed(ModelSpec spec) {
    this(spec.historyItems(), new HashMap<>(), new HashMap<>(), new HashMap<>(), new HashMap<>());
  }

  /** A feed that knows what this one knows, and goes its own way. */
  ExampleFeed copy() {
    return new ExampleFeed(
        historyItems,
        new HashMap<>(items),
        new HashMap<>(users),
        new HashMap<>(itemsOfShard),
        new HashMap<>(usersOfShard));
  }

  /** The example of the next event. */
  Example next(Event event) {
    UserProfile known = users.get(event.user());
    UserProfile before =
        known == null ? UserProfile.fresh(nextIndex(usersOfShard, event.user())) : known;
    Example example = example(event, before, known == null, event.value(), event.positive());
    users.put(event.user(), example.after(historyItems));
    return example;
  }

  /**
   * An example that brings its event's item into the catalogue and teaches nothing: of somebody
   * unknown, who has taken the item and did not like it.
   */
  Example stock(Event event) {
    return example(
        event, UserProfile.fresh(IndexSpace.OUT_OF_VOCABULARY), false, Double.NaN, false);
  }

  private Example example(
      Event event, UserProfile before, boolean newUser, double value, boolean positive) {
    ItemProfile known = items.get(event.item());
    boolean hasNews = known == null || !known.has(event.texts(), event.itemAttributes());
    ItemProfile item = known;
    if (hasNews) {
      int index = known == null ? nextIndex(itemsOfShard, event.item()) : known.index();
      item = new ItemProfile(index, event.texts(), event.itemAttributes());
      items.put(event.item(), item);
    }
    return new Example(
        event.user(),
        before,
        newUser,
        event.item(),
        item.index(),
        known == null,
        hasNews ? item.texts() : null,
        hasNews ? item.attributes() : null,
        event.context(),
        event.time(),
        value,
        event.weight(),
        positive,
        event.record());
  }

  private static int nextIndex(Map<Integer, Integer> counted, String id) {
    int shard = IndexSpace.shardOf(id);
    return IndexSpace.index(shard, counted.merge(shard, 1, Integer::sum));
  }
}
