package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.connectors.codec.DeadLetter;
import io.towerflow.connectors.codec.RawRecord;
import io.towerflow.message.ItemEmbedding;
import io.towerflow.message.Recommendation;
import io.towerflow.message.TrainingProgress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.util.CloseableIterator;

/**
 * The whole job on a stream that a function generates, with all that it tells the world collected.
 * It runs on the cluster that the test has: RocksDB, incremental checkpoints ten times a second,
 * and of the stream 70 records from one checkpoint to the next. Outputs are seen exactly once, as
 * in a transaction.
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
  private String spec = smallSpec();
  private int parallelism = 1;
  private int topKShards = 1;
  private Optional<Failure> failure = Optional.empty();

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

  JobUnderTest withSpec(String yaml) {
    spec = yaml;
    return this;
  }

  JobUnderTest inSubtasks(int subtasks, int shards) {
    parallelism = subtasks;
    topKShards = shards;
    return this;
  }

  /** Restarts once; nothing is left for a second failure. */
  JobUnderTest failing(Failure once) {
    failure = Optional.of(once);
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
    int readers = Math.min(parallelism, partitions);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.configure(
        FlinkSettings.of(
            env.getConfiguration(),
            Duration.ofMillis(100),
            Optional.of(checkpoints.toUri().toString())));
    env.configure(
        new Configuration()
            // The streams' ends are Flink's own here and have no uids.
            .set(PipelineOptions.AUTO_GENERATE_UIDS, true)
            .set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay")
            .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 1)
            .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ZERO));
    env.setParallelism(parallelism);

    Outputs outputs =
        Topology.define(
            env.fromSource(
                    new DataGeneratorSource<>(
                        records,
                        count,
                        RateLimiterStrategy.perCheckpoint(RECORDS_PER_CHECKPOINT),
                        TypeInformation.of(RawRecord.class)),
                    WatermarkStrategy.noWatermarks(),
                    "records")
                .setParallelism(readers),
            new JobPlan("ratings", spec, topKShards, partitions));

    CloseableIterator<ItemEmbedding> embeddings = outputs.itemEmbeddings().collectAsync();
    CloseableIterator<Recommendation> recommendations = outputs.recommendations().collectAsync();
    CloseableIterator<TrainingProgress> progress = outputs.trainingProgress().collectAsync();
    CloseableIterator<DeadLetter> deadLetters = outputs.deadLetters().collectAsync();
    StreamGraph graph = env.getStreamGraph();
    failure.ifPresent(once -> once.into(node(graph, once.operator())));
    JobClient client = env.executeAsync(graph);
    return new Run(
        client.getJobID(), all(embeddings), all(recommendations), all(progress), all(deadLetters));
  }

  /** An operator by its name; sinks by the streams' names, in the order in which they are wired. */
  private static StreamNode node(StreamGraph graph, String name) {
    List<StreamNode> sinks =
        graph.getSinkIDs().stream()
            .map(graph::getStreamNode)
            .sorted(Comparator.comparingInt(StreamNode::getId))
            .toList();
    assertThat(sinks).hasSize(4);
    return switch (name) {
      case "item-embeddings" -> sinks.get(0);
      case "recommendations" -> sinks.get(1);
      case "training-progress" -> sinks.get(2);
      case "dead-letters" -> sinks.get(3);
      default ->
          graph.getStreamNodes().stream()
              .filter(node -> name.equals(node.getTransformationUID()))
              .findAny()
              .orElseThrow();
    };
  }

  private static <T> List<T> all(CloseableIterator<T> stream) throws Exception {
    List<T> all = new ArrayList<>();
    try (stream) {
      stream.forEachRemaining(all::add);
    }
    return all;
  }
}
