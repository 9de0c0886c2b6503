package io.towerflow.arithmetic;

import io.towerflow.table.RowSet;
import io.towerflow.table.RowTable;

/** The rows of one table that a pass touches, in the order in which they were announced. */
public final class Lease {

  private final RowTable table;
  private final RowSet rows = new RowSet();
  private boolean readAsRows;
  private float[][] gradients;
  private float[][] weights;
  private float[][][] slots;

  Lease(RowTable table) {
    this.table = table;
  }

  public RowTable table() {
    return table;
  }

  /** The rows. */
  public RowSet rows() {
    return rows;
  }

  /** Whether rows are read one by one, and not only in means. */
  public boolean readAsRows() {
    return readAsRows;
  }

  /** Announces a row that is read by itself; gives its place among the rows. */
  int read(int row) {
    readAsRows = true;
    return rows.add(row);
  }

  /** The weights' gradients, shape (rows, width). */
  public float[][] gradients() {
    return gradients;
  }

  /** Says where the gradients will be. */
  public void gradients(float[][] where) {
    gradients = where;
  }

  /** Moves every row aside by its gradient. */
  void move(long step, Arena arena) {
    int width = table.width();
    int count = rows.size();
    weights = arena.rows(count, width);
    slots = new float[table.optimizer().slots()][][];
    for (int s = 0; s < slots.length; s++) {
      slots[s] = arena.rows(count, width);
    }
    float[] check = arena.zeros(1, width)[0];
    float[][] slotsOfRow = new float[slots.length][];
    for (int i = 0; i < count; i++) {
      int row = rows.row(i);
      for (int s = 0; s < slots.length; s++) {
        slotsOfRow[s] = slots[s][i];
      }
      table.copy(row, weights[i], slotsOfRow);
      table.optimizer().update(weights[i], slotsOfRow, gradients[i], width, step);
      mark(weights[i], check, width);
      for (float[] slot : slotsOfRow) {
        mark(slot, check, width);
      }
    }
    for (int j = 0; j < width; j++) {
      if (check[j] != 0) { // true for NaN
        throw new DivergenceException("An update of table " + table.name(), step);
      }
    }
  }

  /** 0 times a number is 0 if it is finite, and NaN if it is not. */
  private static void mark(float[] values, float[] check, int width) {
    for (int j = 0; j < width; j++) {
      check[j] += 0 * values[j];
    }
  }

  /** Puts the rows that were moved in place. */
  void settle() {
    float[][] slotsOfRow = new float[slots.length][];
    for (int i = 0; i < rows.size(); i++) {
      for (int s = 0; s < slots.length; s++) {
        slotsOfRow[s] = slots[s][i];
      }
      table.put(rows.row(i), weights[i], slotsOfRow);
    }
  }
}
