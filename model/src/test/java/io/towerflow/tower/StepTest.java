package io.towerflow.tower;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.junit.jupiter.api.Test;

class StepTest {

  private static float[] dropped(NDManager manager, long seed, String place, double rate) {
    try (Step step = Step.training(manager, seed)) {
      NDArray ones = step.floats(filled(1000), 100, 10);
      return step.dropout(ones, rate, place).toFloatArray();
    }
  }

  private static float[] filled(int n) {
    float[] ones = new float[n];
    java.util.Arrays.fill(ones, 1);
    return ones;
  }

  @Test
  void dropoutZeroesItsFractionAndScalesTheRestUp() {
    try (NDManager manager = TorchEngine.newManager()) {
      float[] quarter = dropped(manager, 1, "a", 0.25);
      int zeros = 0;
      for (float x : quarter) {
        assertThat(x).isIn(0f, (float) (1 / 0.75));
        zeros += x == 0 ? 1 : 0;
      }
      // Binomial with n = 1000, p = 1/4: sigma 13.7.
      assertThat(zeros).isBetween(250 - 55, 250 + 55);
    }
  }

  @Test
  void whatIsDroppedIsAFunctionOfSeedAndPlace() {
    try (NDManager manager = TorchEngine.newManager()) {
      float[] once = dropped(manager, 1, "a", 0.5);
      assertThat(dropped(manager, 1, "a", 0.5)).isEqualTo(once);
      assertThat(dropped(manager, 2, "a", 0.5)).isNotEqualTo(once);
      assertThat(dropped(manager, 1, "b", 0.5)).isNotEqualTo(once);
    }
  }

  @Test
  void nothingIsDroppedOutsideTraining() {
    try (NDManager manager = TorchEngine.newManager();
        Step step = Step.inference(manager)) {
      NDArray x = step.floats(filled(10), 10, 1);
      assertThat(step.dropout(x, 0.9, "a")).isSameAs(x);
    }
  }
}
