package io.towerflow.job;

import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiter;

/**
 * Lets a reader read a few records, and all others as fast as it can when a checkpoint is complete:
 * so there is one to be restored, and the next ones find records on their way in every channel.
 */
final class FreeFlow<S extends SourceSplit> implements RateLimiter<S> {

  private final CompletableFuture<Void> checkpoint = new CompletableFuture<>();
  private long before;

  /**
   * @param before records until then
   */
  FreeFlow(long before) {
    this.before = before;
  }

  @Override
  public CompletableFuture<Void> acquire(int records) {
    before -= records;
    return before >= 0 ? CompletableFuture.completedFuture(null) : checkpoint;
  }

  @Override
  public void notifyCheckpointComplete(long id) {
    checkpoint.complete(null);
  }
}
