package io.towerflow.learn;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.towerflow.tower.EncodedAttributes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The items known to the model, in the order of their first sight. An item's position in that order
 * never changes, so the items known before any event are a prefix.
 */
final class Catalogue {

  private static final int UNKNOWN = -1;

  private record Entry(
      String id, long firstOrdinal, int item, int[][] tokens, EncodedAttributes attributes) {}

  private final List<Entry> entries = new ArrayList<>();
  private final BitSet dirty = new BitSet();
  private int[] positions = new int[0];

  /** Items known. */
  int size() {
    return entries.size();
  }

  /** The position of an item, or -1 where it is not known. */
  int position(int item) {
    return item < positions.length ? positions[item] : UNKNOWN;
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

  /** How many items were known before an event. */
  int knownBefore(long ordinal) {
    int low = 0;
    int high = entries.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (entries.get(middle).firstOrdinal < ordinal) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
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
    if (position == UNKNOWN) {
      position = entries.size();
      entries.add(new Entry(id, ordinal, item, tokens, attributes));
      locate(item, position);
    } else {
      entries.set(
          position, new Entry(id, entries.get(position).firstOrdinal, item, tokens, attributes));
    }
    dirty.set(position);
  }

  private void locate(int item, int position) {
    if (item >= positions.length) {
      int old = positions.length;
      positions = Arrays.copyOf(positions, Math.max(item + 1, old + (old >> 1)));
      Arrays.fill(positions, old, positions.length, UNKNOWN);
    }
    positions[item] = position;
  }

  /** Hands over every entry that changed since the last call, by position. */
  void drainDirty(StateStore.RowVisitor sink) throws Exception {
    for (int p = dirty.nextSetBit(0); p >= 0; p = dirty.nextSetBit(p + 1)) {
      sink.row(p, bytes(entries.get(p)));
    }
    dirty.clear();
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

  /** Takes over a snapshot: every entry's bytes by position, none missing. */
  void restore(byte[][] byPosition) {
    for (byte[] bytes : byPosition) {
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
      locate(item, entries.size());
      entries.add(new Entry(new String(id, UTF_8), firstOrdinal, item, tokens, attributes));
    }
  }

  /** Adds every entry, by position, to a digest. */
  void digest(java.security.MessageDigest digest) {
    for (Entry entry : entries) {
      digest.update(bytes(entry));
    }
  }
}
