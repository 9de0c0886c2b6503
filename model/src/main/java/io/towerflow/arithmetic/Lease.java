package io.towerflow.arithmetic;

import io.towerflow.kernel.Workers;
import io.towerflow.table.RowSet;
import io.towerflow.table.RowTable;
import java.util.concurrent.atomic.AtomicBoolean;

/** The rows of one table that a pass touches, in the order in which they were announced. */
public final class Lease {

  /** Multiply-adds that take as long as an update of one number, a square root among it. */
  private static final int UPDATE_WORK = 8;

  private final RowTable table;
  private final RowSet rows = new RowSet();
  private boolean readAsRows;
  private int[] places;
  private float[][] values;
  private float[][] gradients;
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

  /** Fetches the rows' weights. */
  void load(Arena arena, Workers workers) {
    values = arena.rows(rows.size(), table.width());
    places = new int[rows.size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = table.place(rows.row(i));
    }
    workers.run(places.length, (long) places.length * table.width(), this::read);
  }

  private void read(int from, int to) {
    for (int i = from; i < to; i++) {
      table.read(places[i], values[i]);
    }
  }

  /** The weights, shape (rows, width). */
  public float[][] values() {
    return values;
  }

  /** The weights' gradients, shape (rows, width). */
  public float[][] gradients() {
    return gradients;
  }

  /** Says where the gradients will be. */
  public void gradients(float[][] where) {
    gradients = where;
  }

  /** Moves the weights fetched, and a copy of their slots, by the gradients. */
  void move(long step, Arena arena, Workers workers) {
    int width = table.width();
    int count = rows.size();
    slots = new float[table.optimizer().slots()][][];
    for (int s = 0; s < slots.length; s++) {
      slots[s] = arena.rows(count, width);
    }
    AtomicBoolean finite = new AtomicBoolean(true);
    workers.run(
        count,
        (long) UPDATE_WORK * count * width,
        (from, to) -> {
          if (!move(from, to, step)) {
            finite.set(false);
          }
        });
    if (!finite.get()) {
      throw new DivergenceException("An update of table " + table.name(), step);
    }
  }

  /** Moves some of the rows; tells whether all that came of it is finite. */
  private boolean move(int from, int to, long step) {
    int width = table.width();
    float[] check = new float[width];
    for (int i = from; i < to; i++) {
      float[][] slotsOfRow = slots(i);
      table.readSlots(places[i], slotsOfRow);
      table.optimizer().update(values[i], slotsOfRow, gradients[i], width, step);
      mark(values[i], check, width);
      for (float[] slot : slotsOfRow) {
        mark(slot, check, width);
      }
    }
    for (float number : check) {
      if (number != 0) { // true for NaN
        return false;
      }
    }
    return true;
  }

  private float[][] slots(int i) {
    float[][] slotsOfRow = new float[slots.length][];
    for (int s = 0; s < slots.length; s++) {
      slotsOfRow[s] = slots[s][i];
    }
    return slotsOfRow;
  }

  /** 0 times a number is 0 if it is finite, and NaN if it is not. */
  private static void mark(float[] values, float[] check, int width) {
    for (int j = 0; j < width; j++) {
      check[j] += 0 * values[j];
    }
  }

  /** Puts the rows that were moved in place. */
  void settle() {
    for (int i = 0; i < rows.size(); i++) {
      table.put(places[i], values[i], slots(i));
    }
  }
}
