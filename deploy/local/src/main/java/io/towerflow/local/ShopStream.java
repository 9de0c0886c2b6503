package io.towerflow.local;

import io.towerflow.connectors.data.DataSet;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A shop with a catalogue of any size, in the fields of MovieLens: who takes what follows Zipf's
 * law on either side, items in proportion to {@code rank^-0.8}, users to {@code rank^-1.3}, and
 * nothing else. There is nothing to be learnt but what is popular; it is for measuring speed.
 */
final class ShopStream implements DataSet {

  private static final double ITEM_EXPONENT = -.8;
  private static final double USER_EXPONENT = -1.3;

  /** Of a shop that is not asked for other numbers. */
  static final int USERS = 250_000;

  private static final long FIRST_SECOND = 1_600_000_000;
  private static final double SECONDS_BETWEEN = 2;
  private static final int TITLE_WORDS = 3;
  private static final List<String> WORDS =
      List.of(
          "red", "blue", "old", "sea", "dark", "king", "lost", "river", "star", "night", "last",
          "golden", "city", "winter", "house", "road", "green", "iron", "glass", "wild");
  private static final List<String> GENRES = List.of("A", "B", "C", "D", "E", "F");

  private final int items;
  private final int users;
  private final int events;
  private final long seed;

  /**
   * @param items at least 1
   * @param users at least 1
   * @param events at least 0
   */
  ShopStream(int items, int users, int events, long seed) {
    this.items = items;
    this.users = users;
    this.events = events;
    this.seed = seed;
  }

  @Override
  public String name() {
    return "shop, seed " + seed;
  }

  @Override
  public long size() {
    return events;
  }

  @Override
  public Set<String> fields() {
    return Set.of("user_id", "movie_id", "movie_title", "genres", "timestamp", "rating");
  }

  @Override
  public String keyField() {
    return "user_id";
  }

  /** One event for each item, which nobody in particular takes, before all others. */
  Stream<Map<String, Object>> stock() {
    return IntStream.range(0, items).mapToObj(item -> event("stock", item, FIRST_SECOND, 1));
  }

  @Override
  public Stream<Map<String, Object>> events() {
    Random random = new Random(seed);
    int[] ranked = shuffled(items, random);
    double[] itemShares = cumulated(items, ITEM_EXPONENT);
    double[] userShares = cumulated(users, USER_EXPONENT);
    double[] seconds = {FIRST_SECOND};
    return IntStream.range(0, events)
        .mapToObj(
            i -> {
              seconds[0] -= SECONDS_BETWEEN * StrictMath.log(1 - random.nextDouble());
              return event(
                  "u" + drawn(userShares, random),
                  ranked[drawn(itemShares, random)],
                  (long) seconds[0],
                  1 + random.nextInt(5));
            });
  }

  private Map<String, Object> event(String user, int item, long second, int rating) {
    SplittableRandom random = new SplittableRandom(seed + item);
    StringBuilder title = new StringBuilder();
    for (int i = 0; i < TITLE_WORDS; i++) {
      title.append(WORDS.get(random.nextInt(WORDS.size()))).append(' ');
    }
    int genre = random.nextInt(GENRES.size());
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("user_id", user);
    event.put("movie_id", "i" + item);
    event.put("movie_title", title.append(item).toString());
    event.put("genres", List.of(GENRES.get(genre), GENRES.get((genre + 1) % GENRES.size())));
    event.put("timestamp", second);
    event.put("rating", rating);
    return event;
  }

  private static int[] shuffled(int n, Random random) {
    int[] order = IntStream.range(0, n).toArray();
    for (int i = n - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int item = order[i];
      order[i] = order[other];
      order[other] = item;
    }
    return order;
  }

  /** The sums of {@code rank^exponent} up to each rank. */
  private static double[] cumulated(int n, double exponent) {
    double[] sums = new double[n];
    double sum = 0;
    for (int rank = 0; rank < n; rank++) {
      sum += StrictMath.pow(rank + 1, exponent);
      sums[rank] = sum;
    }
    return sums;
  }

  /** A rank from 0, drawn in proportion to its share. */
  private static int drawn(double[] sums, Random random) {
    int at = Arrays.binarySearch(sums, random.nextDouble() * sums[sums.length - 1]);
    return at >= 0 ? at : -at - 1;
  }
}
