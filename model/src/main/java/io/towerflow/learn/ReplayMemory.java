package io.towerflow.learn;

import io.towerflow.profile.IndexSpace;
import io.towerflow.spec.ModelSpec;
import io.towerflow.table.IndexMap;
import io.towerflow.table.RowSet;
import io.towerflow.tower.EncodedAttributes;
import io.towerflow.tower.QueryContext;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;

/**
 * The last events of the stream, each linked with the events of the same user before and after it,
 * so that any of them can be learnt again with what is known of its user by now.
 *
 * <p>Events of users who have no index are linked with no others: nobody knows whose they are.
 *
 * <p>Events are numbered from 1 in the order of the stream; event o lies in slot {@code (o - 1) mod
 * capacity}. Arrays grow up to the capacity.
 */
final class ReplayMemory {

  /** Which of its user's other items make an event's history. */
  enum View {
    /** The items before it, newest first: as when the event was new. */
    BEFORE,
    /** The items after it, the next one first. */
    AFTER,
    /** The items before and after it in turns, nearest first. */
    AROUND
  }

  /** Slots in one row of a snapshot. */
  private static final int CHUNK = 256;

  private static final int EVENT_BYTES = 3 * Integer.BYTES + Long.BYTES;
  private static final long NONE = 0;

  /** Events of one user that are walked through; whoever has more is counted by item. */
  private static final int MANY = 2048;

  private final int capacity;
  private final boolean keepsContext;
  private final boolean weighed;
  private final boolean rated;
  private final BitSet dirtyChunks = new BitSet();
  private int[] users = new int[0];
  private int[] items = new int[0];
  private int[] taken = new int[0];
  private long[] times = new long[0];

  /** Of no length unless events are weighed; with a minus (also of 0) for those no positives. */
  private float[] weights = new float[0];

  /** Of no length unless events are rated; NaN for those that are not. */
  private float[] values = new float[0];

  private long[] previous = new long[0];
  private long[] next = new long[0];

  /** By user: the slot of the last event, where it is held. */
  private final IndexMap last = new IndexMap();

  /** By slot; as good as empty where contexts are not kept. */
  private EncodedAttributes[] contexts = new EncodedAttributes[0];

  private long newest;
  private int newestSlot;

  /**
   * By users with very many events: how many of those held took each item. Made when it is first
   * asked for.
   */
  private final Map<Integer, IndexMap> counted = new HashMap<>();

  /**
   * An empty memory.
   *
   * @param keepsContext whether queries read categories or numbers of the event
   * @param weighed whether weights are kept, 4 more bytes an event; otherwise every event is a
   *     positive and weighs 1
   * @param rated whether values are kept, 4 more bytes an event
   */
  ReplayMemory(int capacity, boolean keepsContext, boolean weighed, boolean rated) {
    this.capacity = capacity;
    this.keepsContext = keepsContext;
    this.weighed = weighed;
    this.rated = rated;
  }

  /** An empty memory that keeps of events what a spec's learner replays. */
  static ReplayMemory of(ModelSpec spec) {
    return new ReplayMemory(
        spec.replay().memory(),
        !spec.event().context().isNone(),
        spec.event().isWeighed(),
        spec.rating().isLearnt());
  }

  /**
   * Adds every event held, oldest first, to another memory. What that keeps beyond this is as of an
   * event that has none: a weight of 1, no rating.
   *
   * @param contexts makes the other's contexts of this one's
   */
  void copyTo(ReplayMemory other, UnaryOperator<EncodedAttributes> contexts) {
    for (long event = oldest(); event <= newest; event++) {
      int slot = slot(event);
      other.add(
          users[slot],
          items[slot],
          times[slot],
          taken[slot],
          contexts.apply(context(slot)),
          weight(event),
          positive(event),
          value(event));
    }
  }

  /** How many events can be replayed. */
  int size() {
    return (int) Math.min(newest, capacity);
  }

  /** The number of the newest event, 0 before the first. */
  long newest() {
    return newest;
  }

  /** The number of the oldest event that can be replayed. */
  long oldest() {
    return newest - size() + 1;
  }

  /**
   * Remembers the next event.
   *
   * @param user the user's index
   * @param item the item's index
   * @param time when, milliseconds since the epoch
   * @param itemsTaken how many items the user had taken before
   * @param context the event's categories and numbers
   * @param weight how much it weighs in training, at least 0
   * @param positive whether it is a wish for its item; otherwise its user took it, and that is all
   * @param value what a rating head is to learn, NaN for nothing
   */
  void add(
      int user,
      int item,
      long time,
      int itemsTaken,
      EncodedAttributes context,
      float weight,
      boolean positive,
      float value) {
    newest++;
    newestSlot = (int) ((newest - 1) % capacity);
    int slot = newestSlot;
    grow(slot);
    if (newest > capacity) {
      overwrite(slot);
    }
    IndexMap counts = counted.get(user);
    if (counts != null) {
      counts.put(item, Math.max(0, counts.get(item)) + 1);
    }
    users[slot] = user;
    items[slot] = item;
    times[slot] = time;
    taken[slot] = itemsTaken;
    if (keepsContext) {
      contexts[slot] = context;
    }
    if (weighed) {
      weights[slot] = positive ? weight : -weight;
    }
    if (rated) {
      values[slot] = value;
    }
    link(newest);
    dirtyChunks.set(slot / CHUNK);
  }

