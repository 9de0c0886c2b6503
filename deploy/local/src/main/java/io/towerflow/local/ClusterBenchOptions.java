package io.towerflow.local;

import io.towerflow.job.BenchmarkWatcher;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What every benchmark of a job on a cluster in this process takes besides. */
final class ClusterBenchOptions {

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
}
