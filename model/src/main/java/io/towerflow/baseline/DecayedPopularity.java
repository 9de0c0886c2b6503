package io.towerflow.baseline;

import java.util.Arrays;

/**
 * The same list for everyone: the score of an item is the number of events that took it, each worth
 * {@code 2^(-age / halfLife)}, its age the number of events since.
 *
 * <p>Instead of letting all counts shrink at each event, the next event is worth more.
 */
public final class DecayedPopularity implements Baseline {

  /** The half-life in events where none is given. */
  public static final double DEFAULT_HALF_LIFE = 20_000;

  /** A power of two, so that dividing by it rounds nothing. */
  private static final double LARGEST_WORTH = 0x1p64;

  private final double growth;
  private double[] counts = new double[64];

  /** What the last event was worth when it was counted. */
  private double worth = 1;

  /**
   * Counts nothing yet.
   *
   * @param halfLife in events
   * @throws IllegalArgumentException if the half-life is not at least one event
   */
  public DecayedPopularity(double halfLife) {
    if (!(halfLife >= 1)) {
      throw new IllegalArgumentException(
          "A half-life is at least one event, %s is not".formatted(halfLife));
    }
    growth = Math.pow(2, 1 / halfLife);
  }

  @Override
  public String name() {
    return "decayed_popularity";
  }

  @Override
  public void score(Interactions past, int user, float[] scores) {
    reserve(past.items());
    double scale = 1 / worth;
    for (int item = 0; item < past.items(); item++) {
      scores[item] = (float) (counts[item] * scale);
    }
  }

  @Override
  public void learn(Interactions past, int user, int item) {
    reserve(item + 1);
    worth *= growth;
    if (worth >= LARGEST_WORTH) {
      for (int i = 0; i < counts.length; i++) {
        counts[i] /= LARGEST_WORTH;
      }
      worth /= LARGEST_WORTH;
    }
    counts[item] += worth;
  }

  private void reserve(int items) {
    if (items > counts.length) {
      counts = Arrays.copyOf(counts, 2 * items);
    }
  }
}
