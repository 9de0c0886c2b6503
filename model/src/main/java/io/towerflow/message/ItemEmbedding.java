package io.towerflow.message;

/**
 * The vector of one item under one version of the model. The score of an item for a query is the
 * dot product of their vectors.
 *
 * @param id the item's id
 * @param vector the candidate tower's output, of the spec's output width; null if the item has left
 *     the model
 * @param modelVersion the training step that the vector was computed after
 * @param eventTime the latest event time that the model had learnt, milliseconds since the epoch
 */
public record ItemEmbedding(String id, float[] vector, long modelVersion, long eventTime) {

  /** Whether this is word that the item has left the model. */
  public boolean isTombstone() {
    return vector == null;
  }
}
