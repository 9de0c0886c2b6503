package io.towerflow.local;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.towerflow.connectors.codec.Messages;
import io.towerflow.connectors.kafka.KafkaSettings;
import io.towerflow.job.JobOptions;
import io.towerflow.job.TowerflowJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/**
 * A job that follows the topic {@code ratings} and takes no checkpoint before it is stopped, and
 * what is found in its outputs, which are topics of its own.
 */
final class UncheckpointedJob implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Duration POLL = Duration.ofMillis(200);

  /**
   * With a checkpoint's timeout of ten minutes it is less than the broker's longest transaction.
   */
  private static final Duration INTERVAL = Duration.ofMinutes(45);

  private final JobOptions options;
  private final Path directory;
  private final JobClient client;
  private final CompletableFuture<JobExecutionResult> end;
  private final Topics topics;
  private final KafkaConsumer<byte[], byte[]> watcher;
  private final Map<String, List<String>> written = new TreeMap<>();

  private UncheckpointedJob(JobOptions options, Path directory, Topics topics, JobClient client) {
    this.options = options;
    this.directory = directory;
    this.topics = topics;
    this.client = client;
    this.end = client.getJobExecutionResult();
    this.watcher = topics.watch(topics.ends(outputs()));
  }

  /**
   * Starts the job.
   *
   * @param delivery what its outputs' readers are promised; no two jobs may have the same
   * @param directory for checkpoints
   */
  static UncheckpointedJob start(KafkaSettings settings, Path spec, String delivery, Path directory)
      throws Exception {
    JobOptions options =
        JobOptions.parse(
            "--brokers=" + settings.brokers(),
            "--kafka=transaction.timeout.ms=3600000",
            "--spec=" + spec,
            "--delivery=" + delivery,
            "--group=" + delivery,
            "--transactional-id-prefix=" + delivery,
            "--checkpoint-interval=" + INTERVAL.toMinutes() + "m",
            "--checkpoint-dir=" + directory.resolve("checkpoints").toUri(),
            "--item-embeddings=item-embeddings-" + delivery,
            "--recommendations=recommendations-" + delivery,
            "--training-progress=training-progress-" + delivery,
            "--dead-letters=dead-letters-" + delivery);
    TowerflowJob.createTopics(options);
    Configuration configuration = new Configuration();
    // Without it the first checkpoint comes at a random time within the first interval.
    configuration.set(CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS, INTERVAL);
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    var env = StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
    TowerflowJob.build(env, options);
    return new UncheckpointedJob(
        options, directory, new Topics(settings), env.executeAsync(delivery));
  }

  /** Waits until something holds, but not if the job ends. */
  void await(ThrowingRunnable assertion) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInSameThread()
        .failFast("The job has ended", end::isDone)
        .untilAsserted(assertion);
  }

  /** What is in the outputs by now, committed or not: for each, what its records are of. */
  Map<String, List<String>> written() {
    watcher.poll(POLL).forEach(record -> add(record, written));
    return written;
  }

  /** What readers of committed records find in the outputs by now. */
  Map<String, List<String>> committed() {
    Map<String, List<String>> committed = new TreeMap<>();
    outputs().forEach(topic -> topics.read(topic, record -> add(record, committed)));
    return committed;
  }

  /** Checkpoints that have completed. */
  long checkpoints() throws IOException {
    Path checkpoints = directory.resolve("checkpoints");
    if (Files.notExists(checkpoints)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(checkpoints)) {
      return files.filter(file -> file.endsWith("_metadata")).count();
    }
  }

  /** Ends the job with its first and only snapshot, and without an end of the stream. */
  void stop() throws Exception {
    client
        .stopWithSavepoint(
            false, directory.resolve("savepoints").toUri().toString(), SavepointFormatType.NATIVE)
        .get(PATIENCE.toSeconds(), SECONDS);
    end.get(PATIENCE.toSeconds(), SECONDS);
  }

  @Override
  public void close() {
    watcher.close();
    topics.close();
    if (!end.isDone()) {
      client.cancel().orTimeout(PATIENCE.toSeconds(), SECONDS).join();
      // It ends with an exception, which says that it was cancelled.
      end.handle((result, cancelled) -> result).orTimeout(PATIENCE.toSeconds(), SECONDS).join();
    }
  }

  private List<String> outputs() {
    return List.of(
        options.itemEmbeddings(),
        options.recommendations(),
        options.trainingProgress(),
        options.deadLetters());
  }

  private void add(ConsumerRecord<byte[], byte[]> found, Map<String, List<String>> outputs) {
    String topic = found.topic();
    byte[] value = found.value();
    String output;
    Object subject;
    if (topic.equals(options.itemEmbeddings())) {
      output = "items";
      subject = Messages.decodeItemEmbedding(value).id();
    } else if (topic.equals(options.recommendations())) {
      output = "users";
      subject = Messages.decodeRecommendation(value).user();
    } else if (topic.equals(options.trainingProgress())) {
      output = "events";
      subject = Messages.decodeProgress(value).events();
    } else {
      output = "offsets of dead letters";
      subject = Messages.decodeDeadLetter(value).record().offset();
    }
    List<String> subjects = outputs.computeIfAbsent(output, none -> new ArrayList<>());
    subjects.add(subject.toString());
    Collections.sort(subjects);
  }
}
