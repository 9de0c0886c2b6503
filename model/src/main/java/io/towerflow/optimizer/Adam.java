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
  public void update(
      float[] row, int offset, int width, float[] gradient, int gradientOffset, long step) {
    float rate =
        (float)
            (learningRate
                * Math.sqrt(1 - Math.pow(beta2, (double) step))
                / (1 - Math.pow(beta1, (double) step)));
    float b1 = (float) beta1;
    float b2 = (float) beta2;
    float g1 = (float) (1 - beta1);
    float g2 = (float) (1 - beta2);
    float eps = (float) epsilon;
    int first = offset + width;
    int second = first + width;
    for (int i = 0; i < width; i++) {
      float g = gradient[gradientOffset + i];
      float m = b1 * row[first + i] + g1 * g;
      float v = b2 * row[second + i] + g2 * g * g;
      row[first + i] = m;
      row[second + i] = v;
      row[offset + i] -= rate * m / ((float) Math.sqrt(v) + eps);
    }
  }
}
