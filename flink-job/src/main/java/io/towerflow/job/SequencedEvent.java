package io.towerflow.job;

import io.towerflow.message.Event;

/**
 * An event with its place in the order that the model learns in.
 *
 * @param sequence its number, 1 for the first event of all
 * @param previous the number of the event before it whose user is of the same shard, 0 if it is the
 *     first
 * @param continued whether the order goes on from a snapshot in which events had been numbered
 * @param event the event
 */
public record SequencedEvent(long sequence, long previous, boolean continued, Event event) {}
