package io.towerflow.learn;

import io.towerflow.metrics.Cohort;
import io.towerflow.metrics.Prequential;
import io.towerflow.tower.CandidateContext;
import io.towerflow.tower.QueryContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Scores examples before they are learnt: where each one's item ranks among the items known by then
 * but those that its user has already taken, and where it ranks by model.popularity. First
 * sightings of a user or an item are misses, and so are all of an item until it is admitted.
 */
final class Scorer {

  /** Where one example's item ranked, from 1, or {@link Prequential#MISS}. */
  record Ranks(int byModel, int byPopularity, Cohort cohort) {}

  private final Model model;
  private final CandidateVectors vectors;

  Scorer(Model model, CandidateVectors vectors) {
    this.model = model;
    this.vectors = vectors;
  }

  /**
   * Takes from the model what it takes to rank a batch.
   *
   * @param batch in order, not yet learnt; stays as it is until it is ranked
   * @param moments what the query of each is built from
   * @param firstOrdinal the ordinal of the first one
   */
  Scoring scoring(List<Example> batch, List<QueryContext> moments, long firstOrdinal) {
    int[] asked = IntStream.range(0, batch.size()).filter(i -> isCompared(batch.get(i))).toArray();
    int[] known = new int[asked.length];
    List<QueryContext> queries = new ArrayList<>();
    for (int i = 0; i < asked.length; i++) {
      queries.add(moments.get(asked[i]));
      known[i] = model.catalogue.knownBefore(firstOrdinal + asked[i]);
    }
    if (asked.length > 0) {
      vectors.refresh();
      vectors.popularity(firstOrdinal);
    }
    return new Scoring(
        batch,
        model.catalogue,
        vectors,
        asked,
        queries.isEmpty()
            ? new float[0][]
            : rows(model.towers.queryVectors(queries), vectors.width()),
        known,
        model.popularity.counts(model.catalogue.size()));
  }

  private static boolean isCompared(Example example) {
    return example.positive() && example.itemIsKnown() && !example.newUser() && !example.newItem();
  }

  static Ranks miss(Example example) {
    return new Ranks(Prequential.MISS, Prequential.MISS, Cohort.ofFirstSighting(example.newUser()));
  }

  private static float[][] rows(float[] flat, int width) {
    float[][] rows = new float[flat.length / width][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Arrays.copyOfRange(flat, i * width, (i + 1) * width);
    }
    return rows;
  }

  /**
   * What the rating head foretells of each example's value before any of them is learnt, NaN where
   * its item is not known, or there is no head. It costs the batch and not the catalogue, so no
   * batch is left out.
   *
   * @param moments what the query of each is built from
   * @param now the ordinal of the first one
   */
  float[] foretoldRatings(List<Example> batch, List<QueryContext> moments, long now) {
    float[] foretold = new float[batch.size()];
    Arrays.fill(foretold, Float.NaN);
    if (!model.spec.rating().isLearnt()) {
      return foretold;
    }
    List<QueryContext> queries = new ArrayList<>();
    List<CandidateContext> items = new ArrayList<>();
    for (int i = 0; i < foretold.length; i++) {
      if (batch.get(i).itemIsKnown()) {
        queries.add(moments.get(i));
        items.add(model.candidates.at(model.catalogue.position(batch.get(i).itemIndex()), now));
      }
    }
    float[] ratings = model.towers.ratings(queries, items);
    int next = 0;
    for (int i = 0; i < foretold.length; i++) {
      if (batch.get(i).itemIsKnown()) {
        foretold[i] = ratings[next++];
      }
    }
    return foretold;
  }
}
