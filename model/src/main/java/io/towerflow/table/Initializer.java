package io.towerflow.table;

/** The weights of a row that was never updated: a pure function of seed, row and column. */
@FunctionalInterface
public interface Initializer {

  /** The initial weight at a row and column of the table with this seed. */
  float weight(long tableSeed, int row, int column);

  /** Uniform in {@code [-limit, limit)}, as Keras initializes embeddings with limit 0.05. */
  static Initializer uniform(double limit) {
    float range = (float) limit;
    return (seed, row, column) -> (2 * CounterRandom.uniform(seed, row, column) - 1) * range;
  }

  /**
   * Glorot uniform: limit {@code sqrt(6 / (in + out))} (Glorot and Bengio, 2010), as Keras
   * initializes dense layers.
   */
  static Initializer glorotUniform(int in, int out) {
    return uniform(Math.sqrt(6.0 / (in + out)));
  }

  /** The same weight everywhere. */
  static Initializer constant(double weight) {
    float constant = (float) weight;
    return (seed, row, column) -> constant;
  }
}
