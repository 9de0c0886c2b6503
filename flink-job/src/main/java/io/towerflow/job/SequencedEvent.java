package io.towerflow.job;

import io.towerflow.message.Event;

/**
 * An event with its place in the order that the model learns in; or a tick, word to one shard of
 * items and the one of users that has the same number that the time of the stream went on.
 *
 * @param sequence its number, 1 for the first of all
 * @param previous the number of the one before it that concerns the same shard of users, 0 if it is
 *     the first
 * @param continued whether the order goes on from a snapshot in which events had been numbered
 * @param clock the time of the stream, milliseconds since the epoch
 * @param shard the shard of the event's item, or the tick's
 * @param event the event, null if this is a tick
 */
public record SequencedEvent(
    long sequence, long previous, boolean continued, long clock, int shard, Event event) {

  /** Whether this is no event but word that time went on. */
  boolean isTick() {
    return event == null;
  }
}
