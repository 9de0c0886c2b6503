package io.towerflow.job;

import io.towerflow.message.Event;
import java.util.Collection;
import java.util.TreeMap;

/**
 * Merges partitions into one order: by time, then partition, then offset. Each partition is in
 * order by itself once an event counts as no earlier than those before it ({@link Lane}), so the
 * next event of all is the head of one of them; it may leave as soon as no partition without a head
 * could still bring an earlier one. The result is a function of what the partitions hold, however
 * they were read.
 */
final class PartitionMerge {

  /** Where events wait behind the head of their partition. */
  interface Queue {

    void put(int partition, long position, Event event) throws Exception;

    /** Gives out an event that was put, once. */
    Event take(int partition, long position) throws Exception;
  }

  private final TreeMap<Integer, Lane> lanes = new TreeMap<>();
  private final Queue queue;
  private int partitions = Integer.MAX_VALUE;

  /** A merge that goes on where another was. */
  PartitionMerge(Queue queue, Iterable<Lane> lanes) {
    this.queue = queue;
    lanes.forEach(lane -> this.lanes.put(lane.partition(), lane));
  }

  /** Waits from now on for each of so many partitions, and takes events of no other. */
  void awaitPartitions(int count) {
    partitions = count;
    for (int partition = 0; partition < count; partition++) {
      lanes.putIfAbsent(partition, Lane.unheard(partition));
    }
  }

  /**
   * Takes the next event of its partition.
   *
   * @throws IllegalStateException if its partition is not one of those that are waited for
   */
  void add(Event event) throws Exception {
    int partition = event.record().partition();
    if (partition >= partitions) {
      throw new IllegalStateException(
          "Partition %d was added after the job began to merge %d by time: start it again from its last checkpoint"
              .formatted(partition, partitions));
    }
    Lane lane = lanes.computeIfAbsent(partition, Lane::unheard);
    long frontier = Math.max(lane.frontier(), event.time());
    if (lane.head() == null) {
      lanes.put(
          partition, new Lane(partition, frontier, frontier, event, lane.first(), lane.next()));
    } else {
      queue.put(partition, lane.next(), event);
      lanes.put(
          partition,
          new Lane(partition, frontier, lane.time(), lane.head(), lane.first(), lane.next() + 1));
    }
  }

  /** The next event of all, or null where a partition might still bring an earlier one. */
  Event next() throws Exception {
    Lane earliest = null;
    for (Lane lane : lanes.values()) {
      if (earliest == null || lane.time() < earliest.time()) {
        earliest = lane;
      }
    }
    return earliest == null ? null : leave(earliest);
  }

  /** The next of the events that wait, as if no other came, or null where none waits. */
  Event nextWaiting() throws Exception {
    Lane earliest = null;
    for (Lane lane : lanes.values()) {
      if (lane.head() != null && (earliest == null || lane.time() < earliest.time())) {
        earliest = lane;
      }
    }
    return earliest == null ? null : leave(earliest);
  }

  private Event leave(Lane lane) throws Exception {
    int partition = lane.partition();
    Event leaving = lane.head();
    if (leaving == null) {
      return null;
    }
    if (lane.first() == lane.next()) {
      lanes.put(
          partition,
          new Lane(partition, lane.frontier(), lane.frontier(), null, lane.first(), lane.next()));
    } else {
      Event head = queue.take(partition, lane.first());
      long time = Math.max(lane.time(), head.time());
      lanes.put(
          partition,
          new Lane(partition, lane.frontier(), time, head, lane.first() + 1, lane.next()));
    }
    return leaving;
  }

  /** What is known of each partition: with the queue, all that a merge goes on from. */
  Collection<Lane> lanes() {
    return lanes.values();
  }
}
