package io.towerflow.spec;

import java.util.List;

/**
 * A rating head: dense layers on the two towers' outputs that learn to foretell an event's value,
 * beside the retrieval.
 *
 * @param weight what the squared errors are multiplied by before they are added to the retrieval's
 *     loss, 0 for no head
 * @param layers sizes of the dense layers before the output, which is one number
 */
public record RatingSpec(double weight, List<Integer> layers) {

  /** No head. */
  public static final RatingSpec NONE = new RatingSpec(0, List.of());

  /** A value beyond this is no rating: the sum of squares of a few such overflows. */
  private static final double LIMIT = 1e15;

  /** Whether there is a head. */
  public boolean isLearnt() {
    return weight > 0;
  }

  /**
   * What the head is to learn of an event's value: the value, or NaN where there is no head, no
   * value, or one whose size is beyond 1e15, the squares of which would overflow single precision.
   */
  public float target(double value) {
    return isLearnt() && Math.abs(value) <= LIMIT ? (float) value : Float.NaN;
  }
}
