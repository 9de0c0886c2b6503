package io.towerflow.spec;

/** Which optimizer moves the weights, and how. */
public sealed interface OptimizerSpec {

  double learningRate();

  /** Plain gradient descent ({@code kind: sgd}). */
  record Sgd(double learningRate) implements OptimizerSpec {}

  /**
   * Adagrad as Keras defines it, its accumulators decaying where asked to ({@code kind: adagrad}).
   */
  record Adagrad(
      double learningRate, double initialAccumulator, double accumulatorDecay, double epsilon)
      implements OptimizerSpec {}

  /** Adam, its moments of a row moving only when the row is touched ({@code kind: adam}). */
  record Adam(double learningRate, double beta1, double beta2, double epsilon)
      implements OptimizerSpec {}
}
