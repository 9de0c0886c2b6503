package io.towerflow.optimizer;

/**
 * Adam (Kingma and Ba, 2015), lazily: {@code m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; w -=
 * rate sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + epsilon)}, where the moments of a row move only
 * when the row is touched and {@code t} is the training step.
 *
 * @param learningRate the rate
 * @param beta1 decay of the first moment, in [0, 1)
 * @param beta2 decay of the second moment, in [0, 1)
 * @param epsilon keeps the quotient finite
 */
public record Adam(double learningRate, double beta1, double beta2, double epsilon)
    implements Optimizer {

  @Override
  public int slots() {
    return 2;
  }

  @Override
  public float initialSlot() {
    return 0;
  }

  @Override
  public void update(float[] weights, float[][] slots, float[] gradient, int width, long step) {
    float rate =
        (float)
            (learningRate
                * Math.sqrt(1 - StrictMath.pow(beta2, (double) step))
                / (1 - StrictMath.pow(beta1, (double) step)));
    update(weights, slots[0], slots[1], gradient, width, rate);
  }

  /** The loop to be vectorized, alone in a method so that it is compiled alone. */
  private void update(
      float[] weights, float[] firsts, float[] seconds, float[] gradient, int width, float rate) {
    float b1 = (float) beta1;
    float b2 = (float) beta2;
    float g1 = (float) (1 - beta1);
    float g2 = (float) (1 - beta2);
    float eps = (float) epsilon;
    for (int i = 0; i < width; i++) {
      float g = gradient[i];
      float m = b1 * firsts[i] + g1 * g;
      float v = b2 * seconds[i] + g2 * g * g;
      firsts[i] = m;
      seconds[i] = v;
      weights[i] -= rate * m / ((float) Math.sqrt(v) + eps);
    }
  }
}
