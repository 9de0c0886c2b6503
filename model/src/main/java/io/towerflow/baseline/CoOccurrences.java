package io.towerflow.baseline;

import java.util.Arrays;

/**
 * How often two items occurred together, for the pairs that ever did. A pair has no order.
 *
 * <p>Each item has a row: the items it met, in the order they first met, and the counts. A row is
 * walked without a gap; a hash table beside it finds an item's place.
 */
final class CoOccurrences {

  private Row[] rows = new Row[64];

  /** Counts that two items occurred together once more. */
  void add(int item, int other) {
    row(item).increment(other);
    row(other).increment(item);
  }

  /**
   * Adds to the sum of each item its count with the given one, weighted.
   *
   * @param sums by item, long enough for all
   */
  void addTo(float[] sums, int item, float weight) {
    if (item < rows.length && rows[item] != null) {
      rows[item].addTo(sums, weight);
    }
  }

  private Row row(int item) {
    if (item >= rows.length) {
      rows = Arrays.copyOf(rows, 2 * item);
    }
    if (rows[item] == null) {
      rows[item] = new Row();
    }
    return rows[item];
  }

  private static final class Row {

    private int size;
    private int[] items = new int[8];
    private int[] counts = new int[8];

    /** Open addressing with linear probing: one more than a place in the row, 0 where free. */
    private int[] slots = new int[16];

    void increment(int item) {
      int slot = slotOf(item);
      if (slots[slot] == 0) {
        if (size == items.length) {
          grow();
          slot = slotOf(item);
        }
        items[size] = item;
        slots[slot] = ++size;
      }
      counts[slots[slot] - 1]++;
    }

    /** The slot that leads to the item's place, or the free one where it would. */
    private int slotOf(int item) {
      int mask = slots.length - 1;
      // Fibonacci hashing: the upper bits of the product are the well mixed ones.
      int slot = (item * 0x9e3779b9) >>> Integer.numberOfLeadingZeros(mask);
      while (slots[slot] != 0 && items[slots[slot] - 1] != item) {
        slot = (slot + 1) & mask;
      }
      return slot;
    }

    private void grow() {
      items = Arrays.copyOf(items, 2 * size);
      counts = Arrays.copyOf(counts, 2 * size);
      slots = new int[4 * size];
      for (int place = 0; place < size; place++) {
        slots[slotOf(items[place])] = place + 1;
      }
    }

    void addTo(float[] sums, float weight) {
      for (int place = 0; place < size; place++) {
        sums[items[place]] += weight * counts[place];
      }
    }
  }
}
