package io.towerflow.learn;

import io.towerflow.tower.QueryContext;

/**
 * One example of a training step, new or replayed.
 *
 * @param query what its query is built from
 * @param item the index of the item that is to be found
 * @param taken the items that its user has taken by now: none of them is a negative
 * @param weight what its loss is multiplied by
 * @param positive whether its item is to be found; otherwise only its value is learnt
 * @param value what the rating head is to learn, NaN for nothing
 */
record Instance(
    QueryContext query, int item, Taken taken, float weight, boolean positive, float value) {

  /** Whether there is anything to learn from it. */
  boolean teaches() {
    return weight > 0 && (positive || isRated());
  }

  /** Whether there is a value to learn. */
  boolean isRated() {
    return !Float.isNaN(value);
  }
}
