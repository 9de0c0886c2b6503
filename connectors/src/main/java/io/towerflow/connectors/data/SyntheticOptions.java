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
    require("events", events >= 0, 0, events);
    require("initial users", initialUsers >= 1, 1, initialUsers);
    require("initial items", initialItems >= 1, 1, initialItems);
    require(
        "new users per thousand events",
        newUsersPerThousand >= 0 && Double.isFinite(newUsersPerThousand),
        0,
        newUsersPerThousand);
    require(
        "new items per thousand events",
        newItemsPerThousand >= 0 && Double.isFinite(newItemsPerThousand),
        0,
        newItemsPerThousand);
  }

  /** 60 000 events of 2 000 users on 1 500 items, 800 and 1 200 of them there from the start. */
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

  private static void require(String what, boolean met, int least, Number given) {
    if (!met) {
      throw new IllegalArgumentException(
          "%s: must be %d or more, is %s".formatted(what, least, given));
    }
  }
}
