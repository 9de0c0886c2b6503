package io.towerflow.arithmetic.engine;

import ai.djl.ndarray.NDArray;
import io.towerflow.arithmetic.Vectors;

/** Vectors on the engine's device: an array of shape (count, width). */
record Tensor(NDArray array) implements Vectors {

  static NDArray of(Vectors vectors) {
    return ((Tensor) vectors).array;
  }

  @Override
  public int count() {
    return (int) array.getShape().get(0);
  }

  @Override
  public int width() {
    return (int) array.getShape().get(1);
  }
}
