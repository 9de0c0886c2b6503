package io.towerflow.local;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.towerflow.message.Accuracy;
import io.towerflow.message.RatingError;
import io.towerflow.message.TrainingProgress;
import java.util.Optional;

/**
 * What a run came to: seconds, and fractions between 0 and 1.
 *
 * @param eventsSent records that were put on the ratings topic for this run
 * @param eventsTrained events learnt, each once
 * @param nonPositives of the events learnt those that were no positives: neither ranked nor learnt
 *     as wishes
 * @param deadLetters records that could not be used
 * @param steps training steps
 * @param seconds from the start of the job to its end
 * @param eventsPerSecond events trained by seconds
 * @param eventsPerSecondLearning see {@link Pace}, as the next two
 * @param itemEmbeddingsSent items' vectors, and notices that an item has left, as they are on the
 *     topic after the run
 * @param hitAt10FirstFifth null where no window of events ends in that fifth; so the other fifths
 * @param ratingRmse the root mean squared error of the rating head, each value foretold before it
 *     was learnt; null without a head
 * @param modelVersion the training step of the last publication
 * @param modelDigest the digest of the whole model, null where the stream has not ended
 * @param report where the report is
 */
record Figures(
    @JsonProperty("events_sent") long eventsSent,
    @JsonProperty("events_trained") long eventsTrained,
    @JsonProperty("non_positives") long nonPositives,
    @JsonProperty("dead_letters") long deadLetters,
    @JsonProperty("steps") long steps,
    @JsonProperty("seconds") double seconds,
    @JsonProperty("events_per_second") double eventsPerSecond,
    @JsonProperty("events_per_second_learning") Double eventsPerSecondLearning,
    @JsonProperty("events_per_second_first_fifth") Double eventsPerSecondFirstFifth,
    @JsonProperty("events_per_second_last_fifth") Double eventsPerSecondLastFifth,
    @JsonProperty("item_embeddings_sent") long itemEmbeddingsSent,
    @JsonProperty("hit_at_10") double hitAt10,
    @JsonProperty("hit_at_100") double hitAt100,
    @JsonProperty("mrr_at_100") double mrrAt100,
    @JsonProperty("hit_at_10_first_fifth") Double hitAt10FirstFifth,
    @JsonProperty("hit_at_10_last_fifth") Double hitAt10LastFifth,
    @JsonProperty("popularity_hit_at_10") double popularityHitAt10,
    @JsonProperty("popularity_hit_at_10_first_fifth") Double popularityHitAt10FirstFifth,
    @JsonProperty("popularity_hit_at_10_last_fifth") Double popularityHitAt10LastFifth,
    @JsonProperty("rating_rmse") Double ratingRmse,
    @JsonProperty("rating_rmse_last_fifth") Double ratingRmseLastFifth,
    @JsonProperty("model_version") long modelVersion,
    @JsonProperty("model_digest") String modelDigest,
    @JsonProperty("report") String report) {

  /**
   * The figures of a run.
   *
   * @param outcome what it has written
   */
  static Figures of(Outcome outcome, long eventsSent, double seconds, String report) {
    Trajectory trajectory = outcome.trajectory();
    Pace pace = Pace.of(trajectory);
    Optional<TrainingProgress> last = trajectory.last();
    Accuracy total = last.map(TrainingProgress::total).orElse(Accuracy.NONE);
    Accuracy popularity = last.map(TrainingProgress::popularityTotal).orElse(Accuracy.NONE);
    long events = last.map(TrainingProgress::trained).orElse(0L);
    return new Figures(
        eventsSent,
        events,
        last.map(TrainingProgress::nonPositives).orElse(0L),
        outcome.deadLetters(),
        last.map(TrainingProgress::step).orElse(0L),
        seconds,
        seconds > 0 ? events / seconds : 0,
        pace.learning(),
        pace.firstFifth(),
        pace.lastFifth(),
        outcome.itemEmbeddings(),
        total.hitAt10(),
        total.hitAt100(),
        total.mrrAt100(),
        hitAt10(trajectory.fifth(1, TrainingProgress::window)),
        hitAt10(trajectory.fifth(5, TrainingProgress::window)),
        popularity.hitAt10(),
        hitAt10(trajectory.fifth(1, TrainingProgress::popularityWindow)),
        hitAt10(trajectory.fifth(5, TrainingProgress::popularityWindow)),
        rmse(last.map(TrainingProgress::ratingTotal).orElse(RatingError.NONE)),
        rmse(trajectory.ratingErrorOfLastFifth()),
        last.map(TrainingProgress::step).orElse(0L),
        last.filter(TrainingProgress::isFinal).map(TrainingProgress::modelDigest).orElse(null),
        report);
  }

  /** Null where no value was foretold. */
  private static Double rmse(RatingError error) {
    return error.events() == 0 ? null : error.rmse();
  }

  /** Null where there are no events to tell it from: a short run has fifths without a window. */
  private static Double hitAt10(Accuracy accuracy) {
    return accuracy.events() == 0 ? null : accuracy.hitAt10();
  }
}
