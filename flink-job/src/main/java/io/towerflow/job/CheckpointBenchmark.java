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
import java.util.Locale;
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
 * <p>There is a job for each size, on a task manager of its own. Its table is filled by a stream
 * and checkpointed, and RocksDB is given the time to put its files in order, which is the fill's
 * cost and not that of what comes. Then, in rounds, rows of each table in turn are touched and the
 * table is checkpointed once the trainer has done so and the disk has had a pause, as it has
 * between a job's checkpoints: a disk is not as fast in one minute as in the next, and so all sizes
 * see the same minutes. In the end new jobs restore the last checkpoints, one after the other.
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
   * @param rows rows of each table
   * @param dirtyRows rows touched before each checkpoint, at most as many as a table has
   * @param checkpoints how many of each table, after the first and what RocksDB makes of it
   * @param width weights of a row, which has as many slots
   * @param pause time before each checkpoint, for RocksDB to compact what was written
   * @param flink of Flink's configuration, instead of what the job would set
   */
  public record Plan(
      List<Integer> rows,
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
   * Measures.
   *
   * @param directory for checkpoints and RocksDB's files
   * @return the costs of each size, in the plan's order; empty if it was stopped
   * @throws IllegalStateException if a job fails
   */
  public static Optional<List<CheckpointCosts>> run(
      Plan plan, Path directory, BenchmarkWatcher watcher) throws Exception {
    return BenchmarkCluster.run(
        plan.flink,
        plan.rows.size(),
        directory,
        watcher,
        cluster -> new CheckpointBenchmark(plan, cluster).measure());
  }

  private List<CheckpointCosts> measure() throws Exception {
    List<Table> tables = new ArrayList<>();
    try {
      for (int i = 0; i < plan.rows.size(); i++) {
        tables.add(new Table("filled " + i, plan.rows.get(i), Optional.empty()));
        tables.get(i).fill();
      }
      for (int round = 1; round <= plan.checkpoints; round++) {
        cluster.watcher().progress("checkpoints", round, plan.checkpoints);
        for (Table table : tables) {
          table.touch();
          table.checkpoint();
        }
      }
      for (Table table : tables) {
        // It is garbage from now on, and large: a heap has no room for it and what is restored.
        table.end();
      }
      List<CheckpointCosts> costs = new ArrayList<>();
      for (int i = 0; i < tables.size(); i++) {
        costs.add(restored("restored " + i, tables.get(i)));
      }
      return costs;
    } finally {
      tables.forEach(Table::forget);
    }
  }

  private CheckpointCosts restored(String name, Table filled) throws Exception {
    Table table = new Table(name, filled.rows, Optional.of(filled.path));
    BenchmarkProbe probe = table.probe;
    try {
      await(
          table.id,
          String.format(Locale.ROOT, "restoring %,d rows", table.rows),
          () -> Math.max(0, probe.rowsRestored()),
          table.rows);
      table.end();
    } finally {
      table.forget();
    }
    return new CheckpointCosts(
        filled.rows,
        plan.dirtyRows,
        rowBytes(),
        filled.costs.get(0),
        filled.costs.subList(1, filled.costs.size()),
        filled.longestEarlyWrite / 1e6,
        filled.probe.bytes(),
        probe.rowsRestored(),
        probe.restoreTook() / 1e6);
  }

  private int rowBytes() {
    return 2 * plan.width * Float.BYTES + Integer.BYTES;
  }

  private JobGraph graph(String name, int rows) {
    StreamExecutionEnvironment env = cluster.environment(NEVER);
    // Numbers travel with the job graph, a plan can't.
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

  private void await(JobID job, String what, LongSupplier done, long all) throws Exception {
    cluster.until(
        job,
        () -> {
          cluster.watcher().progress(what, done.getAsLong(), all);
          return done.getAsLong() >= all;
        });
  }

  /** A table of one size, and the job that has it. */
  private final class Table {
    private final String name;
    private final int rows;
    private final BenchmarkProbe probe;
    private final JobGraph graph;
    private final JobID id;

    /** Of the first checkpoint, and of those after the table was touched. */
    private final List<Cost> costs = new ArrayList<>();

    private long longestEarlyWrite;
    private long touched;

    /** Of the last checkpoint. */
    private String path;

    /**
     * Starts the job.
     *
     * @param checkpoint what it begins with
     */
    Table(String name, int rows, Optional<String> checkpoint) throws Exception {
      this.name = cluster.name(name);
      this.rows = rows;
      probe = BenchmarkProbe.ALL.open(this.name, new BenchmarkProbe());
      graph = graph(this.name, rows);
      checkpoint.ifPresent(
          path -> graph.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(path)));
      id = cluster.submit(graph);
    }

    void fill() throws Exception {
      probe.allow(rows);
      await(id, String.format(Locale.ROOT, "filling %,d rows", rows), probe::touched, rows);
      touched = rows;
      checkpoint();
      longestEarlyWrite = probe.longestEarlyWrite();
      settle();
    }

    private void settle() throws Exception {
      int quiet = 0;
      while (quiet < SETTLED) {
        quiet = taken().uploadedBytes() < NOTHING_BYTES ? quiet + 1 : 0;
        cluster.watcher().progress("letting RocksDB settle", quiet, SETTLED);
      }
    }

    void touch() throws Exception {
      probe.allow(plan.dirtyRows);
      touched += plan.dirtyRows;
      cluster.until(id, () -> probe.touched() >= touched);
    }

    void checkpoint() throws Exception {
      costs.add(taken());
    }

    /** Takes a checkpoint, after a pause: what it cost. */
    private Cost taken() throws Exception {
      cluster.pause(plan.pause);
      path = cluster.result(cluster.miniCluster().triggerCheckpoint(id));
      CompletedCheckpointStats stats = latest();
      // It is known to be complete a moment before the statistics know it.
      while (stats == null || !path.equals(stats.getExternalPath())) {
        cluster.pause();
        stats = latest();
      }
      TaskStateStats trainer = stats.getTaskStateStats(trainer().getID());
      return new Cost(
          trainer.getCheckpointedSize(),
          trainer.getStateSize(),
          stats.getEndToEndDuration(),
          trainer.getSubtaskStats()[0].getSyncCheckpointDuration(),
          probe.lastWrite() / 1e6);
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

    /** Ends the job; its checkpoints stay. */
    void end() throws Exception {
      cluster.cancel(id);
    }

    void forget() {
      BenchmarkProbe.ALL.close(name);
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
