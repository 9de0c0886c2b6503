package io.towerflow.table;

import java.util.Arrays;

/**
 * Distinct row indices, numbered in the order in which they were first added. Open addressing over
 * primitive ints; the order never depends on hashing.
 */
public final class RowSet {

  private int[] rows = new int[64];
  private int[] slots = new int[256];
  private int size;

  /** The number of a row, adding it at the end where it is new. */
  public int add(int row) {
    int slot = slotOf(row);
    if (slots[slot] != 0) {
      return slots[slot] - 1;
    }
    if (size == rows.length) {
      rows = Arrays.copyOf(rows, size * 2);
    }
    rows[size] = row;
    slots[slot] = size + 1;
    size++;
    if (size * 2 > slots.length) {
      rehash();
    }
    return size - 1;
  }

  /** The number of a row, or -1 where it was not added. */
  public int find(int row) {
    return slots[slotOf(row)] - 1;
  }

  /** The row with a number. */
  public int row(int number) {
    return rows[number];
  }

  /** All rows, in the order of their numbers. */
  public int[] toArray() {
    return Arrays.copyOf(rows, size);
  }

  /** How many distinct rows there are. */
  public int size() {
    return size;
  }

  private int slotOf(int row) {
    int mask = slots.length - 1;
    int hash = row * 0x9e3779b9;
    int slot = (hash ^ (hash >>> 15)) & mask;
    while (slots[slot] != 0 && rows[slots[slot] - 1] != row) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void rehash() {
    slots = new int[slots.length * 2];
    for (int number = 0; number < size; number++) {
      slots[slotOf(rows[number])] = number + 1;
    }
  }
}
