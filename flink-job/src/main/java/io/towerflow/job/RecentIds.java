package io.towerflow.job;

/**
 * Knows the ids of the events that were taken of late. Time is the stream's own, the latest event
 * time so far, so what is known is a function of the events' order; and it never goes back, so ids
 * are forgotten in the order in which they were taken.
 */
final class RecentIds {

  /** An id and the time that its event was taken at, milliseconds since the epoch. */
  record Taken(String id, long time) {}

  /** Keeps ids, each under itself and under its position in the order in which they were taken. */
  interface Memory {

    void put(long position, Taken taken) throws Exception;

    /** What was put at a position. */
    Taken at(long position) throws Exception;

    /** The time that an id was taken at, or null where it is not kept. */
    Long timeOf(String id) throws Exception;

    void remove(long position, String id) throws Exception;
  }

  /** The age of an id that was not known. */
  static final long NEW = -1;

  private final Memory memory;
  private final long span;
  private IdSpan kept;

  /** The oldest, so that it need not be looked up with every event; null if it was not yet. */
  private Taken oldest;

  /**
   * Goes on from what is kept.
   *
   * @param span milliseconds that an id is known for
   */
  RecentIds(Memory memory, long span, IdSpan kept) {
    this.memory = memory;
    this.span = span;
    this.kept = kept;
  }

  /**
   * Takes an event's id, unless it is known.
   *
   * @param time the event's time; where it is late, it counts as the latest so far
   * @return milliseconds since the event that the id was taken with, or {@link #NEW} if it is taken
   *     now
   */
  long take(String id, long time) throws Exception {
    long now = Math.max(kept.now(), time);
    kept = new IdSpan(kept.first(), kept.next(), now);
    forget(now);
    Long before = memory.timeOf(id);
    if (before != null) {
      return now - before;
    }
    memory.put(kept.next(), new Taken(id, now));
    kept = new IdSpan(kept.first(), kept.next() + 1, now);
    return NEW;
  }

  private void forget(long now) throws Exception {
    while (kept.first() < kept.next()) {
      if (oldest == null) {
        oldest = memory.at(kept.first());
      }
      if (now - oldest.time() < span) {
        return;
      }
      memory.remove(kept.first(), oldest.id());
      kept = new IdSpan(kept.first() + 1, kept.next(), now);
      oldest = null;
    }
  }

  /** Where it stands: with the memory, all that it goes on from. */
  IdSpan kept() {
    return kept;
  }
}
