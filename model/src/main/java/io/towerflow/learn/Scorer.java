package io.towerflow.learn;

import io.towerflow.metrics.Cohort;
import io.towerflow.metrics.PopularityTier;
import io.towerflow.metrics.Prequential;
import io.towerflow.tower.QueryContext;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Scores examples before they are learnt: where each one's item ranks among the items known by then
 * but those that its user has already taken, and where it ranks by model.popularity. First
 * sightings of a user or an item are misses, and so are all of an item until it is admitted.
 */
final class Scorer {

  /** Queries scored in one pass, which bounds the scores held at once. */
  private static final int BLOCK = 256;

  /** Where one example's item ranked, from 1, or {@link Prequential#MISS}. */
  record Ranks(int byModel, int byPopularity, Cohort cohort) {}

  private final Model model;
  private int[] seenBy = new int[0];
  private int round;

  Scorer(Model model) {
    this.model = model;
  }

  /** Receives the ranks of each example in turn. */
  @FunctionalInterface
  interface RanksSink {
    /**
     * Takes the ranks of one example, none if it is no positive; afterwards the example counts for
     * the next ones' model.popularity.
     */
    void ranked(int example, Optional<Ranks> ranks);
  }

  /**
   * Ranks a batch.
   *
   * @param examples in order, not yet learnt
   * @param firstOrdinal the ordinal of the first one
   */
  void score(List<Example> examples, long firstOrdinal, RanksSink sink) {
    if (model.catalogue.size() == 0) {
      rankAmongNothing(examples, sink);
      return;
    }
    float[] vectors = model.towers.candidateVectors(model.candidates.all(firstOrdinal));
    int items = model.catalogue.size();
    for (int from = 0; from < examples.size(); from += BLOCK) {
      List<Example> block = examples.subList(from, Math.min(examples.size(), from + BLOCK));
      List<QueryContext> queries = block.stream().map(model::query).toList();
      float[] scores = model.towers.scores(model.towers.queryVectors(queries), vectors);
      for (int i = 0; i < block.size(); i++) {
        int example = from + i;
        Optional<Ranks> ranks =
            block.get(i).positive()
                ? Optional.of(rank(block.get(i), firstOrdinal + example, scores, i * items))
                : Optional.empty();
        sink.ranked(example, ranks);
      }
    }
  }

  /**
   * What the rating head foretells of each example's value before any of them is learnt, NaN where
   * its item is not known, or there is no head. It costs the batch and not the catalogue, so no
   * batch is left out.
   *
   * @param now the ordinal of the first one
   */
  float[] foretoldRatings(List<Example> batch, long now) {
    float[] foretold = new float[batch.size()];
    Arrays.fill(foretold, Float.NaN);
    if (!model.spec.rating().isLearnt()) {
      return foretold;
    }
    List<Example> known = batch.stream().filter(Example::itemIsKnown).toList();
    float[] ratings =
        model.towers.ratings(
            known.stream().map(model::query).toList(),
            known.stream()
                .map(example -> model.catalogue.position(example.itemIndex()))
                .map(position -> model.candidates.at(position, now))
                .toList());
    int next = 0;
    for (int i = 0; i < foretold.length; i++) {
      if (batch.get(i).itemIsKnown()) {
        foretold[i] = ratings[next++];
      }
    }
    return foretold;
  }

  /** None of the items is known. */
  private void rankAmongNothing(List<Example> examples, RanksSink sink) {
    for (int i = 0; i < examples.size(); i++) {
      Optional<Ranks> missed =
          examples.get(i).positive() ? Optional.of(miss(examples.get(i))) : Optional.empty();
      sink.ranked(i, missed);
    }
  }

  private static Ranks miss(Example example) {
    return new Ranks(Prequential.MISS, Prequential.MISS, Cohort.ofFirstSighting(example.newUser()));
  }

  private Ranks rank(Example example, long ordinal, float[] scores, int row) {
    if (example.newUser() || example.newItem() || !example.itemIsKnown()) {
      return miss(example);
    }
    int own = model.catalogue.position(example.itemIndex());
    markSeen(example, own);
    int known = model.catalogue.knownBefore(ordinal);
    float score = scores[row + own];
    long count = model.popularity.count(own);
    int greater = 0;
    int ties = 0;
    int morePopular = 0;
    int asPopular = 0;
    for (int position = 0; position < known; position++) {
      if (seenBy[position] == round) {
        continue;
      }
      float other = scores[row + position];
      if (other == score) {
        ties++;
      } else if (!(other < score)) { // true for NaN as well: to have diverged is no merit
        greater++;
      }
      long otherCount = model.popularity.count(position);
      if (otherCount > count) {
        morePopular++;
      } else if (otherCount == count) {
        asPopular++;
      }
    }
    return new Ranks(
        Prequential.rank(greater, ties),
        Prequential.rank(morePopular, asPopular),
        PopularityTier.of(own, known, model.popularity::count));
  }

  /** Marks the items to leave out: those that the user has taken, and the example's own. */
  private void markSeen(Example example, int own) {
    if (seenBy.length < model.catalogue.size()) {
      seenBy = Arrays.copyOf(seenBy, model.catalogue.size() * 2);
    }
    round++;
    for (int item : example.before().seen()) {
      int position = model.catalogue.position(item);
      if (position >= 0) {
        seenBy[position] = round;
      }
    }
    seenBy[own] = round;
  }
}
