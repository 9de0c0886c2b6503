package io.towerflow.job;

import io.towerflow.message.RawRecord;
import java.nio.charset.StandardCharsets;

/**
 * A stream with something to learn: 24 users of two tastes, 40 items of two kinds, and nobody takes
 * what is not to their taste. One record is no JSON at all. Records have keys, but for every third,
 * timestamps and headers, of which the job reads nothing.
 */
final class TwoTastes {

  static final int RECORDS = 400;
  static final int BAD_RECORD = 77;

  private TwoTastes() {}

  static int user(long record) {
    return (int) (mix(record) % 24);
  }

  /** Even users take even items, odd ones odd items. */
  static int item(long record) {
    int ofItsKind = (int) (mix(mix(record)) % 20);
    return 2 * ofItsKind + user(record) % 2;
  }

  /**
   * The same stream with every block of ten followed by one of its events once more: 440 records,
   * 40 of them duplicates.
   */
  static RawRecord repeated(long number) {
    long block = number / 11;
    return record(10 * block + (number % 11 == 10 ? 3 : number % 11), number);
  }

  /** The same stream, where record 200 has a weight that no batch with it can bear. */
  static RawRecord weighed(long number) {
    RawRecord record = record(number);
    if (number != 200) {
      return record;
    }
    String json = new String(record.value(), StandardCharsets.UTF_8);
    return record(json.replace("{", "{\"weight\": 3e38, "), number);
  }

  static RawRecord record(long number) {
    return record(number, number);
  }

  /**
   * The same stream dealt out to four partitions in turns, and the partitions one after the other:
   * what is read first of the last one is the fourth record of all.
   */
  static RawRecord ofFourPartitions(long number) {
    return ofFourPartitions(number, RECORDS);
  }

  /** The same of a stream that is as long as one likes. */
  static RawRecord ofFourPartitions(long number, int records) {
    int perPartition = records / 4;
    int partition = (int) (number / perPartition);
    long offset = number % perPartition;
    return record(json(4 * offset + partition), partition, offset);
  }

  private static RawRecord record(long number, long offset) {
    return record(json(number), offset);
  }

  private static String json(long number) {
    return number == BAD_RECORD
        ? "{\"user\": "
        : "{\"id\": %d, \"user\": \"user-%d\", \"item\": \"item-%d\", \"time\": %d, \"title\": \"%s number %d\"}"
            .formatted(
                number,
                user(number),
                item(number),
                1_000_000_000L + number,
                item(number) % 2 == 0 ? "even" : "odd",
                item(number));
  }

  private static RawRecord record(String json, long offset) {
    return record(json, 0, offset);
  }

  private static RawRecord record(String json, int partition, long offset) {
    byte low = (byte) offset;
    return new RawRecord(
        offset % 3 == 0 ? null : new byte[] {low, -1, 0},
        json.getBytes(StandardCharsets.UTF_8),
        "ratings",
        partition,
        offset,
        1_700_000_000_000L + offset,
        new String[] {"trace", "trace", ""},
        new byte[][] {{0, low}, null, {}});
  }

  /**
   * A stream without end: a new user with every sixth record and a new item with every tenth, of
   * which none comes again once it is sixty seconds past.
   */
  static RawRecord endless(long number) {
    long item = number / 10 + number * 7 % 5;
    return record(
        "{\"user\": \"user-%d\", \"item\": \"item-%d\", \"time\": %d, \"title\": \"number %d\"}"
            .formatted(number / 6, item, 1_000_000_000L + number, item % 7),
        number);
  }

  /** A step of the SplitMix64 generator, made positive. */
  private static long mix(long x) {
    long z = x + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return (z ^ (z >>> 31)) >>> 1;
  }
}
