package io.towerflow.message;

/**
 * A record as it was received, untouched.
 *
 * @param key the key's bytes, null where the record has none
 * @param value the value's bytes, null where the record has none
 * @param topic the topic that the record was read from
 * @param partition the topic's partition
 * @param offset the record's offset in that partition
 * @param timestamp the record's own timestamp, milliseconds since the epoch, -1 where it has none
 * @param headerNames names of the headers, in order; a name may occur several times
 * @param headerValues values of the headers, as long as {@code headerNames}; a value may be null
 */
public record RawRecord(
    byte[] key,
    byte[] value,
    String topic,
    int partition,
    long offset,
    long timestamp,
    String[] headerNames,
    byte[][] headerValues) {

  /** Kafka's way of saying that a record has no timestamp. */
  private static final long NO_TIMESTAMP = -1;

  /**
   * A record of which nothing but its place is there, neither key, value, headers nor timestamp:
   * for events that nobody sets aside, so that many of them can be kept in memory.
   */
  public static RawRecord at(String topic, int partition, long offset) {
    return new RawRecord(
        null, null, topic, partition, offset, NO_TIMESTAMP, new String[0], new byte[0][]);
  }

  /**
   * Holds whatever is made of a record to having it.
   *
   * @throws IllegalStateException if it has none
   */
  public static void require(RawRecord record) {
    if (record == null) {
      throw new IllegalStateException(
          "An event has no record. If it is from a snapshot, that was taken by a build of before"
              + " the first release: start without it.");
    }
  }
}
