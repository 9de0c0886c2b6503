package io.towerflow.learn;

import java.util.List;

/**
 * One generation of the model as it leaves: candidates that left and then those that changed since
 * the last one, and the queries that are to be answered with this generation's candidates.
 *
 * @param version the training step that all vectors were computed after
 * @param eventTime the latest event time learnt, milliseconds since the epoch
 * @param withheld vectors that are left out since a score of theirs might not be finite: those of a
 *     model that diverges
 */
public record Publication(
    long version, long eventTime, List<Candidate> candidates, List<Query> queries, int withheld) {

  /**
   * The vector of one item.
   *
   * @param index the item's index
   * @param id the item's id
   * @param vector its vector: the dot product with a query's vector is the score; null where the
   *     item has left
   */
  public record Candidate(int index, String id, float[] vector) {

    /** Word that an item has left. */
    static Candidate gone(int index, String id) {
      return new Candidate(index, id, null);
    }

    /** Whether the item has left. */
    public boolean isGone() {
      return vector == null;
    }
  }

  /**
   * The vector that a user's list is searched with.
   *
   * @param user the user's id
   * @param vector the query's vector, as wide as the candidates'
   * @param seen indices of the items to leave out, ascending
   */
  public record Query(String user, float[] vector, int[] seen) {}
}
