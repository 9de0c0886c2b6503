package io.towerflow.learn;

import io.towerflow.profile.IndexSpace;
import io.towerflow.spec.FeatureSpec;
import io.towerflow.spec.ModelSpec;
import io.towerflow.tower.CandidateContext;
import io.towerflow.tower.EncodedAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the candidate tower reads of the items in the catalogue, as of the events counted so far.
 *
 * <p>The numbers of the popularity feature are, for each half-life, {@code ln(p_i K) / 3}, p_i
 * being the item's probability by counts of that half-life and K the items known, so 0 for an item
 * as popular as the average; and {@code ln((age + 256) / 1000) / 3}, the age in events since the
 * item's first.
 */
final class Candidates {

  /** Which of {@link #halfLives} is the sampling correction's. */
  static final int CORRECTION = 0;

  private static final float[] NO_NUMBERS = {};
  private static final double SCALE = 3;
  private static final double YOUNG = 256;
  private static final double AGE_UNIT = 1000;

  private final Catalogue catalogue;
  private final Popularity popularity;
  private final Optional<FeatureSpec.Popularity> feature;
  private final CandidateContext unknown;

  Candidates(ModelSpec spec, Catalogue catalogue, Popularity popularity) {
    this.catalogue = catalogue;
    this.popularity = popularity;
    this.feature = spec.popularity();
    this.unknown =
        new CandidateContext(
            IndexSpace.OUT_OF_VOCABULARY,
            new int[spec.event().texts().size()][0],
            EncodedAttributes.unknown(spec.event().itemAttributes()),
            NO_NUMBERS);
  }

  /**
   * The half-lives that popularity is to be counted with: the sampling correction's, then the
   * feature's.
   */
  static List<Double> halfLives(ModelSpec spec) {
    List<Double> halfLives = new ArrayList<>();
    halfLives.add(spec.loss().frequencyHalfLife());
    spec.popularity().ifPresent(popularity -> halfLives.addAll(popularity.halfLives()));
    return halfLives;
  }

  /**
   * One candidate.
   *
   * @param now the ordinal of the event that the candidate is for
   */
  CandidateContext at(int position, long now) {
    return at(position, numbers(position, now));
  }

  private CandidateContext at(int position, float[] numbers) {
    return new CandidateContext(
        catalogue.item(position),
        catalogue.tokens(position),
        catalogue.attributes(position),
        numbers);
  }

  /** What is known of an item but for its popularity: nothing if the catalogue has no such item. */
  CandidateContext content(int item) {
    int position = catalogue.position(item);
    return position < 0 ? unknown : at(position, NO_NUMBERS);
  }

  /** Every candidate, by position. */
  List<CandidateContext> all(long now) {
    List<CandidateContext> all = new ArrayList<>(catalogue.size());
    for (int position = 0; position < catalogue.size(); position++) {
      all.add(at(position, now));
    }
    return all;
  }

  private float[] numbers(int position, long now) {
    if (feature.isEmpty()) {
      return NO_NUMBERS;
    }
    int known = catalogue.size();
    float[] numbers = new float[feature.get().width()];
    int halfLives = feature.get().halfLives().size();
    for (int h = 0; h < halfLives; h++) {
      double relative = popularity.probability(CORRECTION + 1 + h, position, known) * known;
      numbers[h] = (float) (Math.log(relative) / SCALE);
    }
    if (feature.get().age()) {
      double age = Math.max(0, now - catalogue.firstOrdinal(position));
      numbers[halfLives] = (float) (Math.log((age + YOUNG) / AGE_UNIT) / SCALE);
    }
    return numbers;
  }
}
