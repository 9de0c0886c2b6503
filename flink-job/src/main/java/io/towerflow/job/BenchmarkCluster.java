package io.towerflow.job;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * A cluster of task managers of one slot, in this process, for a benchmark's jobs, with Flink's
 * settings as the job has them and all its files in one directory. Whatever waits here ends when
 * the benchmark is to stop.
 */
final class BenchmarkCluster {

  private static final Duration POLL = Duration.ofMillis(10);
  private static final long STOP_SECONDS = 60;

  /** What is done on a cluster. */
  interface Benchmark<T> {

    T measure(BenchmarkCluster cluster) throws Exception;
  }

  /** Somebody wants the benchmark to stop. */
  private static final class Stopped extends Exception {
    private static final long serialVersionUID = 1;
  }

  private final Map<String, String> flink;
  private final Path directory;
  private final BenchmarkWatcher watcher;
  private final MiniCluster cluster;

  private BenchmarkCluster(
      Map<String, String> flink, int taskManagers, Path directory, BenchmarkWatcher watcher)
      throws Exception {
    this.flink = flink;
    this.directory = directory;
    this.watcher = watcher;
    cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration())
                .setNumTaskManagers(taskManagers)
                .setNumSlotsPerTaskManager(1)
                .build());
    cluster.start();
  }

  /**
   * Measures on a cluster that is there for as long as that takes.
   *
   * @param flink of Flink's configuration, instead of what the job would set
   * @param taskManagers of one slot each
   * @param directory for checkpoints and RocksDB's files
   * @return empty if it was stopped
   * @throws IllegalStateException if a job fails
   */
  static <T> Optional<T> run(
      Map<String, String> flink,
      int taskManagers,
      Path directory,
      BenchmarkWatcher watcher,
      Benchmark<T> benchmark)
      throws Exception {
    BenchmarkCluster cluster = new BenchmarkCluster(flink, taskManagers, directory, watcher);
    try {
      return Optional.of(benchmark.measure(cluster));
    } catch (Stopped e) {
      return Optional.empty();
    } finally {
      cluster.cluster.closeAsync().get(STOP_SECONDS, TimeUnit.SECONDS);
    }
  }

  private Configuration configuration() {
    Configuration configuration = Configuration.fromMap(flink);
    // Nothing outside this machine has any business with this cluster.
    configuration.set(JobManagerOptions.BIND_HOST, "127.0.0.1");
    configuration.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
    configuration.set(RestOptions.BIND_PORT, "0");
    configuration.set(CoreOptions.TMP_DIRS, directory.resolve("flink").toString());
    configuration.set(WebOptions.TMP_DIR, directory.resolve("web").toString());
    configuration.set(WebOptions.UPLOAD_DIR, directory.resolve("web").toString());
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "disable");
    return configuration;
  }

  /** Where a job is defined that takes checkpoints at an interval. */
  StreamExecutionEnvironment environment(Duration checkpointInterval) {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(1, configuration());
    env.configure(
        FlinkSettings.of(
            env.getConfiguration(),
            checkpointInterval,
            Optional.of(directory.resolve("checkpoints").toUri().toString())));
    return env;
  }

  /** A name for what is known of a job, which no other benchmark in this process has. */
  String name(String job) {
    return directory + " " + job;
  }

  MiniCluster miniCluster() {
    return cluster;
  }

  BenchmarkWatcher watcher() {
    return watcher;
  }

  JobID submit(JobGraph graph) throws Exception {
    return result(cluster.submitJob(graph)).getJobID();
  }

  /** Waits for something that a job which runs brings about. */
  void until(JobID job, BooleanSupplier reached) throws Exception {
    while (!reached.getAsBoolean()) {
      if (result(cluster.getJobStatus(job)).isTerminalState()) {
        throw failed(cluster.requestJobResult(job).get());
      }
      pause(POLL);
    }
  }

  /** Waits for the end of a job whose input ends. */
  void finish(JobID job) throws Exception {
    JobResult end = result(cluster.requestJobResult(job));
    if (!end.isSuccess()) {
      throw failed(end);
    }
  }

  private static IllegalStateException failed(JobResult end) {
    return new IllegalStateException(
        "The benchmark's job failed", end.getSerializedThrowable().orElse(null));
  }

  /** Ends a job; its checkpoints stay. */
  void cancel(JobID job) throws Exception {
    cluster.cancelJob(job).get();
    cluster.requestJobResult(job).get(STOP_SECONDS, TimeUnit.SECONDS);
  }

  void pause(Duration time) throws Exception {
    if (watcher.isStopping()) {
      throw new Stopped();
    }
    try {
      TimeUnit.NANOSECONDS.sleep(time.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Stopped();
    }
  }

  /** Waits a moment. */
  void pause() throws Exception {
    pause(POLL);
  }

  <T> T result(Future<T> future) throws Exception {
    while (true) {
      try {
        return future.get(POLL.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        pause(Duration.ZERO);
      } catch (ExecutionException e) {
        throw new IllegalStateException(
            "The benchmark's job failed: " + e.getCause().getMessage(), e);
      }
    }
  }
}
