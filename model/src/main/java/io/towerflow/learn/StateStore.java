package io.towerflow.learn;

/**
 * Where a learner's state is kept between runs: named tables of rows of bytes. A snapshot writes
 * and removes only the rows that changed since the last one; a restore reads all.
 */
public interface StateStore {

  /** Receives the rows of a snapshot. */
  interface Writer {
    /**
     * Takes one row.
     *
     * @param table the table's name
     * @param row the row's number, not negative
     * @param value the row's bytes; the receiver may keep the array
     */
    void put(String table, int row, byte[] value) throws Exception;

    /** Lets go of one row, which may never have been written. */
    void remove(String table, int row) throws Exception;
  }

  /** Receives the rows of a table at a restore, in any order. */
  @FunctionalInterface
  interface RowVisitor {
    /** Receives one row. */
    void row(int row, byte[] value) throws Exception;
  }

  /** Gives the rows of a table at a restore. */
  @FunctionalInterface
  interface Reader {
    /** Visits every row of a table that was written and not removed, each once, as it was last. */
    void forEach(String table, RowVisitor visitor) throws Exception;
  }
}
