package io.towerflow.local;

import io.towerflow.job.BadOptionsException;
import io.towerflow.job.JobOptions;
import io.towerflow.job.TowerflowJob;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The job on a MiniCluster of this process, watched through what it writes to Kafka: nothing that
 * could not be seen of a job on any cluster.
 */
final class JobRun implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(JobRun.class);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final long STOP_SECONDS = 20;

  private final JobOptions options;
  private final Path directory;
  private final Topics topics;
  private final Backlog backlog;

  /** Where the topics ended that the run is watched through, before it began. */
  private final Map<TopicPartition, Long> from;

  /** Where the topic of items' vectors ended. They are counted at the end: watching them costs. */
  private final Map<TopicPartition, Long> embeddingsFrom;

  private final KafkaConsumer<byte[], byte[]> watcher;
  private final JobClient job;
  private final CompletableFuture<JobExecutionResult> end;

  /** What has been written, committed or not. */
  private final Outcome seen;

  private JobRun(
      JobOptions options,
      Path directory,
      Topics topics,
      Backlog backlog,
      Map<TopicPartition, Long> from,
      Map<TopicPartition, Long> embeddingsFrom,
      JobClient job) {
    this.options = options;
    this.directory = directory;
    this.topics = topics;
    this.backlog = backlog;
    this.from = from;
    this.embeddingsFrom = embeddingsFrom;
    this.job = job;
    this.end = job.getJobExecutionResult();
    this.seen = new Outcome(options);
    this.watcher = topics.watch(from);
  }

  /**
   * Starts the job. Its topics must be there.
   *
   * @param topics the topics of the options' brokers
   * @param directory for checkpoints and temporary files
   * @throws LaunchException if it does not start
   */
  static JobRun start(JobOptions options, Topics topics, Path directory) {
    Backlog backlog = Backlog.of(options, topics);
    Map<TopicPartition, Long> from =
        topics.ends(List.of(options.trainingProgress(), options.deadLetters()));
    Map<TopicPartition, Long> embeddingsFrom = topics.ends(List.of(options.itemEmbeddings()));
    // One subtask where nothing else is asked for: records then keep their order, and the same
    // stream gives the same model.
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(1, configuration(directory));
    try {
      TowerflowJob.build(env, options);
      return new JobRun(
          options, directory, topics, backlog, from, embeddingsFrom, env.executeAsync("towerflow"));
    } catch (BadOptionsException e) {
      throw e;
    } catch (Exception e) {
      throw new LaunchException("The job did not start: " + reason(e), e);
    }
  }

  /**
   * Shows how the job gets on until it ends or somebody wants to stop.
   *
   * @return whether the job has ended
   * @throws LaunchException if the job fails
   */
  boolean follow(Output output, BooleanSupplier stopping) {
    while (!end.isDone()) {
      if (stopping.getAsBoolean()) {
        return false;
      }
      watcher.poll(POLL).forEach(seen::add);
      output.show(StatusLine.of(backlog.records(), seen));
    }
    try {
      end.join();
    } catch (CompletionException e) {
      throw new LaunchException("The job failed: " + reason(e), e);
    }
    seeTheRest();
    output.show(StatusLine.of(backlog.records(), seen));
    output.end();
    return true;
  }

  /** What the job is to read. */
  Backlog backlog() {
    return backlog;
  }

  /** What the run has committed. */
  Outcome committed() {
    Outcome committed = new Outcome(options);
    topics.read(from, committed::add);
    topics.read(embeddingsFrom, committed::add);
    return committed;
  }

  /** Ends the job in good order: what it has done until now is committed. */
  void stop() {
    await(
        job.stopWithSavepoint(
            false, directory.resolve("savepoints").toUri().toString(), SavepointFormatType.NATIVE));
  }

  private void seeTheRest() {
    for (var rest = watcher.poll(POLL); !rest.isEmpty(); rest = watcher.poll(POLL)) {
      rest.forEach(seen::add);
    }
  }

  /** Ends the job if it still runs. */
  @Override
  public void close() {
    watcher.close();
    if (!end.isDone()) {
      await(job.cancel());
    }
  }

  private void await(Future<?> ending) {
    try {
      ending.get(STOP_SECONDS, TimeUnit.SECONDS);
      end.get(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // A cancelled job ends with an exception, and one that does not end ends with the process.
      LOG.info("The job was ended", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Configuration configuration(Path directory) {
    Configuration configuration = new Configuration();
    // Nothing outside this machine has any business with this cluster.
    configuration.set(JobManagerOptions.BIND_HOST, "127.0.0.1");
    configuration.set(CoreOptions.TMP_DIRS, directory.resolve("flink").toString());
    configuration.set(WebOptions.TMP_DIR, directory.resolve("web").toString());
    configuration.set(WebOptions.UPLOAD_DIR, directory.resolve("web").toString());
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        directory.resolve("checkpoints").toUri().toString());
    // Somebody waits for this job: what fails again and again must not be tried for ever.
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "failure-rate");
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_FAILURE_RATE_MAX_FAILURES_PER_INTERVAL, 3);
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_FAILURE_RATE_FAILURE_RATE_INTERVAL,
        Duration.ofMinutes(5));
    return configuration;
  }

  /** The message of the last cause: those before say only where it went wrong. */
  private static String reason(Throwable error) {
    Throwable cause = error;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }
}
