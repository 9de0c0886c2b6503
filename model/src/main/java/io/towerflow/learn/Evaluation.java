package io.towerflow.learn;

import io.towerflow.message.Accuracy;
import io.towerflow.message.RatingError;
import io.towerflow.metrics.Prequential;
import io.towerflow.metrics.PrequentialRating;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

/**
 * How well the events of the stream were foreseen, each before it was learnt, and by popularity.
 */
final class Evaluation {

  /** The accuracies as they stood at the last event of a window. */
  record WindowEnd(
      long events,
      long nonPositives,
      Accuracy window,
      Accuracy total,
      Accuracy popularityWindow,
      Accuracy popularityTotal,
      Map<String, Accuracy> cohorts,
      RatingError ratingWindow,
      RatingError ratingTotal) {}

  private final int everyEvents;
  private Prequential prequential;
  private Prequential popularityPrequential;
  private PrequentialRating ratingPrequential = new PrequentialRating();
  private long nonPositives;

  /** Nothing counted yet. */
  Evaluation(int everyEvents) {
    this.everyEvents = everyEvents;
    prequential = new Prequential(everyEvents);
    popularityPrequential = new Prequential(everyEvents);
  }

  /**
   * Counts an event.
   *
   * @param ordinal the event's
   * @param ranks where its item ranked; none if it was not scored
   * @param value what it carries, of which a head foretold {@code foretold}
   * @return the window that ends with it, if one does
   */
  Optional<WindowEnd> count(
      long ordinal, boolean positive, Optional<Scorer.Ranks> ranks, float value, float foretold) {
    nonPositives += positive ? 0 : 1;
    // A value that no float holds has no error to count, nor has the head of a model that diverges.
    if (Float.isFinite(value) && Float.isFinite(foretold)) {
      ratingPrequential.add(foretold, value);
    }
    boolean complete;
    if (ranks.isPresent()) {
      popularityPrequential.add(ranks.get().byPopularity(), ranks.get().cohort());
      complete = prequential.add(ranks.get().byModel(), ranks.get().cohort());
    } else {
      popularityPrequential.addUnscored();
      complete = prequential.addUnscored();
    }
    return complete ? Optional.of(endWindow(ordinal)) : Optional.empty();
  }

  /** Ends a window, complete or not, and begins the next one. */
  WindowEnd endWindow(long atEvent) {
    WindowEnd end =
        new WindowEnd(
            atEvent,
            nonPositives,
            prequential.window(),
            prequential.total(),
            popularityPrequential.window(),
            popularityPrequential.total(),
            prequential.cohorts(),
            ratingPrequential.window(),
            ratingPrequential.total());
    prequential.nextWindow();
    popularityPrequential.nextWindow();
    ratingPrequential.nextWindow();
    return end;
  }

  void snapshot(StateStore.Writer writer) throws Exception {
    writer.put(Tables.SINGLES, Tables.PREQUENTIAL, prequential.toBytes());
    writer.put(Tables.SINGLES, Tables.POPULARITY_PREQUENTIAL, popularityPrequential.toBytes());
    writer.put(Tables.SINGLES, Tables.RATING_PREQUENTIAL, ratingPrequential.toBytes());
    writer.put(
        Tables.SINGLES,
        Tables.NON_POSITIVES,
        ByteBuffer.allocate(Long.BYTES).putLong(nonPositives).array());
  }

  /** What is counted beside the model came one after the other; counts begin where they came. */
  void restore(Singles singles) {
    prequential = Prequential.fromBytes(everyEvents, singles.required(Tables.PREQUENTIAL));
    singles
        .find(Tables.POPULARITY_PREQUENTIAL)
        .ifPresent(bytes -> popularityPrequential = Prequential.fromBytes(everyEvents, bytes));
    singles
        .find(Tables.RATING_PREQUENTIAL)
        .ifPresent(bytes -> ratingPrequential = PrequentialRating.fromBytes(bytes));
    singles
        .find(Tables.NON_POSITIVES)
        .ifPresent(bytes -> nonPositives = ByteBuffer.wrap(bytes).getLong());
  }
}
