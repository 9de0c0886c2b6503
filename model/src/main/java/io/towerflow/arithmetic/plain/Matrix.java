package io.towerflow.arithmetic.plain;

import io.towerflow.arithmetic.Vectors;

/**
 * Vectors in the Java heap.
 *
 * @param values shape (count, at least width)
 * @param gradients of what is minimized, shape as that of the values, complete once all that was
 *     computed of the vectors has gone backward; null where nothing is learnt
 */
record Matrix(float[][] values, float[][] gradients, int count, int width) implements Vectors {

  static Matrix of(Vectors vectors) {
    return (Matrix) vectors;
  }

  boolean isLearnt() {
    return gradients != null;
  }
}
