package io.towerflow.job;

import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiter;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;

/**
 * Lets each reader of a source read so many records, and then no more: the job goes on and waits
 * for the next one.
 */
final class Gate<S extends SourceSplit> implements RateLimiterStrategy<S> {

  private static final long serialVersionUID = 1;

  /**
   * Who stands at a gate.
   *
   * @param readers the readers that do
   * @param all done when it is all of them
   */
  private record Waiting(Set<Object> readers, CompletableFuture<Void> all) {}

  /** The gate travels with the job graph; who stands at it is found by its id. */
  private static final Map<String, Waiting> WAITING = new ConcurrentHashMap<>();

  private final String id = UUID.randomUUID().toString();
  private final long records;

  Gate(long records) {
    this.records = records;
    WAITING.put(id, new Waiting(ConcurrentHashMap.newKeySet(), new CompletableFuture<>()));
  }

  /**
   * Done when every reader stands at the gate, all its records read, and has heard of a checkpoint
   * since: so the whole job runs.
   */
  CompletableFuture<Void> reached() {
    return WAITING.get(id).all;
  }

  void close() {
    WAITING.remove(id);
  }

  @Override
  public RateLimiter<S> createRateLimiter(int parallelism) {
    return new RateLimiter<>() {
      private long read;

      @Override
      public CompletableFuture<Void> acquire(int requested) {
        read += requested;
        return read <= records
            ? CompletableFuture.completedFuture(null)
            : new CompletableFuture<>();
      }

      @Override
      public void notifyCheckpointComplete(long checkpoint) {
        if (read > records) {
          Waiting waiting = WAITING.get(id);
          waiting.readers.add(this);
          if (waiting.readers.size() == parallelism) {
            waiting.all.complete(null);
          }
        }
      }
    };
  }
}
