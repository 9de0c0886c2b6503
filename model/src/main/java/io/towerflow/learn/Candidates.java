package io.towerflow.learn;

import io.towerflow.kernel.Elementary;
import io.towerflow.profile.IndexSpace;
import io.towerflow.spec.FeatureSpec;
import io.towerflow.spec.ModelSpec;
import io.towerflow.tower.CandidateContext;
import io.towerflow.tower.EncodedAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

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
  private static final float SCALE = 3;
  private static final float YOUNG = 256;
  private static final float AGE_UNIT = 1000;

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
    return at(new int[] {position}, now).get(0);
  }

  /** Some candidates, by their positions. */
  List<CandidateContext> at(int[] positions, long now) {
    float[][] columns = new float[width()][positions.length];
    numbers(positions, positions.length, now, columns);
    List<CandidateContext> contexts = new ArrayList<>(positions.length);
    for (int i = 0; i < positions.length; i++) {
      float[] numbers = width() == 0 ? NO_NUMBERS : new float[width()];
      for (int k = 0; k < numbers.length; k++) {
        numbers[k] = columns[k][i];
      }
      contexts.add(at(positions[i], numbers));
    }
    return contexts;
  }

  /** One candidate with given numbers of popularity. */
  CandidateContext at(int position, float[] numbers) {
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
    return at(IntStream.range(0, catalogue.size()).toArray(), now);
  }

  /** How many numbers the popularity feature has, 0 without one. */
  int width() {
    return feature.map(FeatureSpec.Popularity::width).orElse(0);
  }

  /**
   * The numbers of the popularity feature.
   *
   * @param positions of the items
   * @param count how many of them
   * @param now the ordinal of the event that the numbers are for
   * @param out row k receives each item's number k: shape (width, count) at least
   */
  void numbers(int[] positions, int count, long now, float[][] out) {
    if (feature.isEmpty()) {
      return;
    }
    int known = catalogue.size();
    int halfLives = feature.get().halfLives().size();
    for (int h = 0; h < halfLives; h++) {
      for (int i = 0; i < count; i++) {
        out[h][i] =
            (float) (popularity.probability(CORRECTION + 1 + h, positions[i], known) * known);
      }
    }
    if (feature.get().age()) {
      for (int i = 0; i < count; i++) {
        long age = Math.max(0, now - catalogue.firstOrdinal(positions[i]));
        out[halfLives][i] = (age + YOUNG) / AGE_UNIT;
      }
    }
    for (int k = 0; k < width(); k++) {
      Elementary.log(out[k], count);
      for (int i = 0; i < count; i++) {
        out[k][i] /= SCALE;
      }
    }
  }
}
