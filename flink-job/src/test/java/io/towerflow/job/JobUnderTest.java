package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.connectors.codec.DeadLetter;
import io.towerflow.message.ItemEmbedding;
import io.towerflow.message.RawRecord;
import io.towerflow.message.Recommendation;
import io.towerflow.message.TrainingProgress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource.NumberSequenceSplit;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;

/**
 * The whole job on a stream that a function generates, with all that it tells the world collected.
 * It runs on the cluster that the test has: RocksDB, incremental checkpoints ten times a second,
 * and of the stream 70 records from one checkpoint to the next. Outputs are seen exactly once, as
 * in a transaction.
 *
 * <p>A job can be stopped and go on: it then tells the world all that its runs have told together.
 */
final class JobUnderTest {

  /**
   * Every record after so many is read after a checkpoint. Not a divisor of what a publication or a
   * window counts, so that a job is restored between two of them.
   */
  static final int RECORDS_PER_CHECKPOINT = 70;

  private final Path checkpoints;

  private GeneratorFunction<Long, RawRecord> records = TwoTastes::record;
  private long count = TwoTastes.RECORDS;
  private int partitions = 1;
  private RateLimiterStrategy<?> limit = RateLimiterStrategy.perCheckpoint(RECORDS_PER_CHECKPOINT);
  private String spec = smallSpec();
  private int parallelism = 1;
  private int topKShards = 1;
  private Optional<LearnerFactory> learner = Optional.empty();
  private Optional<Failure> failure = Optional.empty();
  private Optional<Disaster> disaster = Optional.empty();
  private Optional<String> savepoint = Optional.empty();

  private final Ledger<ItemEmbedding> embeddings = new Ledger<>();
  private final Ledger<Recommendation> recommendations = new Ledger<>();
  private final Ledger<TrainingProgress> progress = new Ledger<>();
  private final Ledger<DeadLetter> deadLetters = new Ledger<>();

  /** What a test does to a cluster. */
  @FunctionalInterface
  interface Disaster {

    /**
     * Comes over it.
     *
     * @param taskManager the number of the task manager that the halted operator runs in, from 0
     */
    void strike(int taskManager) throws Exception;
  }

  /**
   * A job that reads the stream of {@link TwoTastes} with one subtask an operator.
   *
   * @param checkpoints the folder for its checkpoints
   */
  JobUnderTest(Path checkpoints) {
    this.checkpoints = checkpoints;
  }

  /**
   * Generates records from their numbers, which are dealt out to partitions, one after the other.
   */
  JobUnderTest reads(GeneratorFunction<Long, RawRecord> generator, long records, int partitions) {
    this.records = generator;
    this.count = records;
    this.partitions = partitions;
    return this;
  }

  /** Does not wait for checkpoints, but for the first: so barriers find records on their way. */
  JobUnderTest flowing() {
    limit = readers -> new FreeFlow<>(RECORDS_PER_CHECKPOINT / readers);
    return this;
  }

  JobUnderTest withSpec(String yaml) {
    spec = yaml;
    return this;
  }

  JobUnderTest inSubtasks(int subtasks, int shards) {
    parallelism = subtasks;
    topKShards = shards;
    return this;
  }

  /** Trains another model than the spec's. */
  JobUnderTest training(LearnerFactory other) {
    learner = Optional.of(other);
    return this;
  }

  /** Restarts once; nothing is left for a second failure. */
  JobUnderTest failing(Failure once) {
    failure = Optional.of(once);
    return this;
  }

  /**
   * Has an operator halt, not throw, and then something else go wrong. Restarts several times: the
   * first may come before what was lost is replaced.
   */
  JobUnderTest struck(Failure halted, Disaster then) {
    failure = Optional.of(halted);
    disaster = Optional.of(then);
    return this;
  }

  /** The spec that most tests are about. */
  static String smallSpec() {
    try (InputStream in = JobUnderTest.class.getResourceAsStream("/small.yaml")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("small.yaml cannot be read", e);
    }
  }

