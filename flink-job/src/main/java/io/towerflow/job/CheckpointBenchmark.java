package io.towerflow.job;

import io.towerflow.job.CheckpointCosts.Cost;
import io.towerflow.learn.Example;
import io.towerflow.learn.PendingQuery;
import io.towerflow.learn.RowLog;
import io.towerflow.learn.RowsLearner;
import io.towerflow.learn.StateStore;
import io.towerflow.message.Attributes;
import io.towerflow.message.RawRecord;
import io.towerflow.profile.IndexSpace;
import io.towerflow.profile.UserProfile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.StreamSupport;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.runtime.checkpoint.CheckpointStatsSnapshot;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStats;
import org.apache.flink.runtime.checkpoint.TaskStateStats;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * Measures what checkpoints of a table cost as it grows while the rows touched in between stay as
 * many. The trainer, its state, the row table and Flink's settings are the job's own, on a cluster
 * in this process with its checkpoints on the local disk; only the learner is a {@link
 * RowsLearner}, which has a table and learns nothing.
 *
 * <p>The table is filled by a stream and checkpointed, and RocksDB is given the time to put its
 * files in order, which is the fill's cost and not that of what comes. Then, again and again, rows
 * are touched and the table is checkpointed once the trainer has done so and the disk has had a
 * pause, as it has between a job's checkpoints. In the end a new job restores the last checkpoint.
 */
public final class CheckpointBenchmark {

  /** No checkpoint but those that are asked for. */
  private static final Duration NEVER = Duration.ofDays(365);

  /** RocksDB is at rest when so many checkpoints in a row find nothing that it has merged. */
  private static final int SETTLED = 3;

  /** More than what a checkpoint uploads where no row was touched, less than a file of rows. */
  private static final long NOTHING_BYTES = 1 << 20;

  private static final String TRAINER = "trainer";

  private static final Example EXAMPLE =
      new Example(
          "user",
          UserProfile.fresh(IndexSpace.SHARDS),
          false,
          "item",
          IndexSpace.SHARDS,
          false,
          null,
          null,
          Attributes.NONE,
          0,
          Double.NaN,
          1,
          true,
          RawRecord.at("examples", 0, 0));

  /**
   * What is measured.
   *
   * @param rows rows of the table
   * @param dirtyRows rows touched before each checkpoint, at most {@code rows}
   * @param checkpoints how many, after the first and what RocksDB makes of it
   * @param width weights of a row, which has as many slots
   * @param pause time before each checkpoint, for RocksDB to compact what was written
   * @param flink of Flink's configuration, instead of what the job would set
   */
  public record Plan(
      int rows,
      int dirtyRows,
      int checkpoints,
      int width,
      long seed,
      Duration pause,
      Map<String, String> flink) {}

  private final Plan plan;
  private final BenchmarkCluster cluster;

  private CheckpointBenchmark(Plan plan, BenchmarkCluster cluster) {
    this.plan = plan;
    this.cluster = cluster;
  }

  /**
   * Measures one size of table.
   *
   * @param directory for checkpoints and RocksDB's files
   * @return empty if it was stopped
   * @throws IllegalStateException if the job fails
   */
  public static Optional<CheckpointCosts> run(Plan plan, Path directory, BenchmarkWatcher watcher)
      throws Exception {
    return BenchmarkCluster.run(
        plan.flink,
        directory,
        watcher,
        cluster -> new CheckpointBenchmark(plan, cluster).measure());
  }

  private CheckpointCosts measure() throws Exception {
    Filled filled = fillAndTouch();
    // The table of the first job is garbage by now, and large.
    String name = cluster.name("restored");
    BenchmarkProbe probe = BenchmarkProbe.ALL.open(name, new BenchmarkProbe());
    try {
      Run run = submit(name, probe, Optional.of(filled.path));
      await(run, "restoring rows", () -> Math.max(0, probe.rowsRestored()), plan.rows);
      cluster.cancel(run.id);
    } finally {
      BenchmarkProbe.ALL.close(name);
    }
    return new CheckpointCosts(
        plan.rows,
        plan.dirtyRows,
        rowBytes(),
        filled.costs.get(0),
        filled.costs.subList(1, filled.costs.size()),
        filled.longestEarlyWrite / 1e6,
        filled.tableBytes,
        probe.rowsRestored(),
        probe.restoreTook() / 1e6);
  }

  /**
   * What the first job leaves.
   *
   * @param path of the last checkpoint
   */
  private record Filled(List<Cost> costs, String path, long longestEarlyWrite, long tableBytes) {}

  private Filled fillAndTouch() throws Exception {
    String name = cluster.name("filled");
    BenchmarkProbe probe = BenchmarkProbe.ALL.open(name, new BenchmarkProbe());
    try {
      Run run = submit(name, probe, Optional.empty());
      List<Cost> costs = new ArrayList<>();
      probe.allow(plan.rows);
      await(run, "filling the table", probe::touched, plan.rows);
      String path = run.checkpoint(costs);
      long longestEarlyWrite = probe.longestEarlyWrite();
      settle(run);
      for (int i = 1; i <= plan.checkpoints; i++) {
        probe.allow(plan.dirtyRows);
        long touched = plan.rows + (long) i * plan.dirtyRows;
        cluster.until(run.id, () -> probe.touched() >= touched);
        cluster.watcher().progress("checkpoints", i, plan.checkpoints);
        path = run.checkpoint(costs);
      }
      cluster.cancel(run.id);
      return new Filled(costs, path, longestEarlyWrite, probe.bytes());
    } finally {
      BenchmarkProbe.ALL.close(name);
    }
  }

