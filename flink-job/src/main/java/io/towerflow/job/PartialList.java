package io.towerflow.job;

import io.towerflow.message.Recommendation;
import io.towerflow.topk.Hit;
import io.towerflow.topk.TopK;
import java.util.List;

/**
 * The best items of one or more top-K shards for a query.
 *
 * @param user the user's id
 * @param publication the ordinal of the publication that the query is part of
 * @param version the training step of the query and of the candidates
 * @param eventTime the latest event time learnt, milliseconds since the epoch
 * @param shards how many shards have answered
 * @param hits the best items of all of them, best first
 */
public record PartialList(
    String user, long publication, long version, long eventTime, int shards, List<Hit> hits) {

  /** The best {@code k} items of both lists, which come from different shards. */
  PartialList merge(PartialList other, int k) {
    return new PartialList(
        user,
        publication,
        version,
        eventTime,
        shards + other.shards,
        TopK.merge(List.of(hits, other.hits), k));
  }

  /** What the user is told. */
  Recommendation recommendation() {
    String[] items = new String[hits.size()];
    float[] scores = new float[hits.size()];
    for (int rank = 0; rank < items.length; rank++) {
      items[rank] = hits.get(rank).id();
      scores[rank] = hits.get(rank).score();
    }
    return new Recommendation(user, version, eventTime, items, scores);
  }
}
