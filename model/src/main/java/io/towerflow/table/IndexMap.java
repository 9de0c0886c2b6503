package io.towerflow.table;

import java.util.Arrays;

/**
 * Indices, each with a number of its own, in space that follows how many there are and not how
 * large they are. Open addressing with linear probing over one primitive array: 8 bytes a cell, 13
 * to 32 an index. What it holds never depends on the order in which it came.
 */
public final class IndexMap {

  /** What {@link #get} gives for an index that is not there. */
  public static final int NONE = -1;

  private static final int SMALLEST = 16;

  /** Each cell is an index in its upper half and the number plus one in its lower; 0 is empty. */
  private long[] cells = new long[SMALLEST];

  private int size;

  /** How many indices there are. */
  public int size() {
    return size;
  }

  /** Bytes of memory that the cells take. */
  public long bytes() {
    return (long) Long.BYTES * cells.length;
  }

  /** The number of an index, or {@link #NONE}. */
  public int get(int index) {
    return (int) cells[cellOf(index)] - 1;
  }

  /**
   * Gives an index a number, or another one.
   *
   * @param number not negative, and less than the largest int
   */
  public void put(int index, int number) {
    int cell = cellOf(index);
    if (cells[cell] == 0) {
      size++;
    }
    cells[cell] = ((long) index << 32) | (number + 1);
    if (size > cells.length / 5 * 3) {
      rehash(cells.length * 2);
    }
  }

  /**
   * Takes an index out.
   *
   * @return the number that it had, or {@link #NONE}
   */
  public int remove(int index) {
    int hole = cellOf(index);
    int number = (int) cells[hole] - 1;
    if (number == NONE) {
      return NONE;
    }
    close(hole);
    size--;
    if (cells.length > SMALLEST && size < cells.length / 8) {
      rehash(cells.length / 2);
    }
    return number;
  }

  /** Moves those up that a search for them would no longer find behind an empty cell. */
  private void close(int emptied) {
    int mask = cells.length - 1;
    int hole = emptied;
    cells[hole] = 0;
    for (int cell = (hole + 1) & mask; cells[cell] != 0; cell = (cell + 1) & mask) {
      int home = home(indexIn(cell));
      // Its search begins at home and ends here: does it pass the hole?
      if (((cell - home) & mask) >= ((cell - hole) & mask)) {
        cells[hole] = cells[cell];
        cells[cell] = 0;
        hole = cell;
      }
    }
  }

  /** All indices, ascending. */
  public int[] indices() {
    int[] indices = new int[size];
    int found = 0;
    for (int cell = 0; cell < cells.length; cell++) {
      if (cells[cell] != 0) {
        indices[found++] = indexIn(cell);
      }
    }
    Arrays.sort(indices);
    return indices;
  }

  /** The cell of an index, or the empty one that ends the search for it. */
  private int cellOf(int index) {
    int mask = cells.length - 1;
    int cell = home(index);
    while (cells[cell] != 0 && indexIn(cell) != index) {
      cell = (cell + 1) & mask;
    }
    return cell;
  }

  private int home(int index) {
    int hash = index * 0x9e3779b9; // Fibonacci hashing; the high bits are the mixed ones
    return (hash ^ (hash >>> 15)) & (cells.length - 1);
  }

  private int indexIn(int cell) {
    return (int) (cells[cell] >>> 32);
  }

  private void rehash(int length) {
    long[] old = cells;
    cells = new long[length];
    for (long cell : old) {
      if (cell != 0) {
        cells[cellOf((int) (cell >>> 32))] = cell;
      }
    }
  }
}
