package io.towerflow.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.towerflow.spec.OptimizerSpec;
import org.junit.jupiter.api.Test;

class OptimizerTest {

  @Test
  void sgdGoesDownTheGradient() {
    float[] weights = {1, 2, 9};
    new Sgd(0.5f).update(weights, new float[0][], new float[] {2, -4, 9}, 2, 1);
    assertThat(weights).containsExactly(0, 4, 9); // 1 - 0.5*2, 2 + 0.5*4; 9 is no weight
  }

  @Test
  void adagradForgetsGradientsAtTheDecay() {
    float[] weights = {0};
    float[][] slots = {{8}};
    new Adagrad(1, 0, 0.5f, 0).update(weights, slots, new float[] {2 * (float) Math.sqrt(3)}, 1, 1);
    // a = 0.5 * 8 + 12 = 16; w = 0 - 1 * 3.4641016 / 4
    assertThat(slots[0][0]).isCloseTo(16, within(1e-5f));
    assertThat(weights[0]).isCloseTo(-0.8660254f, within(1e-6f));
  }

  @Test
  void afterTenMillionStepsAFlippedTasteIsFollowedWithinTwoHundredEventsIfAdagradForgets() {
    // As specs have it by default: the sum stands at 0.1^2 / (1 - 0.9999) = 100 before the flip.
    assertThat(eventsToFollowAFlip(new Adagrad(0.1f, 0.1f, 0.9999f, 1e-7f))).isLessThan(200);
    assertThat(eventsToFollowAFlip(new Adagrad(0.1f, 0.1f, 0.999f, 1e-7f))).isLessThan(100);
    assertThat(eventsToFollowAFlip(new Adagrad(0.1f, 0.1f, 1, 1e-7f))).isGreaterThan(1000);
  }

  /**
   * A weight that predicts a taste of 1 with noise of 0.1 either way, squared error halved, so that
   * the gradient is the error. After ten million events the taste is -1, without noise.
   *
   * @return events until the prediction has the new taste's sign
   */
  private static int eventsToFollowAFlip(Adagrad adagrad) {
    float[] weights = {1};
    float[][] slots = {{adagrad.initialSlot()}};
    float[] gradient = new float[1];
    for (int step = 1; step <= 10_000_000; step++) {
      gradient[0] = weights[0] - (1 + (step % 2 == 0 ? 0.1f : -0.1f));
      adagrad.update(weights, slots, gradient, 1, step);
    }
    assertThat(weights[0]).isCloseTo(1, within(0.1f));
    int events = 0;
    while (weights[0] > 0) {
      gradient[0] = weights[0] + 1;
      adagrad.update(weights, slots, gradient, 1, 1);
      events++;
    }
    return events;
  }

  @Test
  void adamsFirstStepIsTheLearningRateWhateverTheGradientsSize() {
    Adam adam = new Adam(0.01, 0.9, 0.999, 0);
    float[] weights = {1, -1};
    float[][] slots = new float[2][2];
    adam.update(weights, slots, new float[] {100, -0.001f}, 2, 1);
    assertThat(weights[0]).isCloseTo(0.99f, within(1e-6f));
    assertThat(weights[1]).isCloseTo(-0.99f, within(1e-6f));
    assertThat(slots[0][0]).isCloseTo(10, within(1e-4f)); // m = 0.1 * 100
    assertThat(slots[1][0]).isCloseTo(10, within(1e-4f)); // v = 0.001 * 10 000
  }

  @Test
  void adamsSecondStepFollowsTheFormula() {
    Adam adam = new Adam(0.1, 0.5, 0.75, 0);
    float[] weights = {0};
    float[][] slots = {{0}, {0}};
    adam.update(weights, slots, new float[] {1}, 1, 1);
    adam.update(weights, slots, new float[] {3}, 1, 2);
    // m = 0.5*0.5 + 0.5*3 = 1.75, corrected 1.75/0.75; v = 0.75*0.25 + 0.25*9 = 2.4375, corrected
    // /0.4375
    double second = 0.1 * (1.75 / 0.75) / Math.sqrt(2.4375 / 0.4375);
    assertThat(slots[0][0]).isEqualTo(1.75f);
    assertThat(slots[1][0]).isEqualTo(2.4375f);
    assertThat(weights[0]).isCloseTo((float) (-0.1 - second), within(1e-6f));
  }

  @Test
  void weightDecayAddsToTheGradientBeforeTheOptimizerSeesIt() {
    float[] weights = {2, -4, 9};
    float[][] slots = {{0.5f, 0.5f, 9}};
    float[] gradient = {1, 3};
    Optimizer optimizer = Optimizer.of(new OptimizerSpec.Adagrad(0.1, 0.5, 1, 0, 0.25));
    optimizer.update(weights, slots, gradient, 2, 1);
    // g = 1 + 0.25*2 = 1.5, a = 0.5 + 2.25 = 2.75; g = 3 - 0.25*4 = 2, a = 0.5 + 4 = 4.5
    assertThat(slots[0][0]).isCloseTo(2.75f, within(1e-6f));
    assertThat(slots[0][1]).isCloseTo(4.5f, within(1e-6f));
    assertThat(weights[0]).isCloseTo((float) (2 - 0.1 * 1.5 / Math.sqrt(2.75)), within(1e-6f));
    assertThat(weights[1]).isCloseTo((float) (-4 - 0.1 * 2 / Math.sqrt(4.5)), within(1e-6f));
    assertThat(weights[2]).as("no weight of the row").isEqualTo(9);
    assertThat(slots[0][2]).as("no slot of the row").isEqualTo(9);
    assertThat(gradient).as("the step's own").containsExactly(1, 3);
  }

  @Test
  void eachSpecGetsItsOptimizer() {
    assertThat(Optimizer.of(new OptimizerSpec.Sgd(0.5))).isEqualTo(new Sgd(0.5f));
    assertThat(Optimizer.of(new OptimizerSpec.Adagrad(0.5, 0.25, 0.75, 0.125)))
        .isEqualTo(new Adagrad(0.5f, 0.25f, 0.75f, 0.125f));
    assertThat(Optimizer.of(new OptimizerSpec.Adam(0.5, 0.25, 0.125, 0.0625)))
        .isEqualTo(new Adam(0.5, 0.25, 0.125, 0.0625));
    assertThat(Optimizer.of(new OptimizerSpec.Sgd(0.5, 0.25)))
        .isEqualTo(new WeightDecay(new Sgd(0.5f), 0.25f));
  }
}
