package io.towerflow.topk;

/**
 * A candidate with its score. The natural order is that of a result list, best first: higher score,
 * then smaller id (as strings compare), then smaller index. It is total, so a list never depends on
 * where candidates lie or in which order shards answer.
 *
 * @param index the item's index
 * @param id the item's id
 * @param score its score, never NaN: a NaN has no place in any order
 */
public record Hit(int index, String id, float score) implements Comparable<Hit> {

  /**
   * Checks the score.
   *
   * @throws IllegalArgumentException if the score is NaN
   */
  public Hit {
    if (Float.isNaN(score)) {
      throw new IllegalArgumentException("The score of " + id + " is NaN");
    }
  }

  @Override
  public int compareTo(Hit other) {
    // Not Float.compare: 0.0 and -0.0 are a tie.
    if (score != other.score) {
      return score > other.score ? -1 : 1;
    }
    int byId = id.compareTo(other.id);
    return byId != 0 ? byId : Integer.compare(index, other.index);
  }
}
