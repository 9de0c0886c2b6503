package io.towerflow.local;

import io.towerflow.message.Accuracy;
import io.towerflow.message.RatingError;
import io.towerflow.message.TrainingProgress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The course of one run as its progress messages tell it. Not thread safe.
 *
 * <p>After a failure a job repeats what it had reported since its last checkpoint; so a message
 * takes the place of all that claim as many events or more.
 */
final class Trajectory {

  /**
   * One progress message.
   *
   * @param time when it was written, milliseconds since the epoch
   */
  record Point(TrainingProgress progress, long time) {}

  private final List<Point> points = new ArrayList<>();

  /** Takes the next message in the order of the topic. */
  void add(TrainingProgress progress, long time) {
    while (!points.isEmpty() && isRepeated(last().orElseThrow(), progress)) {
      points.remove(points.size() - 1);
    }
    points.add(new Point(progress, time));
  }

  /** The messages that count, by rising events. */
  List<Point> points() {
    return List.copyOf(points);
  }

  /** Seconds between the first message and the last. */
  double seconds() {
    return points.isEmpty()
        ? 0
        : (points.get(points.size() - 1).time() - points.get(0).time()) / 1000.0;
  }

  /** The latest message. */
  Optional<TrainingProgress> last() {
    return points.isEmpty()
        ? Optional.empty()
        : Optional.of(points.get(points.size() - 1).progress());
  }

  /**
   * The accuracy over one fifth of the run's events. A window belongs to the fifth that its last
   * event falls in.
   *
   * @param fifth 1 to 5
   * @param window which accuracy of a message is added up
   */
  Accuracy fifth(int fifth, Function<TrainingProgress, Accuracy> window) {
    return messagesOf(fifth).map(window).reduce(Accuracy.NONE, Accuracy::plus);
  }

  /** How far the rating head was off over the last fifth of the run's events. */
  RatingError ratingErrorOfLastFifth() {
    return messagesOf(5)
        .map(TrainingProgress::ratingWindow)
        .reduce(RatingError.NONE, RatingError::plus);
  }

  private Stream<TrainingProgress> messagesOf(int fifth) {
    long all = last().map(TrainingProgress::events).orElse(0L);
    return points.stream()
        .map(Point::progress)
        .filter(progress -> fifthOf(progress.events(), all) == fifth);
  }

  /** The accuracy over the last {@code windows} messages. */
  Accuracy recent(int windows, Function<TrainingProgress, Accuracy> window) {
    return points.subList(Math.max(0, points.size() - windows), points.size()).stream()
        .map(Point::progress)
        .map(window)
        .reduce(Accuracy.NONE, Accuracy::plus);
  }

  /**
   * Events learnt in a second over some fifths of the run's events, from the last message before
   * them, or the first message of all, to their last.
   *
   * @param from the first of them, 1 to 5
   * @param to the last of them
   * @return null where there are no two messages at different times
   */
  Double eventsPerSecond(int from, int to) {
    long all = last().map(TrainingProgress::events).orElse(0L);
    Point begin = null;
    Point end = null;
    for (Point point : points) {
      long fifth = fifthOf(point.progress().events(), all);
      if (begin == null || fifth < from) {
        begin = point;
      }
      // The message that ends a stream may add nothing but the digest, which took its time.
      if (fifth <= to && (end == null || point.progress().events() > end.progress().events())) {
        end = point;
      }
    }
    if (begin == null || end == null || end.time() <= begin.time()) {
      return null;
    }
    return 1000.0
        * (end.progress().events() - begin.progress().events())
        / (end.time() - begin.time());
  }

  /** The fifth, 1 to 5, that the {@code event}-th of {@code all} events falls in. */
  static long fifthOf(long event, long all) {
    return all == 0 ? 1 : Math.max(1, (5 * event + all - 1) / all);
  }

  private static boolean isRepeated(TrainingProgress earlier, TrainingProgress later) {
    // The last message of a bounded stream may follow a window that ended with the stream.
    boolean ends = later.isFinal() && !earlier.isFinal();
    return earlier.events() > later.events() || (earlier.events() == later.events() && !ends);
  }
}
