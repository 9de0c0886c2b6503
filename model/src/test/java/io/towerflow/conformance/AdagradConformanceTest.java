package io.towerflow.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.towerflow.optimizer.Adagrad;
import io.towerflow.optimizer.Optimizer;
import io.towerflow.spec.ModelSpecs;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/**
 * Keras' {@code Adagrad} since 2.11: {@code a += g^2; w -= rate g / sqrt(a + epsilon)}, with {@code
 * a} starting at 0.1 and epsilon 1e-7. (Before, and in {@code optimizers.legacy}, epsilon stood
 * outside of the root; from an accumulator of 0.1 on that moves a step by less than its millionth.)
 * Of an embedding only the rows of the batch move, each once, by the sum of its gradients.
 */
class AdagradConformanceTest {

  private static final Offset<Float> CLOSE = within(2e-7f);

  @Test
  void theTutorialRunsKerasAdagradWithItsDefaultsAtARateOfATenth() {
    assertThat(Optimizer.of(ModelSpecs.load("tutorial").optimizer()))
        .isEqualTo(new Adagrad(0.1f, 0.1f, 1, 1e-7f));
  }

  @Test
  void severalStepsDivideByTheRootOfAllSquaresSoFar() {
    Adagrad adagrad = new Adagrad(0.1f, 0.1f, 1, 1e-7f);
    float[] weights = {1, -2};
    float[][] slots = {{adagrad.initialSlot(), adagrad.initialSlot()}};
    assertThat(adagrad.initialSlot()).isEqualTo(0.1f);

    adagrad.update(weights, slots, new float[] {0.3f, -1}, 2, 1);
    // 0.1 + 0.09 = 0.19 and 0.1 + 1 = 1.1; 0.03 / sqrt(0.19) = 0.0688247, 0.1 / sqrt(1.1) =
    // 0.0953463
    assertThat(weights).containsExactly(new float[] {0.9311753f, -1.9046537f}, CLOSE);
    assertThat(slots[0]).containsExactly(new float[] {0.19f, 1.1f}, CLOSE);

    adagrad.update(weights, slots, new float[] {-0.9f, 0}, 2, 2);
    // 0.19 + 0.81 = 1: the first goes back by 0.09 / 1; the second rests
    assertThat(weights).containsExactly(new float[] {1.0211753f, -1.9046537f}, CLOSE);
    assertThat(slots[0]).containsExactly(new float[] {1, 1.1f}, CLOSE);

    adagrad.update(weights, slots, new float[] {0, 1.7f}, 2, 3);
    // 1.1 + 2.89 = 3.99; 0.17 / sqrt(3.99) = 0.0851065
    assertThat(weights).containsExactly(new float[] {1.0211753f, -1.9897602f}, CLOSE);
    assertThat(slots[0]).containsExactly(new float[] {1, 3.99f}, CLOSE);
  }

  @Test
  void epsilonStandsUnderTheRoot() {
    float[] weights = {0};
    new Adagrad(1, 0, 1, 3).update(weights, new float[1][1], new float[] {1}, 1, 1);
    assertThat(weights[0])
        .isEqualTo(-0.5f); // 1 / sqrt(1 + 3), not 1 / (1 + 3) or 1 / (1 + sqrt(3))
  }

  private static String spec(String candidate) {
    return """
    event: {user: u, item: i, time: t}
    query: {features: [{kind: id, width: 1}]}
    candidate: {features: [%s]}
    towers: {layers: [], normalize: false, temperature: 1, item_bias: false}
    loss: {uniform_negatives: 20}
    optimizer: {kind: adagrad, learning_rate: 0.1, initial_accumulator: 0.1, accumulator_decay: 1, epsilon: 1.0e-7}
    """
        .formatted(candidate);
  }

  /** What a weight becomes. */
  private static float moved(double weight, double gradient, double accumulator) {
    return (float) (weight - 0.1 * gradient / Math.sqrt(accumulator + 1e-7));
  }

  @Test
  void aRowThatABatchHoldsTwiceMovesOnceByTheSumOfItsGradients() {
    try (TestTowers towers = new TestTowers(spec("{kind: id, width: 1}"))) {
      towers.set("user", 1, 1, 0.1f);
      towers.set("item", 7, 0, 0.1f);
      towers.set("item", 8, 0, 0.1f);
      float[] untouched = towers.get("item", 9);
      for (int step = 1; step <= 2; step++) {
        // The same user takes item 7 twice.
        towers.train(
            List.of(TestTowers.user(1), TestTowers.user(1)),
            List.of(TestTowers.item(7), TestTowers.item(8)),
            new int[] {0, 0},
            new float[] {1, 1},
            new float[4],
            step);
        if (step == 1) {
          // Both scores are 0, the probabilities 1/2: either query's gradient of item 7 is -1/2,
          // their sum -1, and a = 0.1 + 1 (one by one it would be 0.1 + 1/4 + 1/4). The user's
          // gradient is that of two items at 0: none.
          assertThat(towers.get("item", 7)[0]).isCloseTo(moved(0, -1, 1.1), CLOSE);
          assertThat(towers.get("item", 8)[0]).isCloseTo(moved(0, 1, 1.1), CLOSE);
          assertThat(towers.get("user", 1)).containsExactly(1);
        }
      }
      // Second step: item 7 is at w, item 8 at -w, so item 7 has probability 1 / (1 + exp(-2 w)).
      double w = 0.1 / Math.sqrt(1.1 + 1e-7);
      double short7 = 1 - 1 / (1 + Math.exp(-2 * w));
      double item = 2 * -short7; // two queries
      double user = 2 * -short7 * (w - -w);
      assertThat(towers.get("item", 7)[0]).isCloseTo(moved(w, item, 1.1 + item * item), CLOSE);
      assertThat(towers.get("item", 8)[0]).isCloseTo(moved(-w, -item, 1.1 + item * item), CLOSE);
      assertThat(towers.get("user", 1)[0]).isCloseTo(moved(1, user, 0.1 + user * user), CLOSE);
      assertThat(towers.get("item", 9)).isEqualTo(untouched);
    }
  }

  @Test
  void aTokenThatStandsTwiceInATextMovesOnceToo() {
    try (TestTowers towers = new TestTowers(spec("{kind: text, field: title, width: 1}"))) {
      towers.set("user", 1, 1, 0.1f);
      for (int token = 1; token <= 3; token++) {
        towers.set("token.title", token, 0, 0.1f);
      }
      // "New York, New York" and "Casablanca"
      towers.train(
          List.of(TestTowers.user(1)),
          List.of(TestTowers.item(7, 1, 2, 1, 2), TestTowers.item(8, 3)),
          new int[] {0},
          new float[] {1},
          new float[2],
          1);
      // The mean's gradient is -1/2. A token has two quarters of it: -1/4, squared 1/16 (two times
      // (1/8)^2 would be 1/32).
      assertThat(towers.get("token.title", 1)[0]).isCloseTo(moved(0, -0.25, 0.1625), CLOSE);
      assertThat(towers.get("token.title", 2)[0]).isCloseTo(moved(0, -0.25, 0.1625), CLOSE);
      assertThat(towers.get("token.title", 3)[0]).isCloseTo(moved(0, 0.5, 0.35), CLOSE);
    }
  }
}
