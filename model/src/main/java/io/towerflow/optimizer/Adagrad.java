package io.towerflow.optimizer;

/**
 * Adagrad (Duchi, Hazan, Singer, 2011) as Keras 3 defines it, with a decay for streams: {@code a =
 * decay * a + g^2; w -= rate * g / sqrt(a + epsilon)}.
 *
 * <p>With a decay of 1 the sum only grows, and an endless stream ends up moving nothing. Below 1 it
 * remembers about {@code 1 / (1 - decay)} updates of the row.
 *
 * @param learningRate the rate
 * @param initialAccumulator what {@code a} starts from
 * @param decay what is kept of {@code a} from one update of the row to the next, in (0, 1]
 * @param epsilon keeps the root from zero
 */
public record Adagrad(float learningRate, float initialAccumulator, float decay, float epsilon)
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
      float accumulator = decay * row[slot + i] + g * g;
      row[slot + i] = accumulator;
      row[offset + i] -= learningRate * g / (float) Math.sqrt(accumulator + epsilon);
    }
  }
}
