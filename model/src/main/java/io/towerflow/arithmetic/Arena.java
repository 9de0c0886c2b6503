package io.towerflow.arithmetic;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Rows of numbers that one pass after the other takes and leaves behind, so that a step allocates
 * nothing but the lists of what it took. Not thread safe.
 */
public final class Arena {

  /** Rows are as long as a multiple of this, so that few lengths serve all widths. */
  private static final int GRAIN = 32;

  private static final class Shelf {
    float[][] rows = new float[64][];
    int made;
    int taken;
  }

  private final Map<Integer, Shelf> shelves = new TreeMap<>();

  /**
   * Rows that hold anything.
   *
   * @return shape (count, at least width)
   */
  public float[][] rows(int count, int width) {
    int length = (Math.max(width, 1) + GRAIN - 1) / GRAIN * GRAIN;
    Shelf shelf = shelves.computeIfAbsent(length, ignored -> new Shelf());
    int to = shelf.taken + count;
    if (to > shelf.rows.length) {
      shelf.rows = Arrays.copyOf(shelf.rows, Math.max(to, 2 * shelf.rows.length));
    }
    for (; shelf.made < to; shelf.made++) {
      shelf.rows[shelf.made] = new float[length];
    }
    float[][] rows = Arrays.copyOfRange(shelf.rows, shelf.taken, to);
    shelf.taken = to;
    return rows;
  }

  /**
   * Rows of zeros.
   *
   * @return shape (count, at least width)
   */
  public float[][] zeros(int count, int width) {
    float[][] rows = rows(count, width);
    for (float[] row : rows) {
      Arrays.fill(row, 0, width, 0);
    }
    return rows;
  }

  /** Takes all rows back. */
  public void reset() {
    shelves.values().forEach(shelf -> shelf.taken = 0);
  }
}
