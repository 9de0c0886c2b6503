package io.towerflow.optimizer;

/**
 * Adagrad (Duchi, Hazan, Singer, 2011) as Keras 3 defines it: {@code a += g^2; w -= rate * g /
 * sqrt(a + epsilon)}.
 *
 * @param learningRate the rate
 * @param initialAccumulator what {@code a} starts from
 * @param epsilon keeps the root from zero
 */
public record Adagrad(float learningRate, float initialAccumulator, float epsilon)
    implements Optimizer {

  @Override
  public int slots() {
    return 1;
  }

  @Override
  public float initialSlot() {
    return initialAccumulator;
  }

  @Override
  public void update(
      float[] row, int offset, int width, float[] gradient, int gradientOffset, long step) {
    int slot = offset + width;
    for (int i = 0; i < width; i++) {
      float g = gradient[gradientOffset + i];
      float accumulator = row[slot + i] + g * g;
      row[slot + i] = accumulator;
      row[offset + i] -= learningRate * g / (float) Math.sqrt(accumulator + epsilon);
    }
  }
}
