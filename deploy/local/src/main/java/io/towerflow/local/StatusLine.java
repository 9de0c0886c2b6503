package io.towerflow.local;

import io.towerflow.message.TrainingProgress;
import java.util.List;
import java.util.Locale;

/** Where a run stands, on one line. */
final class StatusLine {

  /** Windows that the accuracy shown is taken over: few enough to show it move. */
  private static final int WINDOWS = 5;

  private static final long SPEED_MILLIS = 5000;

  private StatusLine() {}

  /**
   * @param sent records that have been there for the job to read
   */
  static String of(long sent, Outcome seen) {
    Trajectory trajectory = seen.trajectory();
    if (trajectory.last().isEmpty()) {
      return String.format(Locale.ROOT, "  waiting for the first results, %,d events sent", sent);
    }
    TrainingProgress last = trajectory.last().get();
    return String.format(
        Locale.ROOT,
        "  %,d events  %s/s  loss %.2f  hit@10 %.3f (popular %.3f)  lag %,d",
        last.events(),
        speed(trajectory.points()),
        loss(trajectory.points()),
        trajectory.recent(WINDOWS, TrainingProgress::window).hitAt10(),
        trajectory.recent(WINDOWS, TrainingProgress::popularityWindow).hitAt10(),
        Math.max(0, sent - last.trained() - seen.deadLetters()));
  }

  /** The loss of the last window that a training step fell in. */
  private static double loss(List<Trajectory.Point> points) {
    return points.stream()
        .mapToDouble(point -> point.progress().loss())
        .filter(loss -> !Double.isNaN(loss))
        .reduce(Double.NaN, (earlier, later) -> later);
  }

  /** Events a second over the last seconds. */
  private static String speed(List<Trajectory.Point> points) {
    Trajectory.Point to = points.get(points.size() - 1);
    Trajectory.Point from = to;
    for (int i = points.size() - 1; i >= 0 && to.time() - from.time() < SPEED_MILLIS; i--) {
      from = points.get(i);
    }
    long millis = to.time() - from.time();
    return millis <= 0
        ? "-"
        : String.format(
            Locale.ROOT,
            "%,d",
            1000 * (to.progress().events() - from.progress().events()) / millis);
  }
}
