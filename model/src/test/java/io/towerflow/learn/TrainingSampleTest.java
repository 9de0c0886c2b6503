package io.towerflow.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.towerflow.loss.SoftmaxAdjustment;
import io.towerflow.spec.LossSpec;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;
import io.towerflow.tower.EncodedAttributes;
import io.towerflow.tower.QueryContext;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrainingSampleTest {

  private static final float OUT = Float.NEGATIVE_INFINITY;

  private final Catalogue catalogue = new Catalogue();
  private final Popularity popularity = new Popularity(List.of(1e12));

  /** Items 10 to 13 at positions 0 to 3; item 10 was taken three times, the others never. */
  TrainingSampleTest() {
    for (int position = 0; position < 4; position++) {
      catalogue.put(
          10 + position, "i" + position, position + 1, new int[0][], EncodedAttributes.NONE);
    }
    for (int event = 1; event <= 3; event++) {
      popularity.add(0, event);
    }
  }

  private static ModelSpec spec(int fullUntil) {
    return ModelSpecs.parse(
        """
        event: {user: u, item: i, time: t}
        query: {features: [{kind: id}]}
        candidate: {features: [{kind: id}]}
        loss: {uniform_negatives: 2, full_catalogue_until: %d}
        """
            .formatted(fullUntil));
  }

  /** Two events that took item 12, by a user who has 12 and 10. */
  private TrainingSample sample(ModelSpec spec) {
    QueryContext query = new QueryContext(1, 0, new int[0], new long[0], 1, EncodedAttributes.NONE);
    Instance instance =
        new Instance(query, 12, new Taken.OfProfile(new int[] {10}, 12), 1, true, Float.NaN);
    return TrainingSample.of(
        List.of(instance, instance),
        catalogue,
        new Candidates(spec, catalogue, popularity),
        4,
        spec.loss(),
        i -> 3);
  }

  private float[] adjustments(TrainingSample sample, LossSpec loss) {
    return new SoftmaxAdjustment(loss)
        .of(
            sample.positives(),
            sample.counts(),
            sample.expected(popularity, catalogue.size()),
            sample.seenColumns());
  }

  private static int[] positions(TrainingSample sample) {
    return IntStream.range(0, sample.columns().size()).map(sample.columns()::row).toArray();
  }

  @Test
  void aSmallCatalogueIsThereAsAWholeEachItemOnceWithNothingToCorrect() {
    ModelSpec spec = spec(4);
    TrainingSample sample = sample(spec);
    assertThat(positions(sample)).containsExactly(0, 1, 2, 3);
    assertThat(sample.candidates()).extracting(c -> c.item()).containsExactly(10, 11, 12, 13);
    assertThat(sample.positives()).containsExactly(2, 2);
    assertThat(sample.counts()).containsExactly(1, 1, 1, 1);
    // Of all that the user has taken, 10 is no negative; everything else stands as it is.
    assertThat(adjustments(sample, spec.loss())).containsExactly(OUT, 0, 0, 0, OUT, 0, 0, 0);
  }

  @Test
  void aCatalogueOfOneItemMoreIsSampled() {
    ModelSpec spec = spec(3);
    TrainingSample sample = sample(spec);
    assertThat(positions(sample)).containsExactly(2, 3);
    assertThat(sample.counts()).containsExactly(2, 2);
    // Expected: two examples, each with probability 0.1 / 3.4, and two draws from four.
    float expected = (float) Math.log(2 * 0.1 / 3.4 + 2 / 4.0);
    float[] adjusted = adjustments(sample, spec.loss());
    assertThat(adjusted[0]).isCloseTo(-expected, within(1e-6f));
    assertThat(adjusted[1]).isCloseTo((float) Math.log(2) - expected, within(1e-6f));
  }

  @Test
  void byGapsAPopularItemsScoreGoesDownByTheLogOfItsExpectedCountAndARareOnesUp() {
    ModelSpec spec =
        ModelSpecs.parse(
            """
            event: {user: u, item: i, time: t}
            query: {features: [{kind: id}]}
            candidate: {features: [{kind: id}]}
            loss:
              uniform_negatives: 2
              frequency_estimate: gap
              frequency_rate: 0.5
              mask_seen: false
            """);
    Popularity gaps = Popularity.of(spec);
    gaps.add(0, 1);
    gaps.add(0, 2);
    gaps.add(2, 4); // an event between them was no positive: gaps are of events counted
    gaps.add(0, 7);
    // Item 10: B = 1, 1, 0.5 * 1 + 0.5 * 2 = 1.5, p = 2/3. Item 12, the second: B = 2, p = 1/2.
    // Item 13, never taken: it would be the third, p = 1/3.
    assertThat(gaps.frequency(0, 4)).isCloseTo(2.0 / 3, within(1e-12));
    assertThat(gaps.frequency(2, 4)).isCloseTo(1.0 / 2, within(1e-12));
    assertThat(gaps.frequency(3, 4)).isCloseTo(1.0 / 3, within(1e-12));

    // One event with item 10, one with item 12, and item 13 drawn twice among four.
    QueryContext query = new QueryContext(1, 0, new int[0], new long[0], 0, EncodedAttributes.NONE);
    TrainingSample sample =
        TrainingSample.of(
            List.of(
                new Instance(query, 10, new Taken.OfProfile(new int[0], 10), 1, true, Float.NaN),
                new Instance(query, 12, new Taken.OfProfile(new int[0], 12), 1, true, Float.NaN)),
            catalogue,
            new Candidates(spec, catalogue, gaps),
            8,
            spec.loss(),
            i -> 3);
    double[] expected = sample.expected(gaps, 4);
    // Two events, and two of four drawn: 2 * 2/3 + 1/2, 2 * 1/2 + 1/2, 2 * 1/3 + 1/2.
    assertThat(expected).containsExactly(new double[] {11.0 / 6, 1.5, 7.0 / 6}, within(1e-12));
    float[] adjustments =
        new SoftmaxAdjustment(spec.loss())
            .of(sample.positives(), sample.counts(), expected, i -> new int[0]);
    // -ln(11/6) = -0.606, -ln(3/2) = -0.405, and the drawn one stands for two: ln 2 - ln(7/6).
    float[] row = {-0.60614f, -0.40547f, 0.53900f};
    assertThat(Arrays.copyOf(adjustments, 3)).containsExactly(row, within(1e-5f));
    assertThat(Arrays.copyOfRange(adjustments, 3, 6)).containsExactly(row, within(1e-5f));
  }
}
