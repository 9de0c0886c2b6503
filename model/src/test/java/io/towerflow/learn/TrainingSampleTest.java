package io.towerflow.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.towerflow.loss.SoftmaxAdjustment;
import io.towerflow.spec.LossSpec;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;
import io.towerflow.tower.EncodedAttributes;
import io.towerflow.tower.QueryContext;
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
    Instance instance = new Instance(query, 12, new int[] {10, 12}, 1);
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
            sample.seenColumns(catalogue));
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
}
