package io.towerflow.local;

import io.towerflow.baseline.PrequentialBaselines;
import io.towerflow.message.Accuracy;
import io.towerflow.message.TrainingProgress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * How well one ranking foresaw the events of a stream.
 *
 * @param windows the accuracy from one number of events to the next, by rising events
 * @param total the accuracy over all events
 * @param cohorts the accuracy over all events by cohort; empty where it was not told apart
 */
record Ranking(String name, List<Window> windows, Accuracy total, Map<String, Accuracy> cohorts) {

  /**
   * One window.
   *
   * @param end events up to its end
   */
  record Window(long end, Accuracy accuracy) {}

  /** The model's, as the job told it. */
  static Ranking ofModel(Trajectory trajectory) {
    TrainingProgress last = trajectory.last().orElseThrow();
    return new Ranking(
        "model", windows(trajectory, TrainingProgress::window), last.total(), last.cohorts());
  }

  /** Most popular, as the job told it. */
  static Ranking ofPopularity(Trajectory trajectory) {
    return new Ranking(
        "popularity",
        windows(trajectory, TrainingProgress::popularityWindow),
        trajectory.last().orElseThrow().popularityTotal(),
        Map.of());
  }

  /**
   * A baseline's.
   *
   * @param windowEvents events in a window
   * @param events all events, those that were not scored included
   */
  static Ranking of(PrequentialBaselines.Standing standing, int windowEvents, long events) {
    List<Window> windows = new ArrayList<>();
    long end = 0;
    for (Accuracy accuracy : standing.windows()) {
      end = Math.min(end + windowEvents, events);
      if (accuracy.events() > 0) {
        windows.add(new Window(end, accuracy));
      }
    }
    return new Ranking(standing.name(), windows, standing.total(), standing.cohorts());
  }

  /**
   * The accuracy over the last fifth of the events; a window belongs to the fifth that its last
   * event falls in, as in {@link Trajectory#fifth}.
   *
   * @param events all events
   */
  Accuracy lastFifth(long events) {
    return windows.stream()
        .filter(window -> Trajectory.fifthOf(window.end(), events) == 5)
        .map(Window::accuracy)
        .reduce(Accuracy.NONE, Accuracy::plus);
  }

  /** The figures for programs. */
  Map<String, Object> figures(long events) {
    Map<String, Object> figures = figures(total);
    figures.put("last_fifth", figures(lastFifth(events)));
    return figures;
  }

  /** The figures of one accuracy, null where there are no events to tell them from. */
  static Map<String, Object> figures(Accuracy accuracy) {
    boolean known = accuracy.events() > 0;
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("events", accuracy.events());
    figures.put("hit_at_10", known ? (Double) accuracy.hitAt10() : null);
    figures.put("hit_at_100", known ? (Double) accuracy.hitAt100() : null);
    figures.put("mrr_at_100", known ? (Double) accuracy.mrrAt100() : null);
    return figures;
  }

  private static List<Window> windows(
      Trajectory trajectory, Function<TrainingProgress, Accuracy> accuracy) {
    return trajectory.points().stream()
        .map(Trajectory.Point::progress)
        .map(progress -> new Window(progress.events(), accuracy.apply(progress)))
        // The last message of a stream may follow a window that ended with it.
        .filter(window -> window.accuracy().events() > 0)
        .toList();
  }
}
