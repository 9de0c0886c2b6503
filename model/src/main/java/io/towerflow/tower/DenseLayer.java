package io.towerflow.tower;

import ai.djl.ndarray.NDArray;
import io.towerflow.table.Initializer;
import io.towerflow.table.RowTable;

/** A dense layer, {@code x W + b}: W Glorot uniform, b zero at the start, as in Keras. */
final class DenseLayer {

  private final int in;
  private final RowTable weights;
  private final RowTable bias;

  DenseLayer(String name, int in, int out, Parameters parameters) {
    this.in = in;
    weights = parameters.table(name + ".weights", out, Initializer.glorotUniform(in, out));
    bias = parameters.table(name + ".bias", out, Initializer.constant(0));
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
