package io.towerflow.connectors.codec;

/**
 * A record as it was received, untouched.
 *
 * @param key the key's bytes, null where the record has none
 * @param value the value's bytes, null where the record has none
 * @param topic the topic that the record was read from
 * @param partition the topic's partition
 * @param offset the record's offset in that partition
 * @param timestamp the record's own timestamp, milliseconds since the epoch
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
    byte[][] headerValues) {}
