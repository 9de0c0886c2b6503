package io.towerflow.metrics;

import java.util.List;

/**
 * Factorized top-K accuracy: the fraction of queries whose item ranks within the first K of all
 * candidates, for several K at once. TensorFlow Recommenders' FactorizedTopK counts the same but
 * where scores tie: there ties go in the item's favour, here half of them do ({@link
 * Prequential#rank}), so that a model which scores all items alike is not always right.
 */
public final class TopKAccuracy {

  /** The depths that are counted. */
  public static final List<Integer> DEPTHS = List.of(1, 5, 10, 50, 100);

  private final long[] hits = new long[DEPTHS.size()];
  private long queries;

  /** Counts a query whose item ranked at {@code rank}, from 1. */
  public void add(int rank) {
    queries++;
    for (int i = 0; i < hits.length; i++) {
      if (rank <= DEPTHS.get(i)) {
        hits[i]++;
      }
    }
  }

  /**
   * The accuracy within the first {@code depth}; 0 where there are no queries.
   *
   * @throws IllegalArgumentException if the depth is none of {@link #DEPTHS}
   */
  public double at(int depth) {
    int i = DEPTHS.indexOf(depth);
    if (i < 0) {
      throw new IllegalArgumentException("Accuracy is counted at " + DEPTHS + ", not at " + depth);
    }
    return queries == 0 ? 0 : (double) hits[i] / queries;
  }
}
