package io.towerflow.baseline;

import java.util.Arrays;

/**
 * Item-based nearest neighbours, kept up event by event: what was taken together with what the user
 * took last. The score of item j is the sum over the last items h of the user's history
 *
 * <pre>{@code
 * sum over age of decay^age * c(h, j) / sqrt((n(h) + shrinkage) * (n(j) + shrinkage))
 * }</pre>
 *
 * where n counts the events of an item, and c how often the two were taken by one user within
 * {@link Parameters#history} events of each other: a cosine, shrunk for rarely seen items (Sarwar
 * et al., Item-based collaborative filtering recommendation algorithms, 2001). Items that never
 * occurred with any of these come last, the more popular ones of them first.
 */
public final class ItemKnn implements Baseline {

  /**
   * What can be set.
   *
   * @param history how many of a user's last items a new one is paired with, and how many of them a
   *     score is made of; 30
   * @param shrinkage what is added to an item's count before it divides; 2
   * @param decay the weight of an item in the history against the one taken after it; 0.8
   */
  public record Parameters(int history, double shrinkage, double decay) {

    public static final Parameters DEFAULT = new Parameters(30, 2, 0.8);

    /**
     * Checks.
     *
     * @throws IllegalArgumentException if a number is out of its range
     */
    public Parameters {
      if (history < 1) {
        throw new IllegalArgumentException(
            "Neighbours need a history of at least one item, not " + history);
      }
      if (!(shrinkage >= 0)) {
        throw new IllegalArgumentException("A shrinkage is 0 or more, not " + shrinkage);
      }
      if (!(decay > 0 && decay <= 1)) {
        throw new IllegalArgumentException("A decay is above 0 and at most 1, not " + decay);
      }
    }
  }

  /** So small that beside a pair it is rounded away. */
  private static final float TIE_BREAK = 1e-20f;

  private final Parameters parameters;
  private final CoOccurrences pairs = new CoOccurrences();

  /** By item: {@code 1 / sqrt(n + shrinkage)}. */
  private float[] scales = new float[64];

  /** No neighbours yet. */
  public ItemKnn(Parameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public String name() {
    return "item_knn";
  }

  @Override
  public void score(Interactions past, int user, float[] scores) {
    int items = past.items();
    reserve(items);
    Arrays.fill(scores, 0, items, 0);
    double weight = 1;
    int length = Math.min(parameters.history, past.historyLength(user));
    for (int age = 0; age < length; age++) {
      int item = past.recent(user, age);
      pairs.addTo(scores, item, (float) (weight * scales[item]));
      weight *= parameters.decay;
    }
    for (int item = 0; item < items; item++) {
      scores[item] = scores[item] * scales[item] + TIE_BREAK * past.count(item);
    }
  }

  @Override
  public void learn(Interactions past, int user, int item) {
    reserve(item + 1);
    int count = item < past.items() ? past.count(item) : 0;
    scales[item] = (float) (1 / Math.sqrt(count + 1 + parameters.shrinkage));
    int length = user < past.users() ? Math.min(parameters.history, past.historyLength(user)) : 0;
    for (int age = 0; age < length; age++) {
      int earlier = past.recent(user, age);
      if (earlier != item) {
        pairs.add(earlier, item);
      }
    }
  }

  private void reserve(int items) {
    if (items > scales.length) {
      scales = Arrays.copyOf(scales, 2 * items);
    }
  }
}
