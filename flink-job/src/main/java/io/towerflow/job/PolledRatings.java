package io.towerflow.job;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.towerflow.message.RawRecord;
import java.util.SplittableRandom;
import org.apache.flink.api.common.functions.MapFunction;

/**
 * Ratings, made from their numbers, as a consumer reads them that is behind in all partitions: it
 * gets a block of the first, then one of the next. Times rise within a partition, one to each
 * second; between partitions they mingle. Making one is cheap, so that it isn't what is measured:
 * digits are put into a copy of the same JSON.
 */
final class PolledRatings implements MapFunction<Long, RawRecord> {
  private static final long serialVersionUID = 1;

  /** Milliseconds since the epoch. */
  private static final long START = 1_600_000_000_000L;

  private static final int MILLIS_PER_EVENT = 1_000;

  /** The fields of the preset {@code online}. */
  private static final String JSON =
      """
      {"user_id":"@@@@@","movie_id":"####","movie_title":"Movie %%%% (1995)",\
      "timestamp":^^^^^^^^^^^^^,"rating":*}\
      """;

  private static final byte[] TEMPLATE = JSON.getBytes(US_ASCII);
  private static final Digits USER = Digits.of('@');
  private static final Digits ITEM = Digits.of('#');
  private static final Digits TITLE = Digits.of('%');
  private static final Digits TIME = Digits.of('^');
  private static final Digits RATING = Digits.of('*');
  private static final int USERS = 100_000;
  private static final int ITEMS = 10_000;
  private static final int RATINGS = 5;

  private static final String[] NO_NAMES = {};
  private static final byte[][] NO_VALUES = {};

  private final int partitions;
  private final int block;
  private final long seed;

  /**
   * @param block records of one partition before the next one's come
   */
  PolledRatings(int partitions, int block, long seed) {
    this.partitions = partitions;
    this.block = block;
    this.seed = seed;
  }

  @Override
  public RawRecord map(Long number) {
    long blocks = number / block;
    int partition = (int) (blocks % partitions);
    long offset = blocks / partitions * block + number % block;
    // An odd factor keeps the streams of neighbouring numbers apart.
    SplittableRandom random = new SplittableRandom(seed ^ (number * 0xD1342543DE82EF95L));
    long time = START + offset * MILLIS_PER_EVENT + random.nextInt(MILLIS_PER_EVENT);
    int item = random.nextInt(ITEMS);
    byte[] value = TEMPLATE.clone();
    USER.write(value, random.nextInt(USERS));
    ITEM.write(value, item);
    TITLE.write(value, item);
    TIME.write(value, time);
    RATING.write(value, 1 + random.nextInt(RATINGS));
    return new RawRecord(
        null, value, OrderBenchmark.TOPIC, partition, offset, time, NO_NAMES, NO_VALUES);
  }

  /** Where a number of so many digits goes. */
  private record Digits(int first, int last) {

    static Digits of(char mark) {
      return new Digits(JSON.indexOf(mark), JSON.lastIndexOf(mark));
    }

    void write(byte[] json, long number) {
      long rest = number;
      for (int i = last; i >= first; i--) {
        json[i] = (byte) ('0' + rest % 10);
        rest /= 10;
      }
    }
  }
}
