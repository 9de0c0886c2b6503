package io.towerflow.learn;

import java.util.List;

/**
 * How far the scores of some queries can follow a candidate's vector. With q = (a, c), a the part
 * that meets the towers and c the weights of popularity, a candidate that moves by (d, e) moves a
 * score by {@code a.d + c.e}, which is at most {@code |a| |d| + sum_k |c_k| |e_k|} (Cauchy and
 * Schwarz).
 *
 * @param towers the largest |a|
 * @param popularity the largest |c_k| of each k
 */
record Reach(double towers, double[] popularity) {

  /** Of no queries. */
  static Reach none(int popularityWidth) {
    return new Reach(0, new double[popularityWidth]);
  }

  /**
   * Of some queries.
   *
   * @param queries at least one
   * @param towersWidth the width of a
   */
  static Reach of(List<Publication.Query> queries, int towersWidth) {
    double towers = 0;
    double[] popularity = new double[queries.get(0).vector().length - towersWidth];
    for (Publication.Query query : queries) {
      float[] vector = query.vector();
      double square = 0;
      for (int k = 0; k < towersWidth; k++) {
        square += (double) vector[k] * vector[k];
      }
      towers = Math.max(towers, Math.sqrt(square));
      for (int k = 0; k < popularity.length; k++) {
        popularity[k] = Math.max(popularity[k], Math.abs(vector[towersWidth + k]));
      }
    }
    return new Reach(towers, popularity);
  }

  /** The most that a score can move where a candidate moves from one vector to another. */
  double mostMoved(float[] from, float[] to) {
    int towersWidth = from.length - popularity.length;
    double square = 0;
    for (int k = 0; k < towersWidth; k++) {
      double moved = to[k] - from[k];
      square += moved * moved;
    }
    double most = towers * Math.sqrt(square);
    for (int k = 0; k < popularity.length; k++) {
      most += popularity[k] * Math.abs(to[towersWidth + k] - from[towersWidth + k]);
    }
    return most;
  }
}
