package io.towerflow.learn;

import io.towerflow.metrics.Cohort;
import io.towerflow.metrics.PopularityTier;
import io.towerflow.metrics.Prequential;
import io.towerflow.tower.QueryContext;
import io.towerflow.tower.TwoTowers;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Scores examples before they are learnt: where each one's item ranks among the items known by then
 * but those that its user has already taken, and where it ranks by popularity. First sightings of a
 * user or an item are misses, and so are all of an item until it is admitted.
 */
final class Scorer {

  /** Queries scored in one pass, which bounds the scores held at once. */
  private static final int BLOCK = 256;

  /** Where one example's item ranked, from 1, or {@link Prequential#MISS}. */
  record Ranks(int byModel, int byPopularity, Cohort cohort) {}

  private final TwoTowers towers;
  private final Candidates candidates;
  private final Catalogue catalogue;
  private final Popularity popularity;
  private final AttributeEncoder contexts;
  private int[] seenBy = new int[0];
  private int round;

  Scorer(
      TwoTowers towers,
      Candidates candidates,
      Catalogue catalogue,
      Popularity popularity,
      AttributeEncoder contexts) {
    this.contexts = contexts;
    this.towers = towers;
    this.candidates = candidates;
    this.catalogue = catalogue;
    this.popularity = popularity;
  }

  /** Receives the ranks of each example in turn. */
  @FunctionalInterface
  interface RanksSink {
    /**
     * Takes the ranks of one example, none if it is no positive; afterwards the example counts for
     * the next ones' popularity.
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
    if (catalogue.size() == 0) {
      rankAmongNothing(examples, sink);
      return;
    }
    float[] vectors = towers.candidateVectors(candidates.all(firstOrdinal));
    int items = catalogue.size();
    for (int from = 0; from < examples.size(); from += BLOCK) {
      List<Example> block = examples.subList(from, Math.min(examples.size(), from + BLOCK));
      List<QueryContext> queries = block.stream().map(this::context).toList();
      float[] scores = towers.scores(towers.queryVectors(queries), vectors);
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

  /** What an example's query is built from: the user the moment before the event. */
  QueryContext context(Example example) {
    return QueryContext.of(example.before(), example.time(), contexts.find(example.context()))
        .among(catalogue::contains);
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
    int own = catalogue.position(example.itemIndex());
    markSeen(example, own);
    int known = catalogue.knownBefore(ordinal);
    float score = scores[row + own];
    long count = popularity.count(own);
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
      long otherCount = popularity.count(position);
      if (otherCount > count) {
        morePopular++;
      } else if (otherCount == count) {
        asPopular++;
      }
    }
    return new Ranks(
        Prequential.rank(greater, ties),
        Prequential.rank(morePopular, asPopular),
        PopularityTier.of(own, known, popularity::count));
  }

  /** Marks the items to leave out: those that the user has taken, and the example's own. */
  private void markSeen(Example example, int own) {
    if (seenBy.length < catalogue.size()) {
      seenBy = Arrays.copyOf(seenBy, catalogue.size() * 2);
    }
    round++;
    for (int item : example.before().seen()) {
      int position = catalogue.position(item);
      if (position >= 0) {
        seenBy[position] = round;
      }
    }
    seenBy[own] = round;
  }
}
