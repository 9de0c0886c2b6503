package io.towerflow.baseline;

import java.util.Arrays;

/** One baseline and the events it has learnt. */
final class Rehearsal {

  private final Interactions past = new Interactions();
  private final Baseline baseline;

  Rehearsal(Baseline baseline) {
    this.baseline = baseline;
  }

  /** Has a user's items learnt, in this order. */
  Rehearsal take(int user, int... items) {
    for (int item : items) {
      baseline.learn(past, user, item);
      past.add(user, item);
    }
    return this;
  }

  /** The scores of all known items. */
  float[] scores(int user) {
    float[] scores = new float[past.items() + 1];
    Arrays.fill(scores, Float.NaN);
    baseline.score(past, user, scores);
    return Arrays.copyOf(scores, past.items());
  }
}
