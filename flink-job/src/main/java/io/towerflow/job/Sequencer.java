package io.towerflow.job;

import io.towerflow.message.Event;
import io.towerflow.profile.IndexSpace;

/**
 * Numbers events, and tells each which one its user's shard had before. That is all that is needed
 * to restore their order once they have gone different ways: a shard's, which its users' indices
 * and profiles follow from, and that of all. Of shards, not of users, because the indices of new
 * users are counted by shard.
 */
final class Sequencer {

  private final long[] lastOfShard;
  private final boolean continued;
  private long last;

  /** Goes on from where numbering stands. */
  Sequencer(Sequences from) {
    last = from.last();
    continued = last > 0;
    lastOfShard = from.lastOfShard().clone();
  }

  /** The event with the next number. */
  SequencedEvent next(Event event) {
    int shard = IndexSpace.shardOf(event.user());
    long previous = lastOfShard[shard];
    last++;
    lastOfShard[shard] = last;
    return new SequencedEvent(last, previous, continued, event);
  }

  /** Where numbering stands. */
  Sequences sequences() {
    return new Sequences(last, lastOfShard.clone());
  }
}
