package io.towerflow.local;

import io.towerflow.job.CheckpointBenchmark;
import io.towerflow.job.CheckpointCosts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether checkpoints cost what changed, however large the table. */
@Command(
    name = "checkpoints",
    description = {
      "Measures bytes and time of checkpoints against the size of the table that the trainer"
          + " keeps.",
      "For each size the job's trainer fills a table on a cluster in this process; then, in rounds,"
          + " the same number of random rows of each table is touched before its checkpoint, so"
          + " that all sizes meet the same disk. In the end new jobs restore the last ones. Rows"
          + " are updated without a model, since ten million rows would take long to train.",
      "Tells whether bounds are met; a bound that is missed is no failure. Ten million rows take a"
          + " heap of 6 GB (TOWERFLOW_JAVA_OPTS=-Xmx6g) and 15 GB of disk."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Launcher.Version.class)
final class CheckpointsBenchCommand implements Callable<Integer> {

  /** A row costs about so much more heap than weights and slots, with the bytes of a restore. */
  private static final double HEAP_FACTOR = 1.5;

  private static final long HEAP_OF_A_TASK_MANAGER = 300L << 20;

  private final Session session;

  @Option(
      names = "--rows",
      paramLabel = "N,N,...",
      split = ",",
      defaultValue = "100000,1000000",
      description = "Rows of the table: the sizes to measure. Default: ${DEFAULT-VALUE}")
  private List<Integer> rows = new ArrayList<>();

  @Option(
      names = "--dirty",
      paramLabel = "N",
      defaultValue = "20000",
      description = "Distinct rows touched before each checkpoint. Default: ${DEFAULT-VALUE}")
  private int dirty;

  @Option(
      names = "--checkpoints",
      paramLabel = "N",
      defaultValue = "50",
      description =
          "Checkpoints of each size, after the first of the whole table. Default: ${DEFAULT-VALUE}")
  private int checkpoints;

  @Option(
      names = "--width",
      paramLabel = "N",
      defaultValue = "32",
      description = "Weights of a row, which has as many slots. Default: ${DEFAULT-VALUE}")
  private int width;

  @Option(
      names = "--pause",
      paramLabel = "SECONDS",
      defaultValue = "1",
      description =
          "Before each checkpoint, for RocksDB to compact what was written."
              + " Default: ${DEFAULT-VALUE}")
  private double pause;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Other rows. Default: ${DEFAULT-VALUE}")
  private long seed;

  @Mixin private ClusterBenchOptions cluster;

  @Mixin private BenchOptions bench;

  @Mixin private ReportOptions report;

  CheckpointsBenchCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    // What is wrong with the options is said before anything is started.
    check();
    report.check();
    Output output = session.output();
    output.say(
        String.format(
            Locale.ROOT,
            "Towerflow bench checkpoints: %,d rows touched before each of %d checkpoints, rows of"
                + " %d weights and %d slots",
            dirty,
            checkpoints,
            width,
            width));
    Optional<List<CheckpointCosts>> measured = measure();
    if (measured.isEmpty()) {
      return Launcher.FAILED;
    }
    List<CheckpointCosts> costs = measured.get();
    costs.forEach(cost -> output.say(CheckpointsReport.line(cost)));
    CheckpointsReport told = new CheckpointsReport(Machine.description(), width, costs);
    output.say("");
    told.verdicts().forEach(verdict -> output.say(verdict.line()));
    bench.tell(output, told, report.directory());
    return Launcher.DONE;
  }

  private Optional<List<CheckpointCosts>> measure() throws Exception {
    CheckpointBenchmark.Plan plan =
        new CheckpointBenchmark.Plan(
            rows,
            dirty,
            checkpoints,
            width,
            seed,
            Duration.ofMillis((long) (1000 * pause)),
            cluster.flink());
    return cluster.measure(
        session,
        "bench",
        (directory, watcher) -> CheckpointBenchmark.run(plan, directory, watcher));
  }

  private void check() {
    bench.requirePositive("--dirty", dirty);
    bench.requirePositive("--checkpoints", checkpoints);
    bench.requirePositive("--width", width);
    if (!(pause >= 0)) {
      throw bench.wrong("--pause: must be 0 or more, is " + pause);
    }
    long all = 0;
    for (int size : rows) {
      if (size < dirty) {
        throw bench.wrong("--rows: must be --dirty (%d) or more, is %d".formatted(dirty, size));
      }
      all += size;
    }
    long cluster = rows.size() * HEAP_OF_A_TASK_MANAGER;
    long heap = cluster + (long) (HEAP_FACTOR * 2 * Float.BYTES * width * all);
    if (heap > Runtime.getRuntime().maxMemory()) {
      throw bench.wrong(
          "--rows: %d in all take a heap of %d MB, and there are %d: set TOWERFLOW_JAVA_OPTS=-Xmx%dm"
              .formatted(
                  all, heap >> 20, Runtime.getRuntime().maxMemory() >> 20, (heap >> 20) + 100));
    }
  }
}
