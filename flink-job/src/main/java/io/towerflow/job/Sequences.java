package io.towerflow.job;

import io.towerflow.profile.IndexSpace;

/**
 * Where the numbering of events stands.
 *
 * @param last the last number given, 0 if none was
 * @param lastOfShard by user shard, the last number given to an event of its users, 0 if none was
 * @param clock the time of the stream
 */
public record Sequences(long last, long[] lastOfShard, StreamClock clock) {

  /** Where it stands before the first event. */
  static Sequences none() {
    return new Sequences(0, new long[IndexSpace.SHARDS], StreamClock.START);
  }
}
