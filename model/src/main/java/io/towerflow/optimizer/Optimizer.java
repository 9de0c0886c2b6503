package io.towerflow.optimizer;

import io.towerflow.spec.OptimizerSpec;

/** Moves the weights of one row by its gradient. */
public sealed interface Optimizer permits Sgd, Adagrad, Adam, WeightDecay {

  /** Slots per weight that the optimizer keeps with a row. */
  int slots();

  /** What the slots of a row hold before its first update. */
  float initialSlot();

  /**
   * Updates one row in place.
   *
   * @param weights the row's weights, {@code width} of them
   * @param slots the row's slots, {@link #slots()} arrays of {@code width}
   * @param gradient the weights' gradient
   * @param step the training step, counted from 1
   */
  void update(float[] weights, float[][] slots, float[] gradient, int width, long step);

  /** The optimizer that a spec declares. */
  static Optimizer of(OptimizerSpec spec) {
    Optimizer bare = withoutDecay(spec);
    return spec.weightDecay() == 0 ? bare : new WeightDecay(bare, (float) spec.weightDecay());
  }

  private static Optimizer withoutDecay(OptimizerSpec spec) {
    if (spec instanceof OptimizerSpec.Adagrad adagrad) {
      return new Adagrad(
          (float) adagrad.learningRate(),
          (float) adagrad.initialAccumulator(),
          (float) adagrad.accumulatorDecay(),
          (float) adagrad.epsilon());
    }
    if (spec instanceof OptimizerSpec.Adam adam) {
      return new Adam(adam.learningRate(), adam.beta1(), adam.beta2(), adam.epsilon());
    }
    return new Sgd((float) spec.learningRate());
  }
}
