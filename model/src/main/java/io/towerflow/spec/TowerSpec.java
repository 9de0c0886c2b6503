package io.towerflow.spec;

import java.util.List;

/**
 * What both towers share.
 *
 * @param combine how a side's features become one vector
 * @param layers sizes of the dense layers, ReLU on all but the last; may be empty
 * @param dropout the fraction of the inputs of each dense layer that a training step leaves out
 * @param normalize whether outputs are scaled to length 1
 * @param temperature what scores are divided by
 * @param itemBias whether every item has a learned bias that is added to its scores
 */
public record TowerSpec(
    Combine combine,
    List<Integer> layers,
    double dropout,
    boolean normalize,
    double temperature,
    boolean itemBias) {

  /** How a side's features become one vector. */
  public enum Combine {
    /** One after the other. */
    CONCAT,
    /** Added up; all must be of one width. */
    SUM
  }
}
