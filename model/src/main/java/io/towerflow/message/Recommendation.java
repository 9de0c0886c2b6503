package io.towerflow.message;

/**
 * The top-K list of one user: items by falling score, then by item id.
 *
 * @param user the user's id
 * @param modelVersion the training step of both the query and the candidates
 * @param eventTime the latest event time that the model had learnt, milliseconds since the epoch
 * @param items item ids, best first; rank 1 is {@code items[0]}
 * @param scores the dot product of each item with the query, as long as {@code items}
 */
public record Recommendation(
    String user, long modelVersion, long eventTime, String[] items, float[] scores) {}
