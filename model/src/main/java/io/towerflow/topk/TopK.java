package io.towerflow.topk;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.PriorityQueue;

/** Keeps the K best of the hits it is offered, in the order of {@link Hit}. Not thread safe. */
public final class TopK {

  private final int k;

  /** The worst hit that is kept comes first. */
  private final PriorityQueue<Hit> kept = new PriorityQueue<>(Collections.reverseOrder());

  /**
   * Keeps nothing yet.
   *
   * @throws IllegalArgumentException if {@code k} is negative
   */
  public TopK(int k) {
    if (k < 0) {
      throw new IllegalArgumentException("The best " + k + " cannot be kept");
    }
    this.k = k;
  }

  /**
   * Offers a hit.
   *
   * @return whether it is among the best K so far
   * @throws IllegalArgumentException if the score is NaN
   */
  public boolean offer(int index, String id, float score) {
    if (isFull() && !Float.isNaN(score) && !beatsWorst(index, id, score)) {
      return false;
    }
    return offer(new Hit(index, id, score));
  }

  /** Offers a hit; see {@link #offer(int, String, float)}. */
  boolean offer(Hit hit) {
    if (isFull()) {
      if (!beatsWorst(hit.index(), hit.id(), hit.score())) {
        return false;
      }
      kept.remove();
    }
    kept.add(hit);
    return true;
  }

  /** The score below which no offer is taken any more. */
  float threshold() {
    if (!isFull()) {
      return Float.NEGATIVE_INFINITY;
    }
    return k == 0 ? Float.POSITIVE_INFINITY : kept.element().score();
  }

  /** What was kept, best first. */
  public List<Hit> sorted() {
    List<Hit> hits = new ArrayList<>(kept);
    Collections.sort(hits);
    return hits;
  }

  /**
   * The K best hits of several lists.
   *
   * @param lists lists in the order of {@link Hit}, of disjoint sets of items
   * @throws IllegalArgumentException if {@code k} is negative
   */
  public static List<Hit> merge(List<List<Hit>> lists, int k) {
    TopK best = new TopK(k);
    for (List<Hit> list : lists) {
      for (Hit hit : list) {
        if (!best.offer(hit)) {
          break; // the rest of a sorted list is worse still
        }
      }
    }
    return best.sorted();
  }

  private boolean isFull() {
    return kept.size() == k;
  }

  private boolean beatsWorst(int index, String id, float score) {
    return k > 0 && Hit.compare(score, id, index, kept.element()) < 0;
  }
}
