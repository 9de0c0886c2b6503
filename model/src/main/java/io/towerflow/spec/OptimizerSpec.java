package io.towerflow.spec;

/** Which optimizer moves the weights, and how. */
public sealed interface OptimizerSpec {

  double learningRate();

  /** The same at so many times the learning rate. */
  OptimizerSpec times(double factor);

  /** How much of each weight is added to its gradient. */
  double weightDecay();

  /** Plain gradient descent ({@code kind: sgd}). */
  record Sgd(double learningRate, double weightDecay) implements OptimizerSpec {

    /** Without weight decay. */
    public Sgd(double learningRate) {
      this(learningRate, 0);
    }

    @Override
    public Sgd times(double factor) {
      return new Sgd(factor * learningRate, weightDecay);
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

    @Override
    public Adagrad times(double factor) {
      return new Adagrad(
          factor * learningRate, initialAccumulator, accumulatorDecay, epsilon, weightDecay);
    }
  }

  /** Adam, its moments of a row moving only when the row is touched ({@code kind: adam}). */
  record Adam(double learningRate, double beta1, double beta2, double epsilon, double weightDecay)
      implements OptimizerSpec {

    /** Without weight decay. */
    public Adam(double learningRate, double beta1, double beta2, double epsilon) {
      this(learningRate, beta1, beta2, epsilon, 0);
    }

    @Override
    public Adam times(double factor) {
      return new Adam(factor * learningRate, beta1, beta2, epsilon, weightDecay);
    }
  }
}
