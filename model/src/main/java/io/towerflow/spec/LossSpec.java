package io.towerflow.spec;

/**
 * Softmax cross entropy of the event's item against the other items of the batch and, where asked
 * for, items drawn uniformly from the catalogue.
 *
 * @param reduction how the losses of a batch become one number
 * @param uniformNegatives items drawn uniformly from the catalogue for each batch, 0 for none
 * @param fullCatalogueUntil items up to which the whole catalogue, each item once, takes the place
 *     of the batch's items and the uniform draws, 0 for never
 * @param hardNegatives how many of its negatives, the highest scored ones, an example learns
 *     against, 0 for all
 * @param samplingCorrection how much of the log of an item's expected count among the negatives is
 *     taken off its score (logQ), 0 for none, 1 for all of it
 * @param frequencyEstimate how an item's expected count among the negatives is estimated
 * @param frequencyHalfLife events after which an item's count for the sampling correction has
 *     halved
 * @param frequencyRate how much an item's newest gap counts in its mean gap, in (0, 1]
 * @param maskAccidentalHits whether other occurrences of the example's item in the batch are left
 *     out of its negatives
 * @param maskSeen whether items that the user has already taken are left out of the negatives
 */
public record LossSpec(
    Reduction reduction,
    int uniformNegatives,
    int fullCatalogueUntil,
    int hardNegatives,
    double samplingCorrection,
    FrequencyEstimate frequencyEstimate,
    double frequencyHalfLife,
    double frequencyRate,
    boolean maskAccidentalHits,
    boolean maskSeen) {

  /** How the losses of a batch become one number. */
  public enum Reduction {
    SUM,
    MEAN
  }

  /** How the frequency of an item is estimated for the sampling correction. */
  public enum FrequencyEstimate {
    /** By its share of counts that halve after {@link #frequencyHalfLife} events. */
    DECAYED,
    /** By the mean gap between its events, which moves by {@link #frequencyRate}. */
    GAP
  }
}
