package io.towerflow.spec;

/** Which optimizer moves the weights, and how. */
public sealed interface OptimizerSpec {

  double learningRate();

  /** How much of each weight is added to its gradient. */
  double weightDecay();

  /** Plain gradient descent ({@code kind: sgd}). */
  record Sgd(double learningRate, double weightDecay) implements OptimizerSpec {

    /** Without weight decay. */
    public Sgd(double learningRate) {
      this(learningRate, 0);
    }
  }

  /**
   * Adagrad as Keras defines it, its accumulators decaying where asked to ({@code kind: adagrad}).
   */
  record Adagrad(
      double learningRate,
      double initialAccumulator,
      double accumulatorDecay,
      double epsilon,
      double weightDecay)
      implements OptimizerSpec {

    /** Without weight decay. */
    public Adagrad(
        double learningRate, double initialAccumulator, double accumulatorDecay, double epsilon) {
      this(learningRate, initialAccumulator, accumulatorDecay, epsilon, 0);
    }
  }

  /** Adam, its moments of a row moving only when the row is touched ({@code kind: adam}). */
  record Adam(double learningRate, double beta1, double beta2, double epsilon, double weightDecay)
      implements OptimizerSpec {

    /** Without weight decay. */
    public Adam(double learningRate, double beta1, double beta2, double epsilon) {
      this(learningRate, beta1, beta2, epsilon, 0);
    }
  }
}
