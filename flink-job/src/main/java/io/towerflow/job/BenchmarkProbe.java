package io.towerflow.job;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiter;

/**
 * What the benchmark of checkpoints knows of its job, and how it holds the source: source and
 * learner find it by its name.
 */
final class BenchmarkProbe {

  static final Probes<BenchmarkProbe> ALL = new Probes<>();

  private volatile long touched;
  private volatile long bytes;
  private volatile long longestEarlyWrite;
  private volatile long lastWrite;
  private volatile long rowsRestored = -1;
  private volatile long restoreTook;

  private long allowed;
  private CompletableFuture<Void> gate = new CompletableFuture<>();

  /** Lets the source emit some more examples. */
  synchronized void allow(long more) {
    allowed += more;
    gate.complete(null);
  }

  private synchronized CompletionStage<Void> acquire(int examples) {
    if (allowed > 0) {
      allowed -= examples;
      return CompletableFuture.completedFuture(null);
    }
    if (gate.isDone()) {
      gate = new CompletableFuture<>();
    }
    return gate.thenCompose(open -> acquire(examples));
  }

  /** The gate of the source. */
  static <T extends SourceSplit> RateLimiter<T> gate(String name) {
    BenchmarkProbe probe = ALL.named(name);
    return probe::acquire;
  }

  /** Notes the number of rows touched, repetitions included, since the first job began. */
  void touched(long rows) {
    touched = rows;
  }

  long touched() {
    return touched;
  }

  /** Notes that rows were written to keyed state, for a checkpoint or before one. */
  void wrote(long nanoseconds, boolean early) {
    if (early) {
      longestEarlyWrite = Math.max(longestEarlyWrite, nanoseconds);
    } else {
      lastWrite = nanoseconds;
    }
  }

  /** The nanoseconds of the longest write between checkpoints. */
  long longestEarlyWrite() {
    return longestEarlyWrite;
  }

  /** The nanoseconds of the write of the last checkpoint. */
  long lastWrite() {
    return lastWrite;
  }

  /** Notes the memory that the table takes. */
  void bytes(long now) {
    bytes = now;
  }

  long bytes() {
    return bytes;
  }

  /** Notes that a table was restored. */
  void restored(long rows, long nanoseconds) {
    restoreTook = nanoseconds;
    rowsRestored = rows;
  }

  /** Rows that were restored, -1 until they are. */
  long rowsRestored() {
    return rowsRestored;
  }

  long restoreTook() {
    return restoreTook;
  }
}
