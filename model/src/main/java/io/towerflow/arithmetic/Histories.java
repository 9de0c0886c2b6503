package io.towerflow.arithmetic;

import java.util.Optional;

/**
 * What some queries have taken: n histories of at most h items, newest first, whose means are to be
 * taken with decaying weights.
 *
 * @param lengths how long each history is, n of them
 * @param longest h, at least 1
 * @param places where each item's row is, shape (n, h); behind a history's end any row's
 * @param decayed the weight of the k-th item in the mean of a scale, shape (scales, at least h)
 * @param times a gate by the time since each item was taken, its places of shape (n, h)
 * @param ages a gate by the items' ages, its places of shape (h)
 */
public record Histories(
    int[] lengths,
    int longest,
    int[] places,
    float[][] decayed,
    Optional<Gate> times,
    Optional<Gate> ages) {

  /**
   * Learnt exponents, one a scale.
   *
   * @param exponents the distinct rows, shape (rows, scales)
   * @param places which row each item reads
   */
  public record Gate(Vectors exponents, int[] places) {}

  /** How many histories there are. */
  public int count() {
    return lengths.length;
  }

  /** How many means of each. */
  public int scales() {
    return decayed.length;
  }
}
