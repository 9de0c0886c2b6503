package io.towerflow.learn;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.towerflow.table.IndexMap;
import io.towerflow.tower.EncodedAttributes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The items known to the model, each at a position: in the order of their first sight, but for
 * those that took the place of one that was removed. An item is only ever removed between two
 * events, so those that came with the latest events are the last ones, in order.
 */
final class Catalogue {

  private record Entry(
      String id, long firstOrdinal, int item, int[][] tokens, EncodedAttributes attributes) {}

  private final List<Entry> entries = new ArrayList<>();
  private final BitSet dirty = new BitSet();
  private final IndexMap positions = new IndexMap();

  /** As many positions as the last snapshot may have, which is more where items were removed. */
  private int drained;

  /** Items known. */
  int size() {
    return entries.size();
  }

  /** The position of an item, or -1 where it is not known. */
  int position(int item) {
    return positions.get(item);
  }

  /** Whether an item is there. */
  boolean contains(int item) {
    return positions.get(item) != IndexMap.NONE;
  }

  String id(int position) {
    return entries.get(position).id;
  }

  /** The item's index. */
  int item(int position) {
    return entries.get(position).item;
  }

  /** Indices of the tokens of each text field. */
  int[][] tokens(int position) {
    return entries.get(position).tokens;
  }

  /** The item's categories and numbers. */
  EncodedAttributes attributes(int position) {
    return entries.get(position).attributes;
  }

  /** The ordinal of the event that brought the item. */
  long firstOrdinal(int position) {
    return entries.get(position).firstOrdinal;
  }

  /**
   * How many items were known before an event: those at the first so many positions. Takes as long
   * as items came since.
   *
   * @param ordinal of an event since the last removal
   */
  int knownBefore(long ordinal) {
    int known = entries.size();
    while (known > 0 && entries.get(known - 1).firstOrdinal >= ordinal) {
      known--;
    }
    return known;
  }

  /**
   * Adds an item, or takes over its changed tokens and attributes.
   *
   * @param item the item's index
   * @param ordinal of the event that brings it, rising from call to call
   * @param tokens indices of the tokens of each text field
   * @param attributes the item's categories and numbers
   */
  void put(int item, String id, long ordinal, int[][] tokens, EncodedAttributes attributes) {
    int position = position(item);
    if (position == IndexMap.NONE) {
      position = entries.size();
      entries.add(new Entry(id, ordinal, item, tokens, attributes));
      positions.put(item, position);
    } else {
      entries.set(
          position, new Entry(id, entries.get(position).firstOrdinal, item, tokens, attributes));
    }
    dirty.set(position);
  }

  /**
   * Removes an item. The last one takes its position.
   *
   * @return the position
   * @throws IllegalArgumentException if it is not there
   */
  int remove(int item) {
    int position = positions.remove(item);
    if (position == IndexMap.NONE) {
      throw new IllegalArgumentException("There is no item of index " + item);
    }
    Entry last = entries.remove(entries.size() - 1);
    dirty.clear(entries.size());
    if (position < entries.size()) {
      entries.set(position, last);
      positions.put(last.item, position);
      dirty.set(position);
    }
    return position;
  }

  /** Hands over every entry that changed since the last call, by position. */
  void drainDirty(StateStore.RowVisitor sink) throws Exception {
    for (int p = dirty.nextSetBit(0); p >= 0; p = dirty.nextSetBit(p + 1)) {
      sink.row(p, bytes(entries.get(p)));
    }
    dirty.clear();
  }

  /** Hands over the positions that there were at the last call and are no more. */
  void drainRemoved(PositionVisitor sink) throws Exception {
    for (int position = entries.size(); position < drained; position++) {
      sink.position(position);
    }
    drained = entries.size();
  }

  /** Receives a position. */
  @FunctionalInterface
  interface PositionVisitor {
    void position(int position) throws Exception;
  }

  private static byte[] bytes(Entry entry) {
    byte[] id = entry.id.getBytes(UTF_8);
    int[][] tokens = entry.tokens;
    int ints = 3 + tokens.length;
    for (int[] field : tokens) {
      ints += field.length;
    }
    ByteBuffer out =
        ByteBuffer.allocate(
            id.length
                + Long.BYTES
                + ints * Integer.BYTES
                + (entry.attributes.isNone() ? 0 : entry.attributes.bytes()));
    out.putInt(id.length).put(id).putLong(entry.firstOrdinal).putInt(entry.item);
    out.putInt(tokens.length);
    for (int[] field : tokens) {
      out.putInt(field.length);
      for (int token : field) {
        out.putInt(token);
      }
    }
    if (!entry.attributes.isNone()) {
      entry.attributes.put(out);
    }
    return out.array();
  }

  /**
   * An entry's bytes with other tokens and attributes, for a spec that reads other fields.
   *
   * @param tokens makes the tokens of the new fields of those of the old
   * @param attributes likewise
   */
  static byte[] rewritten(
      byte[] bytes, UnaryOperator<int[][]> tokens, UnaryOperator<EncodedAttributes> attributes) {
    Entry entry = entry(bytes);
    return bytes(
        new Entry(
            entry.id,
            entry.firstOrdinal,
            entry.item,
            tokens.apply(entry.tokens),
            attributes.apply(entry.attributes)));
  }

  /** Takes over a snapshot: every entry's bytes by position, none missing. */
  void restore(byte[][] byPosition) {
    for (byte[] bytes : byPosition) {
      Entry entry = entry(bytes);
      positions.put(entry.item, entries.size());
      entries.add(entry);
    }
    drained = entries.size();
  }

  private static Entry entry(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    byte[] id = new byte[in.getInt()];
    in.get(id);
    long firstOrdinal = in.getLong();
    int item = in.getInt();
    int[][] tokens = new int[in.getInt()][];
    for (int field = 0; field < tokens.length; field++) {
      tokens[field] = new int[in.getInt()];
      for (int i = 0; i < tokens[field].length; i++) {
        tokens[field][i] = in.getInt();
      }
    }
    EncodedAttributes attributes =
        in.hasRemaining() ? EncodedAttributes.get(in) : EncodedAttributes.NONE;
    return new Entry(new String(id, UTF_8), firstOrdinal, item, tokens, attributes);
  }

  /** Adds every entry, by position, to a digest. */
  void digest(java.security.MessageDigest digest) {
    for (Entry entry : entries) {
      digest.update(bytes(entry));
    }
  }
}
