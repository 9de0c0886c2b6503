package io.towerflow.learn;

import io.towerflow.table.RowSet;
import java.util.Arrays;
import java.util.function.IntConsumer;

/** The items that a user has taken. Two that are equal name the same ones. */
interface Taken {

  /** How many times more items than columns there are before looking up columns is shorter. */
  int FAR_MORE = 8;

  /**
   * Names those that are among some items: the number of each, in any order, some perhaps twice.
   * What that costs follows whichever are fewer.
   *
   * @param items indices of items
   */
  void among(RowSet items, IntConsumer number);

  /**
   * A profile's items and one more.
   *
   * @param seen indices, ascending
   * @param latest an index
   */
  record OfProfile(int[] seen, int latest) implements Taken {

    @Override
    public void among(RowSet items, IntConsumer number) {
      if (seen.length <= FAR_MORE * items.size()) {
        for (int item : seen) {
          name(items.find(item), number);
        }
      } else {
        for (int i = 0; i < items.size(); i++) {
          if (Arrays.binarySearch(seen, items.row(i)) >= 0) {
            number.accept(i);
          }
        }
      }
      name(items.find(latest), number);
    }
  }

  /** The items of a set. */
  record OfSet(RowSet set) implements Taken {

    @Override
    public void among(RowSet items, IntConsumer number) {
      if (set.size() <= items.size()) {
        for (int i = 0; i < set.size(); i++) {
          name(items.find(set.row(i)), number);
        }
      } else {
        for (int i = 0; i < items.size(); i++) {
          if (set.find(items.row(i)) >= 0) {
            number.accept(i);
          }
        }
      }
    }
  }

  /** What a replay memory holds of a user. */
  record OfMemory(ReplayMemory memory, int user) implements Taken {

    @Override
    public void among(RowSet items, IntConsumer number) {
      memory.takenAmong(user, items, number);
    }
  }

  private static void name(int found, IntConsumer number) {
    if (found >= 0) {
      number.accept(found);
    }
  }
}
