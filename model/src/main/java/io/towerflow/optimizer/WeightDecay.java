package io.towerflow.optimizer;

/**
 * Weight decay, the gradient of an L2 penalty: {@code g + decay * w} in place of {@code g}, before
 * the optimizer sees it. Lazy, as all that moves: only the rows that a step touches decay, so a
 * row's penalty grows with how often it is learnt, as in weighted matrix factorization (Zhou et
 * al., AAIM 2008), and a row that is left alone keeps what it has learnt.
 *
 * @param optimizer takes the step
 * @param decay how much of each weight is added to its gradient
 */
record WeightDecay(Optimizer optimizer, float decay) implements Optimizer {

  @Override
  public int slots() {
    return optimizer.slots();
  }

  @Override
  public float initialSlot() {
    return optimizer.initialSlot();
  }

  @Override
  public void update(float[] weights, float[][] slots, float[] gradient, int width, long step) {
    float[] sum = new float[width];
    for (int i = 0; i < width; i++) {
      sum[i] = gradient[i] + decay * weights[i];
    }
    optimizer.update(weights, slots, sum, width, step);
  }
}