  private void settle(Run run) throws Exception {
    List<Cost> costs = new ArrayList<>();
    int quiet = 0;
    while (quiet < SETTLED) {
      run.checkpoint(costs);
      long uploaded = costs.get(costs.size() - 1).uploadedBytes();
      quiet = uploaded < NOTHING_BYTES ? quiet + 1 : 0;
      cluster.watcher().progress("letting RocksDB settle", quiet, SETTLED);
    }
  }

  private int rowBytes() {
    return 2 * plan.width * Float.BYTES + Integer.BYTES;
  }

  private Run submit(String name, BenchmarkProbe probe, Optional<String> checkpoint)
      throws Exception {
    JobGraph graph = graph(name);
    checkpoint.ifPresent(
        path -> graph.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(path)));
    return new Run(graph, cluster.submit(graph), probe);
  }

  private JobGraph graph(String name) {
    StreamExecutionEnvironment env = cluster.environment(NEVER);
    // Numbers travel with the job graph, a plan can't.
    int rows = plan.rows;
    int dirtyRows = plan.dirtyRows;
    int width = plan.width;
    long seed = plan.seed;
    RateLimiterStrategy<?> gate = parallelism -> BenchmarkProbe.gate(name);
    env.fromSource(
            new DataGeneratorSource<>(
                number -> new SequencedExample(number + 1, false, EXAMPLE, null),
                Long.MAX_VALUE,
                gate,
                TypeInformation.of(SequencedExample.class)),
            WatermarkStrategy.noWatermarks(),
            "examples")
        .uid("examples")
        .keyBy(example -> LearnerState.MODEL_KEY, Types.INT)
        .transform(
            TRAINER,
            TypeInformation.of(SearchInput.class),
            new TrainerOperator(
                () -> new ProbedLearner(rows, dirtyRows, width, seed, name), NEVER, 1))
        .uid(TRAINER)
        .setMaxParallelism(ShardKeys.MAX_PARALLELISM)
        .sinkTo(new DiscardingSink<>())
        .uid("nowhere");
    return env.getStreamGraph().getJobGraph();
  }

  private void await(Run run, String what, LongSupplier done, long all) throws Exception {
    cluster.until(
        run.id,
        () -> {
          cluster.watcher().progress(what, done.getAsLong(), all);
          return done.getAsLong() >= all;
        });
  }

  /** A job that runs. */
  private final class Run {
    private final JobGraph graph;
    private final JobID id;
    private final BenchmarkProbe probe;

    Run(JobGraph graph, JobID id, BenchmarkProbe probe) {
      this.graph = graph;
      this.id = id;
      this.probe = probe;
    }

    /**
     * Takes a checkpoint, after a pause.
     *
     * @param costs takes what it cost
     * @return its path
     */
    String checkpoint(List<Cost> costs) throws Exception {
      cluster.pause(plan.pause);
      String path = cluster.result(cluster.miniCluster().triggerCheckpoint(id));
      CompletedCheckpointStats stats = latest();
      // It is known to be complete a moment before the statistics know it.
      while (stats == null || !path.equals(stats.getExternalPath())) {
        cluster.pause();
        stats = latest();
      }
      TaskStateStats trainer = stats.getTaskStateStats(trainer().getID());
      costs.add(
          new Cost(
              trainer.getCheckpointedSize(),
              trainer.getStateSize(),
              stats.getEndToEndDuration(),
              trainer.getSubtaskStats()[0].getSyncCheckpointDuration(),
              probe.lastWrite() / 1e6));
      return path;
    }

    private CompletedCheckpointStats latest() throws Exception {
      CheckpointStatsSnapshot checkpoints =
          cluster.result(cluster.miniCluster().getExecutionGraph(id)).getCheckpointStatsSnapshot();
      return checkpoints.getHistory().getLatestCompletedCheckpoint();
    }

    private JobVertex trainer() {
      return StreamSupport.stream(graph.getVertices().spliterator(), false)
          .filter(vertex -> vertex.getName().contains(TRAINER))
          .findFirst()
          .orElseThrow();
    }
  }

  /** Tells the probe what it does and how long that takes. */
  private static final class ProbedLearner extends RowsLearner {
    private final BenchmarkProbe probe;
    private boolean writing;
    private long writingSince;

    ProbedLearner(int rows, int rowsOfRound, int width, long seed, String name) {
      super(rows, rowsOfRound, width, seed);
      probe = BenchmarkProbe.ALL.named(name);
    }

    @Override
    public void learn(Example example, Listener listener) {
      // An early write ends with the next example, that of a checkpoint before it is asked for
      // what is untrained.
      written(true);
      super.learn(example, listener);
      probe.touched(step());
    }

    @Override
    public List<Example> untrained() {
      written(false);
      return super.untrained();
    }

    @Override
    public void snapshot(StateStore.Writer writer) throws Exception {
      writing = true;
      writingSince = System.nanoTime();
      super.snapshot(writer);
      probe.bytes(bytes() + ((RowLog) writer).bytes());
    }

    private void written(boolean early) {
      if (writing) {
        writing = false;
        probe.wrote(System.nanoTime() - writingSince, early);
      }
    }

    @Override
    public void restore(
        StateStore.Reader reader, List<Example> untrained, List<PendingQuery> pendingQueries)
        throws Exception {
      long start = System.nanoTime();
      super.restore(reader, untrained, pendingQueries);
      probe.restored(size(), System.nanoTime() - start);
    }
  }
}