  /** The event of a slot falls out of the memory. */
  private void overwrite(int slot) {
    int user = users[slot];
    if (last.get(user) == slot) {
      last.remove(user);
    }
    IndexMap counts = counted.get(user);
    if (counts != null) {
      int left = counts.get(items[slot]) - 1;
      if (left > 0) {
        counts.put(items[slot], left);
      } else {
        counts.remove(items[slot]);
      }
      if (counts.size() < MANY / 2) {
        counted.remove(user);
      }
    }
  }

  /**
   * Makes the newest so many events neither positives nor rated, as they turned out not to be fit
   * for training. Of an event without weight or rating nothing is a danger by itself, so it stays.
   */
  void disown(int count) {
    for (long event = Math.max(oldest(), newest - count + 1); event <= newest; event++) {
      if (weighed) {
        weights[slot(event)] = -0f;
      }
      if (rated) {
        values[slot(event)] = Float.NaN;
      }
    }
  }

  private void link(long event) {
    int slot = slot(event);
    previous[slot] = NONE;
    next[slot] = NONE;
    int user = users[slot];
    if (user == IndexSpace.OUT_OF_VOCABULARY) {
      return;
    }
    int slotBefore = last.get(user);
    if (slotBefore != IndexMap.NONE) {
      previous[slot] = eventIn(slotBefore, event);
      next[slotBefore] = event;
    }
    last.put(user, slot);
  }

  /** The event of a slot, when the newest is {@code latest}. */
  private long eventIn(int slot, long latest) {
    int ago = slot(latest) - slot;
    return latest - (ago < 0 ? ago + capacity : ago);
  }

  /**
   * Forgets whose a user's events were, and what they took: they are replayed no more. Takes as
   * long as there are such events.
   */
  void forget(int user) {
    counted.remove(user);
    int slot = last.remove(user);
    long event = slot == IndexMap.NONE ? NONE : eventIn(slot, newest);
    while (isHeld(event)) {
      users[slot(event)] = IndexSpace.OUT_OF_VOCABULARY;
      items[slot(event)] = IndexSpace.OUT_OF_VOCABULARY;
      dirtyChunks.set(slot(event) / CHUNK);
      event = previous[slot(event)];
    }
  }

  /** The item of an event. */
  int item(long event) {
    return items[slot(event)];
  }

  /** How much an event weighs in training. */
  float weight(long event) {
    return weighed ? Math.abs(weights[slot(event)]) : 1;
  }

  /** Whether an event is a wish for its item. */
  boolean positive(long event) {
    return !weighed || Math.copySign(1, weights[slot(event)]) > 0;
  }

  /** What a rating head is to learn of an event, NaN for nothing. */
  float value(long event) {
    return rated ? values[slot(event)] : Float.NaN;
  }

  /** The user of an event. */
  int user(long event) {
    return users[slot(event)];
  }

  /**
   * The query of an event.
   *
   * @param event one that is still held
   * @param length the most items of its history
   * @param known which items there are: the others are left out
   */
  QueryContext query(long event, View view, int length, IntPredicate known) {
    int slot = slot(event);
    int[] history = new int[length];
    long[] historyTimes = new long[length];
    int found = 0;
    long before = view == View.AFTER ? NONE : positive(previous[slot], previous, known);
    long after = view == View.BEFORE ? NONE : positive(next[slot], next, known);
    while (found < length && (isHeld(before) || isHeld(after))) {
      if (isHeld(before)) {
        history[found] = items[slot(before)];
        historyTimes[found++] = times[slot(before)];
        before = positive(previous[slot(before)], previous, known);
      }
      if (found < length && isHeld(after)) {
        history[found] = items[slot(after)];
        // Mirrored into the past: what counts is how far away it is.
        historyTimes[found++] = 2 * times[slot] - times[slot(after)];
        after = positive(next[slot(after)], next, known);
      }
    }
    return new QueryContext(
        users[slot],
        times[slot],
        Arrays.copyOf(history, found),
        Arrays.copyOf(historyTimes, found),
        taken[slot],
        context(slot));
  }

  private EncodedAttributes context(int slot) {
    return keepsContext ? contexts[slot] : EncodedAttributes.NONE;
  }

  /** The first positive of a known item from an event on along links, or one that is not held. */
  private long positive(long event, long[] links, IntPredicate known) {
    long at = event;
    while (isHeld(at) && (!positive(at) || !known.test(item(at)))) {
      at = links[slot(at)];
    }
    return at;
  }

