package io.towerflow.arithmetic;

import io.towerflow.table.RowTable;

/** Groups of rows of which the means are read; the mean of an empty group is 0. */
public final class Pool {

  private final RowTable table;
  private final int[][] places;

  Pool(RowTable table, int[][] places) {
    this.table = table;
    this.places = places;
  }

  /** Whose rows. */
  public RowTable table() {
    return table;
  }

  /** Of each group, where its rows are among those that the pass reads of the table. */
  public int[][] places() {
    return places;
  }
}
