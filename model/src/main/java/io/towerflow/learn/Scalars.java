package io.towerflow.learn;

import java.nio.ByteBuffer;

/**
 * Single numbers of a learner, in the order of their bytes.
 *
 * @param step training steps
 * @param events events taken
 * @param trained events trained
 * @param users users met, without those who left
 * @param eventTime the latest time learnt, milliseconds since the epoch
 * @param lossSum the losses of positives since the last progress message
 * @param lossCount how many those are
 * @param newestReplayed the number of the newest event in the replay memory
 * @param replayCapacity how many events the replay memory may hold
 */
record Scalars(
    long step,
    long events,
    long trained,
    long users,
    long eventTime,
    double lossSum,
    long lossCount,
    long newestReplayed,
    long replayCapacity) {

  private static final int BYTES = 9 * Long.BYTES;

  static Scalars of(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new Scalars(
        buffer.getLong(),
        buffer.getLong(),
        buffer.getLong(),
        buffer.getLong(),
        buffer.getLong(),
        buffer.getDouble(),
        buffer.getLong(),
        buffer.getLong(),
        buffer.getLong());
  }

  byte[] toBytes() {
    return ByteBuffer.allocate(BYTES)
        .putLong(step)
        .putLong(events)
        .putLong(trained)
        .putLong(users)
        .putLong(eventTime)
        .putDouble(lossSum)
        .putLong(lossCount)
        .putLong(newestReplayed)
        .putLong(replayCapacity)
        .array();
  }

  /** The same of a memory of another size, which numbers its events anew. */
  Scalars withReplay(long newest, long capacity) {
    return new Scalars(
        step, events, trained, users, eventTime, lossSum, lossCount, newest, capacity);
  }

  /**
   * Says whether a replay memory can go on from these.
   *
   * @throws IllegalArgumentException if its size is another
   */
  void requireCapacity(long capacity) {
    if (newestReplayed > 0 && replayCapacity != capacity) {
      throw new IllegalArgumentException(
          "replay.memory is %d and was %d when the snapshot was taken: events have other places then. Restore with the old value."
              .formatted(capacity, replayCapacity));
    }
  }
}
