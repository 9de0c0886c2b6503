package io.towerflow.job;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.streaming.api.operators.KeyContext;

/**
 * A map in keyed state, from ids to what is known of them, whose entries of late are on the heap as
 * well. Few ids have most of the events, so most events then neither read nor write the state: what
 * changed is written when it makes room, and before a snapshot.
 *
 * <p>An id lies under the key of its shard, see {@link ShardKeys#keyOf}.
 */
final class CachedMap<V> {

  /** What an entry takes on the heap beside its value. */
  private static final int ENTRY_BYTES = 160;

  private static final class Entry<V> {
    V value;
    int bytes;
    boolean changed;

    /** Whether it was asked for since it was last passed over. */
    boolean used;
  }

  private final MapState<String, V> state;
  private final KeyContext keys;
  private final long mostBytes;
  private final ToIntFunction<V> size;

  /** In the order in which they came, or were passed over. */
  private final LinkedHashMap<String, Entry<V>> entries = new LinkedHashMap<>();

  private long bytes;

  /**
   * @param keys whose current key the state is read and written under
   * @param mostBytes what all entries may take on the heap
   * @param size roughly what a value takes on the heap, in bytes
   */
  CachedMap(MapState<String, V> state, KeyContext keys, long mostBytes, ToIntFunction<V> size) {
    this.state = state;
    this.keys = keys;
    this.mostBytes = mostBytes;
    this.size = size;
  }

  /** What is known of an id of the current key, null if nothing is. */
  V get(String id) throws Exception {
    Entry<V> entry = entries.get(id);
    if (entry != null) {
      entry.used = true;
      return entry.value;
    }
    V value = state.get(id);
    if (value != null) {
      hold(id, value, false);
    }
    return value;
  }

  /** Notes what is known of an id of the current key from now on. */
  void put(String id, V value) throws Exception {
    hold(id, value, true);
  }

  /** Forgets an id of the current key. */
  void remove(String id) throws Exception {
    Entry<V> entry = entries.remove(id);
    if (entry != null) {
      bytes -= entry.bytes;
    }
    state.remove(id);
  }

  private void hold(String id, V value, boolean changed) throws Exception {
    Entry<V> entry = entries.computeIfAbsent(id, absent -> new Entry<>());
    bytes -= entry.bytes;
    entry.value = value;
    entry.bytes = ENTRY_BYTES + size.applyAsInt(value);
    entry.changed |= changed;
    bytes += entry.bytes;
    if (bytes > mostBytes) {
      makeRoom();
    }
  }

  /**
   * Lets go of an eighth at a time, so that what is written is written in one go. Whoever was asked
   * for since the last time is passed over: a second chance, which costs a look-up less than an
   * order by the last use.
   */
  private void makeRoom() throws Exception {
    Map<String, Entry<V>> leaving = new HashMap<>();
    while (bytes > mostBytes - mostBytes / 8) {
      Map<String, Entry<V>> passedOver = new LinkedHashMap<>();
      Iterator<Map.Entry<String, Entry<V>>> eldest = entries.entrySet().iterator();
      while (bytes > mostBytes - mostBytes / 8 && eldest.hasNext()) {
        Map.Entry<String, Entry<V>> next = eldest.next();
        Entry<V> entry = next.getValue();
        if (entry.used) {
          entry.used = false;
          passedOver.put(next.getKey(), entry);
        } else {
          leaving.put(next.getKey(), entry);
          bytes -= entry.bytes;
        }
        eldest.remove();
      }
      entries.putAll(passedOver);
    }
    write(leaving);
  }

  /** Writes what has changed. To be called before a snapshot. */
  void write() throws Exception {
    write(entries);
  }

  private void write(Map<String, Entry<V>> some) throws Exception {
    Map<Integer, Map<String, V>> changed = new HashMap<>();
    some.forEach(
        (id, entry) -> {
          if (entry.changed) {
            entry.changed = false;
            changed
                .computeIfAbsent(ShardKeys.keyOf(id), key -> new HashMap<>())
                .put(id, entry.value);
          }
        });
    Object current = keys.getCurrentKey();
    for (Map.Entry<Integer, Map<String, V>> ofKey : changed.entrySet()) {
      keys.setCurrentKey(ofKey.getKey());
      state.putAll(ofKey.getValue());
    }
    if (current != null) { // there is none before the first event
      keys.setCurrentKey(current);
    }
  }
}
