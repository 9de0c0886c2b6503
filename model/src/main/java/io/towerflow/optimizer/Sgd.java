package io.towerflow.optimizer;

/**
 * Gradient descent: {@code w -= rate * g}.
 *
 * @param learningRate the rate
 */
public record Sgd(float learningRate) implements Optimizer {

  @Override
  public int slots() {
    return 0;
  }

  @Override
  public float initialSlot() {
    return 0;
  }

  @Override
  public void update(float[] weights, float[][] slots, float[] gradient, int width, long step) {
    for (int i = 0; i < width; i++) {
      weights[i] -= learningRate * gradient[i];
    }
  }
}