  /** All that a run told the world. */
  record Run(
      JobID job,
      List<ItemEmbedding> embeddings,
      List<Recommendation> recommendations,
      List<TrainingProgress> progress,
      List<DeadLetter> deadLetters) {

    TrainingProgress last() {
      return progress.get(progress.size() - 1);
    }

    /** How often the job was restored from a checkpoint. */
    long restores(MiniCluster cluster) throws Exception {
      return cluster
          .getArchivedExecutionGraph(job)
          .get()
          .getCheckpointStatsSnapshot()
          .getCounts()
          .getNumberOfRestoredCheckpoints();
    }

    /** Several subtasks may tell the same in another order, but for progress, which one tells. */
    void assertTellsTheSameAs(Run quiet) {
      assertThat(last()).as("the end, and the model's digest").isEqualTo(quiet.last());
      assertThat(progress).as("windows, each once").isEqualTo(quiet.progress);
      assertThat(recommendations)
          .as("lists, each once")
          .usingRecursiveFieldByFieldElementComparator()
          .containsExactlyInAnyOrderElementsOf(quiet.recommendations);
      assertThat(embeddings)
          .as("vectors, each once")
          .usingRecursiveFieldByFieldElementComparator()
          .containsExactlyInAnyOrderElementsOf(quiet.embeddings);
      assertThat(deadLetters)
          .as("dead letters, each once")
          .usingRecursiveFieldByFieldElementComparator()
          .isEqualTo(quiet.deadLetters);
    }

    /** The last list of every user. */
    Map<String, Recommendation> latestLists() {
      return recommendations.stream()
          .collect(Collectors.toMap(Recommendation::user, list -> list, (earlier, later) -> later));
    }
  }

  /** Runs to the end of the stream. */
  Run run() throws Exception {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    StreamGraph graph = graph(env, limit);
    Optional<CompletableFuture<Integer>> halted = Optional.empty();
    if (disaster.isPresent()) {
      halted = failure.map(once -> once.halts(node(graph, once.operator())));
    } else {
      failure.ifPresent(once -> once.into(node(graph, once.operator())));
    }
    JobClient client = env.executeAsync(graph);
    if (halted.isPresent()) {
      disaster.get().strike(during(client, halted.get()));
    }
    client.getJobExecutionResult().get();
    Run run =
        new Run(
            client.getJobID(),
            embeddings.seen(),
            recommendations.seen(),
            progress.seen(),
            deadLetters.seen());
    List.of(embeddings, recommendations, progress, deadLetters).forEach(Ledger::close);
    return run;
  }

  /**
   * Reads so many records more and stops, without an end of the stream. The next run goes on from
   * there.
   */
  void stopAfter(long more) throws Exception {
    Gate<NumberSequenceSplit> gate = new Gate<>(more);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    JobClient client = env.executeAsync(graph(env, gate));
    during(client, gate.reached());
    savepoint =
        Optional.of(
            client
                .stopWithSavepoint(
                    false, checkpoints.toUri().toString(), SavepointFormatType.CANONICAL)
                .get());
    client.getJobExecutionResult().get();
    gate.close();
  }

  /** Waits for what only comes while the job runs. */
  private static <T> T during(JobClient client, CompletableFuture<T> event) throws Exception {
    CompletableFuture.anyOf(event, client.getJobExecutionResult()).get();
    assertThat(event).as("what was to happen before the job's end").isDone();
    return event.get();
  }

  private StreamGraph graph(StreamExecutionEnvironment env, RateLimiterStrategy<?> rate) {
    int readers = Math.min(parallelism, partitions);
    env.configure(
        FlinkSettings.of(
            env.getConfiguration(),
            Duration.ofMillis(100),
            Optional.of(checkpoints.toUri().toString())));
    env.configure(
        new Configuration()
            .set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay")
            .set(
                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS,
                disaster.isPresent() ? 10 : 1)
            .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ZERO));
    env.setParallelism(parallelism);

    Outputs outputs =
        Topology.define(
            env.fromSource(
                    new DataGeneratorSource<>(
                        records, count, rate, TypeInformation.of(RawRecord.class)),
                    WatermarkStrategy.noWatermarks(),
                    "records")
                .uid("records")
                .setParallelism(readers),
            new JobPlan(spec, topKShards, partitions, Arithmetic.AUTO));
    told("item-embeddings", outputs.itemEmbeddings(), embeddings);
    told("recommendations", outputs.recommendations(), recommendations);
    told("training-progress", outputs.trainingProgress(), progress);
    told("dead-letters", outputs.deadLetters(), deadLetters);

    StreamGraph graph = env.getStreamGraph();
    learner.ifPresent(
        other ->
            node(graph, "trainer")
                .setOperatorFactory(
                    SimpleOperatorFactory.of(
                        new TrainerOperator(other, Duration.ofDays(1), topKShards))));
    savepoint.ifPresent(
        path -> graph.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(path)));
    return graph;
  }

  private static <T> void told(String name, DataStream<T> output, Ledger<T> ledger) {
    output.sinkTo(ledger).uid(name).name(name).setParallelism(1);
  }

  /** An operator, or the writer of a sink, by its name. */
  private static StreamNode node(StreamGraph graph, String name) {
    return graph.getStreamNodes().stream()
        .filter(node -> name.equals(node.getTransformationUID()))
        .findAny()
        .orElseThrow();
  }
}
