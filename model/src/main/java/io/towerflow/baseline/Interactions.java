package io.towerflow.baseline;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Who took what so far, in the order of the events, and whether they wished for it: only wishes are
 * in histories and counts. Users and items are numbered from 0 in the order of their first event,
 * without a gap. Not thread safe, not even for reading.
 */
public final class Interactions {

  private static final int NOBODY = -1;

  /** By user: the items wished for, oldest first. */
  private int[][] histories = new int[64][];

  /** By user: how many of the history's places are taken. */
  private int[] sizes = new int[64];

  /** By user, for those who have any: the items taken and not wished for. */
  private final Map<Integer, Set<Integer>> unwanted = new HashMap<>();

  /** By item: the events that wished for it. */
  private int[] counts = new int[64];

  private int users;
  private int items;
  private long events;

  /** By item: whether the {@link #marked} user has taken it. */
  private boolean[] taken = new boolean[64];

  private int marked = NOBODY;

  /** How many users are known. */
  public int users() {
    return users;
  }

  /** How many items are known. */
  public int items() {
    return items;
  }

  /** How many wishes there were. */
  public long events() {
    return events;
  }

  /** How many events wished for an item. */
  public int count(int item) {
    return counts[item];
  }

  /** How many items a user wished for; one taken twice is there twice. */
  public int historyLength(int user) {
    return sizes[user];
  }

  /**
   * An item that a user wished for.
   *
   * @param age how many items the user wished for since, 0 for the last one
   */
  public int recent(int user, int age) {
    return histories[user][sizes[user] - 1 - age];
  }

  /**
   * Whether a user took an item, wished for or not. Asking about another user than before walks
   * both histories.
   */
  public boolean hasTaken(int user, int item) {
    if (user != marked) {
      mark(user);
    }
    return taken[item];
  }

  /**
   * Adds an event whose user wished for its item.
   *
   * @throws IllegalArgumentException if the user or the item is new and has not the next number
   */
  public void add(int user, int item) {
    register(user, item);
    if (sizes[user] == histories[user].length) {
      histories[user] = Arrays.copyOf(histories[user], 2 * sizes[user]);
    }
    histories[user][sizes[user]++] = item;
    counts[item]++;
    events++;
  }

  /**
   * Adds an event whose user took its item and did not wish for it.
   *
   * @throws IllegalArgumentException if the user or the item is new and has not the next number
   */
  public void addUnwanted(int user, int item) {
    register(user, item);
    unwanted.computeIfAbsent(user, u -> new HashSet<>()).add(item);
  }

  private void register(int user, int item) {
    if (user < 0 || user > users || item < 0 || item > items) {
      throw new IllegalArgumentException(
          "The next user is number %d and the next item number %d, there is no user %d with item %d"
              .formatted(users, items, user, item));
    }
    if (user == users) {
      addUser();
    }
    if (item == items) {
      addItem();
    }
    if (user == marked) {
      taken[item] = true;
    }
  }

  private void addUser() {
    if (users == sizes.length) {
      histories = Arrays.copyOf(histories, 2 * users);
      sizes = Arrays.copyOf(sizes, 2 * users);
    }
    histories[users++] = new int[4];
  }

  private void addItem() {
    if (items == counts.length) {
      counts = Arrays.copyOf(counts, 2 * items);
      taken = Arrays.copyOf(taken, 2 * items);
    }
    items++;
  }

  private void mark(int user) {
    if (marked != NOBODY) {
      setTaken(marked, false);
    }
    setTaken(user, true);
    marked = user;
  }

  private void setTaken(int user, boolean value) {
    for (int i = 0; i < sizes[user]; i++) {
      taken[histories[user][i]] = value;
    }
    for (int item : unwanted.getOrDefault(user, Set.of())) {
      taken[item] = value;
    }
  }
}
