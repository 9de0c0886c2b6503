package io.towerflow.job;

import io.towerflow.message.Attributes;
import io.towerflow.message.Event;
import io.towerflow.message.RawRecord;
import io.towerflow.profile.IndexSpace;

/**
 * An event whose item is known by its index; or a tick, with the items of one shard that leave, on
 * its way to the shard of users of the same number.
 *
 * @param sequence its number in the order that the model learns in, see {@link SequencedEvent}
 * @param previous the number of the event before it whose user is of the same shard, 0 if none is
 * @param continued whether the order goes on from a snapshot in which events had been numbered
 * @param clock the time of the stream, milliseconds since the epoch
 * @param shard the shard of the event's user, or the tick's
 * @param evicted indices of the items that leave, null unless this is a tick: then of what follows
 *     all that can be is null
 * @param user the user's id
 * @param item the item's id
 * @param itemIndex the item's index, out-of-vocabulary until the item is admitted
 * @param newItem whether this is the item's first event
 * @param texts the item's texts, null unless this is the item's first event or a text or an
 *     attribute changed
 * @param attributes the item's categories and numbers; null where {@code texts} is
 * @param context the categories and numbers of the moment
 * @param time when it happened, milliseconds since the epoch
 * @param value the number that the event carries, NaN where it has none
 * @param weight how much the event weighs in training
 * @param positive whether the event is one to learn from as a wish for its item
 * @param record the record that the event was decoded from, null only if this is a tick
 */
public record IndexedEvent(
    long sequence,
    long previous,
    boolean continued,
    long clock,
    int shard,
    int[] evicted,
    String user,
    String item,
    int itemIndex,
    boolean newItem,
    String[] texts,
    Attributes attributes,
    Attributes context,
    long time,
    double value,
    double weight,
    boolean positive,
    RawRecord record)
    implements Linked {

  public IndexedEvent {
    if (evicted == null) {
      RawRecord.require(record);
    }
  }

  /** An event whose item was looked up; the rest of it passes unchanged. */
  static IndexedEvent of(
      SequencedEvent sequenced,
      int itemIndex,
      boolean newItem,
      String[] texts,
      Attributes attributes) {
    Event event = sequenced.event();
    return new IndexedEvent(
        sequenced.sequence(),
        sequenced.previous(),
        sequenced.continued(),
        sequenced.clock(),
        IndexSpace.shardOf(event.user()),
        null,
        event.user(),
        event.item(),
        itemIndex,
        newItem,
        texts,
        attributes,
        event.context(),
        event.time(),
        event.value(),
        event.weight(),
        event.positive(),
        event.record());
  }

  /** A tick and the items that leave. */
  static IndexedEvent tick(SequencedEvent tick, int[] evicted) {
    return new IndexedEvent(
        tick.sequence(),
        tick.previous(),
        tick.continued(),
        tick.clock(),
        tick.shard(),
        evicted,
        null,
        null,
        IndexSpace.OUT_OF_VOCABULARY,
        false,
        null,
        null,
        null,
        0,
        Double.NaN,
        0,
        false,
        null);
  }

  /** Whether this is no event but word that time went on. */
  boolean isTick() {
    return evicted != null;
  }
}
