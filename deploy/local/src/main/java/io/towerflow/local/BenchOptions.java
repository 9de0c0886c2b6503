package io.towerflow.local;

import io.towerflow.job.BenchmarkWatcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What every benchmark of a job on a cluster in this process takes, and how it tells its end. */
final class BenchOptions {

  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description =
          "Where checkpoints and RocksDB's files go: the disk that is measured. They are deleted."
              + " Default: the system's temporary directory")
  private Path directory;

  @Option(
      names = "--flink",
      paramLabel = "KEY=VALUE",
      description = "Of Flink's configuration, instead of the job's defaults; can be repeated.")
  private Map<String, String> flink = new LinkedHashMap<>();

  @Option(names = "--json", description = "Print the figures as one JSON object on the last line.")
  private boolean json;

  /** Measures in a directory that is there for as long as that takes. */
  interface Measurement<T> {

    Optional<T> in(Path directory, BenchmarkWatcher watcher) throws Exception;
  }

  /** Of Flink's configuration, instead of the job's defaults. */
  Map<String, String> flink() {
    return flink;
  }

  /**
   * Measures one thing.
   *
   * @param what it is, for the line that shows where things stand
   * @return empty if it was stopped
   */
  <T> Optional<T> measure(Session session, String what, Measurement<T> measurement)
      throws Exception {
    Path place =
        directory == null
            ? session.directory("bench")
            : Files.createTempDirectory(Files.createDirectories(directory), "towerflow-bench-");
    try {
      return measurement.in(place.toAbsolutePath(), watcher(session, what));
    } finally {
      if (Files.exists(place)) {
        WorkDirectory.delete(place);
      }
    }
  }

  private static BenchmarkWatcher watcher(Session session, String what) {
    return new BenchmarkWatcher() {
      @Override
      public void progress(String step, long done, long all) {
        session
            .output()
            .show(String.format(Locale.ROOT, "  %s: %s, %,d of %,d", what, step, done, all));
      }

      @Override
      public boolean isStopping() {
        return session.isStopping();
      }
    };
  }

  /**
   * Writes the report and says where it is.
   *
   * @param to the report's directory
   */
  void tell(Output output, BenchReport report, Path to) {
    try {
      report.write(to);
    } catch (IOException e) {
      throw new LaunchException(
          "The report cannot be written to '%s': %s".formatted(to, e.getMessage()), e);
    }
    output.say("");
    output.say("Report          " + report.page(to));
    if (json) {
      output.say(Json.line(report.figures(to)));
    }
  }

  void requirePositive(String option, long value) {
    if (value < 1) {
      throw wrong("%s: must be 1 or more, is %d".formatted(option, value));
    }
  }

  ParameterException wrong(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
