package io.towerflow.job;

import java.util.List;
import java.util.function.ToLongFunction;

/**
 * What checkpoints of a table of one size cost.
 *
 * @param rows rows of the table
 * @param dirtyRows distinct rows touched before each checkpoint but the first
 * @param rowBytes what a row is worth: weights and slots as floats, and its index
 * @param first the checkpoint of the whole table, just filled
 * @param checkpoints those after it, once RocksDB had put the whole table's files in order
 * @param longestEarlyWriteMillis the longest time that training stood still between checkpoints to
 *     write rows
 * @param tableBytes memory that the table takes
 * @param rowsRestored rows that a new job read back from the last checkpoint
 * @param restoreMillis how long it read
 */
public record CheckpointCosts(
    int rows,
    int dirtyRows,
    int rowBytes,
    Cost first,
    List<Cost> checkpoints,
    double longestEarlyWriteMillis,
    long tableBytes,
    long rowsRestored,
    double restoreMillis) {

  /**
   * What one checkpoint cost.
   *
   * @param uploadedBytes what the trainer uploaded: files that the checkpoint before did not have
   * @param stateBytes all files that the checkpoint consists of
   * @param millis from trigger to completion
   * @param stallMillis how long the trainer stood still: rows written, and RocksDB's synchronous
   *     part
   * @param writeMillis rows written: a part of it
   */
  public record Cost(
      long uploadedBytes, long stateBytes, long millis, long stallMillis, double writeMillis) {}

  /** Bytes of the rows touched before each checkpoint. */
  public long dirtyBytes() {
    return (long) dirtyRows * rowBytes;
  }

  /** Bytes of all rows. */
  public long allBytes() {
    return (long) rows * rowBytes;
  }

  /** The mean over the checkpoints after the first. */
  public double mean(ToLongFunction<Cost> figure) {
    return checkpoints.stream().mapToLong(figure).average().orElseThrow();
  }

  /** The median over the checkpoints after the first; of an even number the mean of the middle. */
  public double median(ToLongFunction<Cost> figure) {
    return Medians.of(checkpoints.stream().mapToLong(figure).asDoubleStream());
  }

  /** The largest over the checkpoints after the first. */
  public long max(ToLongFunction<Cost> figure) {
    return checkpoints.stream().mapToLong(figure).max().orElseThrow();
  }

  /** The longest time that training stood still for the first checkpoint, or on the way to it. */
  public double firstStallMillis() {
    return Math.max((double) first.stallMillis(), longestEarlyWriteMillis);
  }
}
