package io.towerflow.spec;

import java.util.List;
import java.util.OptionalDouble;

/**
 * What both towers share.
 *
 * @param combine how a side's features become one vector
 * @param layers sizes of the dense layers, ReLU on all but the last; may be empty
 * @param dropout the fraction of the inputs of each dense layer that a training step leaves out
 * @param normalize whether outputs are scaled to length 1
 * @param temperature what scores are divided by, empty where that follows the catalogue, see {@link
 *     #temperature(int)}
 * @param itemBias whether every item has a learned bias that is added to its scores
 * @param members for each pair of towers that there is, how many times the optimizer's rate it
 *     learns at. Each is taught by itself, and the score is the mean of theirs
 */
public record TowerSpec(
    Combine combine,
    List<Integer> layers,
    double dropout,
    boolean normalize,
    OptionalDouble temperature,
    boolean itemBias,
    List<Double> members) {

  /** Fewer items than these do not raise the temperature further. */
  private static final int FEWEST = 8;

  /** How a side's features become one vector. */
  public enum Combine {
    /** One after the other. */
    CONCAT,
    /** Added up; all must be of one width. */
    SUM
  }

  /**
   * What scores are divided by among so many items.
   *
   * <p>Where the spec leaves it open, that is {@code 1 / ln(items)} for outputs of length 1: the
   * softmax then gives an item that points exactly where the query does as much as all others
   * together, {@code e^(1/t) = items}, if these are at right angles to it. With a fixed temperature
   * a larger catalogue would leave it ever less. Outputs of any length need none: it is 1.
   *
   * @param items in the catalogue
   */
  public double temperature(int items) {
    if (temperature.isPresent()) {
      return temperature.getAsDouble();
    }
    return normalize ? 1 / StrictMath.log(Math.max(items, FEWEST)) : 1;
  }
}
