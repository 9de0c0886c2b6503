package io.towerflow.topk;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The best of several result lists. */
public final class TopK {

  private TopK() {}

  /**
   * The K best hits of several lists.
   *
   * @param lists lists in the order of {@link Hit}, of disjoint sets of items
   * @throws IllegalArgumentException if {@code k} is negative
   */
  public static List<Hit> merge(List<List<Hit>> lists, int k) {
    if (k < 0) {
      throw new IllegalArgumentException("The best " + k + " cannot be kept");
    }
    List<Hit> hits = new ArrayList<>();
    lists.forEach(hits::addAll);
    Collections.sort(hits); // merges what is sorted in parts
    return new ArrayList<>(hits.subList(0, Math.min(k, hits.size())));
  }
}
