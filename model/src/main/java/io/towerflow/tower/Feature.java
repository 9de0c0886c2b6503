package io.towerflow.tower;

import io.towerflow.arithmetic.Pass;
import io.towerflow.arithmetic.Vectors;
import java.util.List;

/**
 * One feature of a tower.
 *
 * @param <C> what the tower's vectors are built from
 */
interface Feature<C> {

  /** The output's width. */
  int width();

  /** Names the rows that the inputs need. */
  Encoded encode(List<C> inputs, Pass pass);

  /** Whether an input carries nothing for this feature. */
  default boolean isBlank(C input) {
    return false;
  }

  /** Inputs whose rows are named: gives the vectors once the pass is loaded. */
  @FunctionalInterface
  interface Encoded {
    /** The feature's vectors, shape (inputs, width). */
    Vectors vectors(Pass pass);
  }
}
