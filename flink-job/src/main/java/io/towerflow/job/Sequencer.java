package io.towerflow.job;

import io.towerflow.message.Event;
import io.towerflow.profile.IndexSpace;
import io.towerflow.spec.Lifetime;
import io.towerflow.spec.VocabularySpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Numbers events, and tells each which one its user's shard had before. That is all that is needed
 * to restore their order once they have gone different ways: a shard's, which its users' indices
 * and profiles follow from, and that of all. Of shards, not of users, because the indices of new
 * users are counted by shard.
 *
 * <p>Where ids live for a time, each shard gets a tick whenever time has come into another of their
 * periods, so that ids leave although nothing happens to them or to any other of their shard. Ticks
 * are numbered as events are: who leaves is a function of the order of all events.
 */
final class Sequencer {

  private final List<Lifetime> lifetimes;
  private final long[] lastOfShard;
  private final boolean continued;
  private long last;
  private StreamClock clock;

  /** Goes on from where numbering stands. */
  Sequencer(Sequences from, VocabularySpec vocabulary) {
    lifetimes = List.of(vocabulary.users(), vocabulary.items());
    last = from.last();
    continued = last > 0;
    lastOfShard = from.lastOfShard().clone();
    clock = from.clock();
  }

  /** The event with the next number, and before it the ticks that it brings about. */
  List<SequencedEvent> next(Event event) {
    List<SequencedEvent> next = new ArrayList<>(1);
    StreamClock before = clock;
    clock = before.after(event.time());
    if (!before.isUnset() && lifetimes.stream().anyMatch(each -> periodHasPassed(each, before))) {
      for (int shard = 0; shard < IndexSpace.SHARDS; shard++) {
        next.add(numbered(shard, shard, null));
      }
    }
    next.add(numbered(IndexSpace.shardOf(event.user()), IndexSpace.shardOf(event.item()), event));
    return next;
  }

  private boolean periodHasPassed(Lifetime lifetime, StreamClock before) {
    return lifetime.period(clock.now()) > lifetime.period(before.now());
  }

  private SequencedEvent numbered(int userShard, int itemShard, Event event) {
    long previous = lastOfShard[userShard];
    last++;
    lastOfShard[userShard] = last;
    return new SequencedEvent(last, previous, continued, clock.now(), itemShard, event);
  }

  /** Where numbering stands. */
  Sequences sequences() {
    return new Sequences(last, lastOfShard.clone(), clock);
  }
}
