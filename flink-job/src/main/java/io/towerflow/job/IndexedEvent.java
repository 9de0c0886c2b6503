package io.towerflow.job;

import io.towerflow.message.Attributes;

/**
 * An event whose item is known by its index.
 *
 * @param sequence its number in the order that the model learns in, see {@link SequencedEvent}
 * @param previous the number of the event before it whose user is of the same shard, 0 if none is
 * @param continued whether the order goes on from a snapshot in which events had been numbered
 * @param user the user's id
 * @param item the item's id
 * @param itemIndex the item's index
 * @param newItem whether this is the item's first event
 * @param texts the item's texts, null unless this is the item's first event or a text or an
 *     attribute changed
 * @param attributes the item's categories and numbers; null where {@code texts} is
 * @param context the categories and numbers of the moment
 * @param time when it happened, milliseconds since the epoch
 * @param value the number that the event carries, NaN where it has none
 * @param weight how much the event weighs in training
 * @param positive whether the event is one to learn from as a wish for its item
 * @param partition the log's partition that the record was read from
 * @param offset the record's offset in that partition
 */
public record IndexedEvent(
    long sequence,
    long previous,
    boolean continued,
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
    int partition,
    long offset)
    implements Linked {}
