package io.towerflow.baseline;

/** The same list for everyone: the score of an item is the number of events that took it. */
public final class MostPopular implements Baseline {

  @Override
  public String name() {
    return "popularity";
  }

  @Override
  public void score(Interactions past, int user, float[] scores) {
    for (int item = 0; item < past.items(); item++) {
      scores[item] = past.count(item);
    }
  }

  @Override
  public void learn(Interactions past, int user, int item) {
    // The counts of the past are all there is to it.
  }
}
