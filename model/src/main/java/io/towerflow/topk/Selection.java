package io.towerflow.topk;

import static java.util.Comparator.comparing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Keeps the K best of a query's scores, in the order of {@link Hit}. More than K wait until there
 * is no room; then the worst are let go: that costs less than an ordered set.
 */
final class Selection {

  /** At least so many are taken before the worst are let go. */
  private static final int ROOM = 256;

  private final int k;
  private final int[] indices;
  private final String[] ids;

  /** Score and slot of each, as a number that is the smaller the better the score. */
  private final long[] kept;

  private int count;

  private float threshold = Float.NEGATIVE_INFINITY;

  /**
   * Keeps nothing yet.
   *
   * @param k how many to keep, positive
   * @param indices the candidates' indices, by slot
   * @param ids the candidates' ids, by slot
   * @param size how many candidates there are: no more are ever offered
   */
  Selection(int k, int[] indices, String[] ids, int size) {
    this.k = k;
    this.indices = indices;
    this.ids = ids;
    this.kept = new long[(int) Math.min(size, (long) k + Math.max(k, ROOM))];
  }

  /** The score below which an offer is of no use. */
  float threshold() {
    return threshold;
  }

  /**
   * Offers a candidate.
   *
   * @throws IllegalArgumentException if the score is NaN
   */
  void offer(int slot, float score) {
    if (Float.isNaN(score)) {
      throw new IllegalArgumentException("The score of " + ids[slot] + " is NaN");
    }
    if (count == kept.length) {
      narrow();
    }
    kept[count++] = key(score) << Integer.SIZE | slot;
  }

  /** What was kept, best first. */
  List<Hit> sorted() {
    if (count > k) {
      narrow();
    }
    sort();
    List<Hit> hits = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int slot = (int) kept[i];
      hits.add(new Hit(indices[slot], ids[slot], score(kept[i])));
    }
    return hits;
  }

  /** Lets go of all but the K best. */
  private void narrow() {
    partition();
    float worst = score(kept[k - 1]);
    for (int i = k; i < count; i++) {
      if (score(kept[i]) == worst) {
        sort(); // ids tell which of them stay
        break;
      }
    }
    count = k;
    threshold = worst;
  }

  /** Hoare's selection: puts the K smallest first, and of them the greatest last. */
  private void partition() {
    int from = 0;
    int to = count - 1;
    while (from < to) {
      long pivot = kept[(from + to) >>> 1];
      int i = from;
      int j = to;
      while (i <= j) {
        while (kept[i] < pivot) {
          i++;
        }
        while (kept[j] > pivot) {
          j--;
        }
        if (i <= j) {
          long swapped = kept[i];
          kept[i++] = kept[j];
          kept[j--] = swapped;
        }
      }
      if (k - 1 <= j) {
        to = j;
      } else if (k - 1 >= i) {
        from = i;
      } else {
        return;
      }
    }
  }

  private void sort() {
    Arrays.sort(kept, 0, count);
    for (int from = 0; from < count; ) {
      int to = from + 1;
      while (to < count && kept[from] >> Integer.SIZE == kept[to] >> Integer.SIZE) {
        to++;
      }
      if (to - from > 1) {
        sortTies(from, to);
      }
      from = to;
    }
  }

  private void sortTies(int from, int to) {
    Long[] ties = Arrays.stream(kept, from, to).boxed().toArray(Long[]::new);
    Arrays.sort(
        ties,
        comparing((Long tie) -> ids[tie.intValue()])
            .thenComparing((Long tie) -> indices[tie.intValue()]));
    for (int i = from; i < to; i++) {
      kept[i] = ties[i - from];
    }
  }

  /** A float's bits order like the number where it is positive, and the other way round else. */
  private static long key(float score) {
    int bits = Float.floatToRawIntBits(score);
    return ~(bits ^ (bits >> 31 & Integer.MAX_VALUE));
  }

  private static float score(long kept) {
    int ordered = ~(int) (kept >> Integer.SIZE);
    return Float.intBitsToFloat(ordered ^ (ordered >> 31 & Integer.MAX_VALUE));
  }
}
