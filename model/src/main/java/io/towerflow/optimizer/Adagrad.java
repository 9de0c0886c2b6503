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
  public void update(float[] weights, float[][] slots, float[] gradient, int width, long step) {
    update(weights, slots[0], gradient, width);
  }

  /** The loop to be vectorized, alone in a method so that it is compiled alone. */
  private void update(float[] weights, float[] accumulators, float[] gradient, int width) {
    float rate = learningRate;
    float kept = decay;
    float least = epsilon;
    for (int i = 0; i < width; i++) {
      float g = gradient[i];
      float accumulator = kept * accumulators[i] + g * g;
      accumulators[i] = accumulator;
      weights[i] -= rate * g / (float) Math.sqrt(accumulator + least);
    }
  }
}
