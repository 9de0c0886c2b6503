package io.towerflow.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.towerflow.spec.LossSpec;
import org.junit.jupiter.api.Test;

class SoftmaxAdjustmentTest {

  private static final float LN2 = (float) Math.log(2);
  private static final SoftmaxAdjustment.SeenColumns NOTHING_SEEN = example -> new int[0];

  private static SoftmaxAdjustment adjustment(
      double correction, boolean accidentalHits, boolean seen) {
    return new SoftmaxAdjustment(
        new LossSpec(
            LossSpec.Reduction.SUM,
            0,
            0,
            0,
            correction,
            LossSpec.FrequencyEstimate.DECAYED,
            1000,
            0.01,
            accidentalHits,
            seen));
  }

  @Test
  void distinctCandidatesWithTheLogOfTheirCountAreTheSameLossAsAllOfThem() {
    // A batch of items a, b, a: each example's negatives are all three columns but its own.
    int[] positives = {0, 1, 0};
    int[] counts = {2, 1};
    float[] adjusted =
        adjustment(0, false, false).of(positives, counts, new double[2], NOTHING_SEEN);
    assertThat(adjusted).containsExactly(LN2, 0, LN2, 0, LN2, 0);

    double a = 0.3;
    double b = -1.2;
    double allColumns = Math.log(Math.exp(a) + Math.exp(b) + Math.exp(a)) - b;
    double distinct = Math.log(Math.exp(a + adjusted[2]) + Math.exp(b + adjusted[3])) - b;
    assertThat(distinct).isCloseTo(allColumns, within(1e-6));
  }

  @Test
  void maskedAccidentalHitsCountTheExamplesItemOnce() {
    float[] adjusted =
        adjustment(0, true, false)
            .of(new int[] {0, 1}, new int[] {2, 1}, new double[2], NOTHING_SEEN);
    assertThat(adjusted).containsExactly(0, 0, LN2, 0);
  }

  @Test
  void theSamplingCorrectionTakesOffWhatIsExpectedOften() {
    // Expected 4 times and once a quarter: popular items lose, rare ones gain.
    float[] adjusted =
        adjustment(1, true, false)
            .of(new int[] {0, 1}, new int[] {1, 1}, new double[] {4, 0.25}, NOTHING_SEEN);
    assertThat(adjusted).containsExactly(-2 * LN2, 2 * LN2, -2 * LN2, 2 * LN2);
    float[] half =
        adjustment(0.5, true, false)
            .of(new int[] {0, 1}, new int[] {1, 1}, new double[] {4, 0.25}, NOTHING_SEEN);
    assertThat(half).containsExactly(-LN2, LN2, -LN2, LN2);
  }

  @Test
  void seenItemsAreNoNegativesButTheExamplesOwnItemStaysPositive() {
    // The user of example 0 has taken columns 1 and 0, the latter being the example's own.
    SoftmaxAdjustment.SeenColumns seen = example -> example == 1 ? new int[0] : new int[] {1, 0};
    float[] adjusted =
        adjustment(0, true, true).of(new int[] {0, 1}, new int[] {1, 1, 1}, new double[3], seen);
    assertThat(adjusted).containsExactly(0, Float.NEGATIVE_INFINITY, 0, 0, 0, 0);
    float[] unmasked =
        adjustment(0, true, false).of(new int[] {0, 1}, new int[] {1, 1, 1}, new double[3], seen);
    assertThat(unmasked).containsOnly(0);
  }

  @Test
  void expectedCountsAddTheBatchAndTheUniformDraws() {
    // 64 examples of an item with probability 1/16, and 512 draws from 1024 items.
    assertThat(SoftmaxAdjustment.expected(64, new double[] {1 / 16.0, 0}, 512, 1024))
        .containsExactly(4.5, 0.5);
  }
}
