package io.towerflow.baseline;

/**
 * A recommender that learns event by event. The events so far are kept once for all baselines and
 * handed to each call; a baseline keeps what it makes of them. Deterministic; not thread safe.
 */
public interface Baseline {

  /** Its name in reports, in {@code lower_snake_case}. */
  String name();

  /**
   * Scores every known item for a user as things stand, those included that the user has taken.
   *
   * @param past all events so far, all wishes among them learnt
   * @param user a user of the past
   * @param scores receives the score of item i at i, higher is better, for all items of the past
   */
  void score(Interactions past, int user, float[] scores);

  /**
   * Learns a wish. Users and items of the past that nobody wished with or for are not learnt, and
   * yet they are scored.
   *
   * @param past all events before it, all wishes among them learnt
   * @param user who took the item: one of the past's users, or as the next one the number {@code
   *     past.users()}
   * @param item the item: one of the past's items, or as the next one the number {@code
   *     past.items()}
   */
  void learn(Interactions past, int user, int item);
}
