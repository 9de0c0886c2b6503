package io.towerflow.connectors.data;

/**
 * How large a synthetic stream is, and how it grows.
 *
 * @param seed the same seed makes the same stream
 * @param events events in the stream
 * @param initialUsers users from the start
 * @param initialItems items from the start
 * @param newUsersPerThousand users that arrive in every thousand events
 * @param newItemsPerThousand items that arrive in every thousand events
 */
public record SyntheticOptions(
    long seed,
    long events,
    int initialUsers,
    int initialItems,
    double newUsersPerThousand,
    double newItemsPerThousand) {

  /**
   * @throws IllegalArgumentException if there is nobody, or nothing, to begin with, or a number is
   *     negative
   */
  public SyntheticOptions {
    atLeast("events", (double) events, 0);
    atLeast("initial users", initialUsers, 1);
    atLeast("initial items", initialItems, 1);
    atLeast("new users per thousand events", newUsersPerThousand, 0);
    atLeast("new items per thousand events", newItemsPerThousand, 0);
  }

  /** 60 000 events of 2 000 users on 1 500 items, 800 and 900 of them there from the start. */
  public static SyntheticOptions defaults() {
    return new SyntheticOptions(42, 60_000, 800, 1_200, 20, 5);
  }

  /** The same options with another seed. */
  public SyntheticOptions withSeed(long seed) {
    return new SyntheticOptions(
        seed, events, initialUsers, initialItems, newUsersPerThousand, newItemsPerThousand);
  }

  /** The same options with another number of events. */
  public SyntheticOptions withEvents(long events) {
    return new SyntheticOptions(
        seed, events, initialUsers, initialItems, newUsersPerThousand, newItemsPerThousand);
  }

  private static void atLeast(String what, double number, double least) {
    if (!(number >= least) || Double.isInfinite(number)) {
      throw new IllegalArgumentException(
          "%s: must be %.0f or more, is %s".formatted(what, least, number));
    }
  }
}
