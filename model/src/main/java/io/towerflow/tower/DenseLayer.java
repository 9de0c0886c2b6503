package io.towerflow.tower;

import io.towerflow.arithmetic.Pass;
import io.towerflow.arithmetic.Vectors;
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

  void announce(Pass pass) {
    pass.all(weights, in);
    pass.all(bias, 1);
  }

  /** Shape (n, in) to (n, out). */
  Vectors forward(Vectors x, Pass pass) {
    return pass.plusRow(pass.product(x, pass.leaf(weights)), pass.leaf(bias));
  }
}
