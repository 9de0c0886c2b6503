package io.towerflow.tower;

/**
 * The ratings that a training step learns, k of them: each is of one of the step's queries for one
 * of its candidates.
 *
 * @param queries the place of each rating's query, length k
 * @param candidates the place of each rating's candidate, length k
 * @param values the ratings, length k, all finite
 * @param weights what each one's squared error is multiplied by, length k, all positive
 */
public record Ratings(int[] queries, int[] candidates, float[] values, float[] weights) {

  /** No ratings at all. */
  public static final Ratings NONE =
      new Ratings(new int[0], new int[0], new float[0], new float[0]);

  /** How many there are. */
  public int size() {
    return values.length;
  }
}