  /**
   * Names those items that a user has taken in the events held: the number of each, some perhaps
   * twice. Takes as long as the user has events, or as there are items where those are far fewer.
   */
  void takenAmong(int user, RowSet asked, IntConsumer number) {
    IndexMap counts = counted.get(user);
    if (counts == null) {
      if (walk(user, MANY, item -> name(asked.find(item), number))) {
        return;
      }
      IndexMap made = new IndexMap();
      walk(user, capacity, item -> made.put(item, Math.max(0, made.get(item)) + 1));
      counted.put(user, made);
      counts = made;
    }
    for (int i = 0; i < asked.size(); i++) {
      if (counts.get(asked.row(i)) != IndexMap.NONE) {
        number.accept(i);
      }
    }
  }

  private static void name(int found, IntConsumer number) {
    if (found >= 0) {
      number.accept(found);
    }
  }

  /** Visits the items of a user's events, newest first; says whether those were all of them. */
  private boolean walk(int user, int most, IntConsumer item) {
    int slot = last.get(user);
    long event = slot == IndexMap.NONE ? NONE : eventIn(slot, newest);
    for (int visited = 0; isHeld(event); visited++) {
      if (visited == most) {
        return false;
      }
      int at = slot(event);
      item.accept(items[at]);
      event = previous[at];
    }
    return true;
  }

  private boolean isHeld(long event) {
    return event != NONE && event > newest - capacity;
  }

  /** The slot of an event that is held. */
  private int slot(long event) {
    int slot = newestSlot - (int) (newest - event);
    return slot < 0 ? slot + capacity : slot;
  }

  private void grow(int slot) {
    if (slot >= users.length) {
      int size = Math.min(capacity, Math.max(slot + 1, Math.max(1024, users.length * 2)));
      users = Arrays.copyOf(users, size);
      items = Arrays.copyOf(items, size);
      taken = Arrays.copyOf(taken, size);
      times = Arrays.copyOf(times, size);
      previous = Arrays.copyOf(previous, size);
      next = Arrays.copyOf(next, size);
      if (keepsContext) {
        contexts = Arrays.copyOf(contexts, size);
      }
      if (weighed) {
        weights = Arrays.copyOf(weights, size);
      }
      if (rated) {
        values = Arrays.copyOf(values, size);
      }
    }
  }

  /** Hands over every chunk that changed since the last call. */
  void drainDirty(StateStore.RowVisitor sink) throws Exception {
    for (int c = dirtyChunks.nextSetBit(0); c >= 0; c = dirtyChunks.nextSetBit(c + 1)) {
      sink.row(c, chunk(c));
    }
    dirtyChunks.clear();
  }

  private byte[] chunk(int c) {
    int from = c * CHUNK;
    int to = Math.min(from + CHUNK, size());
    int size = 0;
    for (int slot = from; slot < to; slot++) {
      size += bytes(slot);
    }
    ByteBuffer buffer = ByteBuffer.allocate(size);
    for (int slot = from; slot < to; slot++) {
      put(slot, buffer);
    }
    return buffer.array();
  }

  private int bytes(int slot) {
    return EVENT_BYTES
        + (keepsContext ? contexts[slot].bytes() : 0)
        + (weighed ? Float.BYTES : 0)
        + (rated ? Float.BYTES : 0);
  }

  private void put(int slot, ByteBuffer buffer) {
    buffer.putInt(users[slot]).putInt(items[slot]).putInt(taken[slot]).putLong(times[slot]);
    if (keepsContext) {
      contexts[slot].put(buffer);
    }
    if (weighed) {
      buffer.putFloat(weights[slot]);
    }
    if (rated) {
      buffer.putFloat(values[slot]);
    }
  }

  /** Takes back a chunk from a snapshot; {@link #relink} follows the last one. */
  void restore(int c, byte[] chunk) {
    ByteBuffer buffer = ByteBuffer.wrap(chunk);
    for (int slot = c * CHUNK; buffer.hasRemaining(); slot++) {
      grow(slot);
      users[slot] = buffer.getInt();
      items[slot] = buffer.getInt();
      taken[slot] = buffer.getInt();
      times[slot] = buffer.getLong();
      if (keepsContext) {
        contexts[slot] = EncodedAttributes.get(buffer);
      }
      if (weighed) {
        weights[slot] = buffer.getFloat();
      }
      if (rated) {
        values[slot] = buffer.getFloat();
      }
    }
  }

  /**
   * Links the restored events.
   *
   * @param newestEvent the number of the newest one
   * @throws IllegalArgumentException if they were not restored
   */
  void relink(long newestEvent) {
    newest = newestEvent;
    newestSlot = (int) ((newest + capacity - 1) % capacity);
    if (users.length < size()) {
      throw new IllegalArgumentException(
          "The snapshot's events are not remembered %s weights and %s ratings: event.weight or event.positive_when or rating.weight was another when it was taken. Restore with the old keys."
              .formatted(weighed ? "with" : "without", rated ? "with" : "without"));
    }
    for (long event = oldest(); event <= newest; event++) {
      link(event);
    }
  }

  /** Adds every event held, oldest first, to a digest. */
  void digest(MessageDigest digest) {
    for (long event = oldest(); event <= newest; event++) {
      int slot = slot(event);
      ByteBuffer buffer = ByteBuffer.allocate(bytes(slot));
      put(slot, buffer);
      digest.update(buffer.array());
    }
  }
}
