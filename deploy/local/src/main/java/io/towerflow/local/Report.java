package io.towerflow.local;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.towerflow.message.Accuracy;
import io.towerflow.message.TrainingProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All that is told of a run when it is over: an HTML page for people, and beside it the same as
 * JSON, from which the page can be made again.
 *
 * @param title what ran, for people
 * @param figures what it came to
 * @param windows how it went, by rising events
 * @param cohorts accuracy since the first event by cohort
 * @param users a few users and what they get
 */
record Report(
    @JsonProperty("title") String title,
    @JsonProperty("figures") Figures figures,
    @JsonProperty("windows") List<Window> windows,
    @JsonProperty("by_cohort") Map<String, Cohort> cohorts,
    @JsonProperty("users") List<UserList> users) {

  private static final String PAGE = "report.html";
  private static final String FIGURES = "figures.json";

  /** A speed is taken over at least so long, else it would show how messages were batched. */
  private static final long SPEED_MILLIS = 1000;

  private static final ObjectMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /**
   * One window of events. What is not known is null.
   *
   * @param events events trained at its end
   */
  record Window(
      @JsonProperty("events") long events,
      @JsonProperty("step") long step,
      @JsonProperty("loss") Double loss,
      @JsonProperty("hit_at_10") Double hitAt10,
      @JsonProperty("popularity_hit_at_10") Double popularityHitAt10,
      @JsonProperty("events_per_second") Double eventsPerSecond) {}

  /** The accuracy over one cohort's events. */
  record Cohort(
      @JsonProperty("events") long events,
      @JsonProperty("hit_at_10") double hitAt10,
      @JsonProperty("hit_at_100") double hitAt100,
      @JsonProperty("mrr_at_100") double mrrAt100) {

    static Cohort of(Accuracy accuracy) {
      return new Cohort(
          accuracy.events(), accuracy.hitAt10(), accuracy.hitAt100(), accuracy.mrrAt100());
    }
  }

  /** The report of a run. */
  static Report of(String title, Figures figures, Trajectory trajectory, List<UserList> users) {
    Map<String, Cohort> cohorts = new TreeMap<>();
    trajectory
        .last()
        .map(TrainingProgress::cohorts)
        .orElse(Map.of())
        .forEach((name, accuracy) -> cohorts.put(name, Cohort.of(accuracy)));
    return new Report(title, figures, windows(trajectory.points()), cohorts, List.copyOf(users));
  }

  /** Where the page is in a report's directory. */
  static Path page(Path directory) {
    return directory.resolve(PAGE);
  }

  /** Where the figures are in a report's directory. */
  static Path figures(Path directory) {
    return directory.resolve(FIGURES);
  }

  /** Writes page and figures, over those of an earlier run. */
  void write(Path directory) throws IOException {
    Files.createDirectories(directory);
    JSON.writerWithDefaultPrettyPrinter().writeValue(figures(directory).toFile(), this);
    Files.writeString(page(directory), ReportPage.of(this));
  }

  /**
   * Reads the figures that {@link #write} left.
   *
   * @throws IOException if the file is not there or holds something else
   */
  static Report read(Path file) throws IOException {
    Report report = JSON.readValue(file.toFile(), Report.class);
    if (report.figures() == null || report.windows() == null) {
      throw new IOException(file + " holds no figures of a run");
    }
    return report;
  }

  private static List<Window> windows(List<Trajectory.Point> points) {
    List<Window> windows = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < points.size(); i++) {
      Trajectory.Point point = points.get(i);
      while (from + 1 < i && points.get(from + 1).time() <= point.time() - SPEED_MILLIS) {
        from++;
      }
      TrainingProgress progress = point.progress();
      windows.add(
          new Window(
              progress.events(),
              progress.step(),
              Double.isNaN(progress.loss()) ? null : progress.loss(),
              hitAt10(progress.window()),
              hitAt10(progress.popularityWindow()),
              speed(points.get(from), point)));
    }
    return windows;
  }

  private static Double hitAt10(Accuracy accuracy) {
    return accuracy.events() == 0 ? null : accuracy.hitAt10();
  }

  private static Double speed(Trajectory.Point from, Trajectory.Point to) {
    long millis = to.time() - from.time();
    return millis < SPEED_MILLIS
        ? null
        : 1000.0 * (to.progress().events() - from.progress().events()) / millis;
  }
}
