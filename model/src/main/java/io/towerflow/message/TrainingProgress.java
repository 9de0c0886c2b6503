package io.towerflow.message;

import java.util.Map;

/**
 * How training stands after a window of events. Windows are cut by the events' ordinal alone, so
 * the same stream reports the same windows.
 *
 * @param step training steps so far
 * @param events events that have gone through training so far, each once; those of batches that
 *     were skipped are among them
 * @param nonPositives those of them that were no positives, and so neither scored nor learnt as
 *     wishes; all others were
 * @param eventTime the latest event time learnt, milliseconds since the epoch
 * @param loss the mean loss of an example over the window's steps, NaN where no step fell in it
 * @param window prequential accuracy over the events since the last progress message
 * @param total prequential accuracy since the first event
 * @param popularityWindow the same window answered by the most popular items
 * @param popularityTotal most popular since the first event
 * @param cohorts the accuracy since the first event by cohort: {@code new_user}, {@code new_item},
 *     {@code returning}, and the last of them by the item's popularity, {@code head}, {@code
 *     torso}, {@code tail}
 * @param ratingWindow how far the rating head was off the values of the events since the last
 *     progress message, each foretold before it was learnt; no events without a head
 * @param ratingTotal the same since the first event
 * @param users users known
 * @param items items known
 * @param skippedBatches batches that were not trained, because the step was not finite
 * @param skippedEvents the events of those batches
 * @param modelDigest the digest of the whole model, only in the last message of a bounded stream,
 *     otherwise empty
 */
public record TrainingProgress(
    long step,
    long events,
    long nonPositives,
    long eventTime,
    double loss,
    Accuracy window,
    Accuracy total,
    Accuracy popularityWindow,
    Accuracy popularityTotal,
    Map<String, Accuracy> cohorts,
    RatingError ratingWindow,
    RatingError ratingTotal,
    long users,
    long items,
    long skippedBatches,
    long skippedEvents,
    String modelDigest) {

  /** Events trained so far, each once. */
  public long trained() {
    return events - skippedEvents;
  }

  /** Whether this is the last message of a bounded stream. */
  public boolean isFinal() {
    return !modelDigest.isEmpty();
  }
}
