package io.towerflow.job;

import io.towerflow.message.Event;

/**
 * What is known of one partition where partitions are merged. An event stands at the latest time
 * seen in its partition until then, its own included.
 *
 * @param partition the partition
 * @param frontier the latest time seen, milliseconds since the epoch, {@link Long#MIN_VALUE} before
 *     the first event: whatever is still to come stands there or later
 * @param time where the head stands, or, where nothing waits, the frontier
 * @param head the event that is the next to leave, null where nothing waits
 * @param first the position of the event behind the head, where one waits
 * @param next the position that the next event to wait behind the head takes
 */
public record Lane(int partition, long frontier, long time, Event head, long first, long next) {

  /** A partition that nothing was heard of. */
  static Lane unheard(int partition) {
    return new Lane(partition, Long.MIN_VALUE, Long.MIN_VALUE, null, 0, 0);
  }

  /** The lane with another event as its head. */
  Lane withHead(Event other) {
    return new Lane(partition, frontier, time, other, first, next);
  }
}
