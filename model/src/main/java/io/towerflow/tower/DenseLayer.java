package io.towerflow.tower;

import ai.djl.ndarray.NDArray;
import io.towerflow.optimizer.Optimizer;
import io.towerflow.table.Initializer;
import io.towerflow.table.RowTable;

/** A dense layer, {@code x W + b}: W Glorot uniform, b zero at the start, as in Keras. */
final class DenseLayer {

  private final int in;
  private final RowTable weights;
  private final RowTable bias;

  DenseLayer(String name, int in, int out, Optimizer optimizer, long seed) {
    this.in = in;
    weights =
        new RowTable(name + ".weights", out, Initializer.glorotUniform(in, out), optimizer, seed);
    bias = new RowTable(name + ".bias", out, Initializer.constant(0), optimizer, seed);
  }

  RowTable weights() {
    return weights;
  }

  RowTable bias() {
    return bias;
  }

  int out() {
    return weights.width();
  }

  void announce(Step step) {
    step.all(weights, in);
    step.all(bias, 1);
  }

  /** Shape (n, in) to (n, out). */
  NDArray forward(NDArray x, Step step) {
    return x.matMul(step.leaf(weights)).add(step.leaf(bias));
  }
}
