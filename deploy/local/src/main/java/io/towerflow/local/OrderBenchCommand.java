package io.towerflow.local;

import io.towerflow.job.OrderBenchmark;
import io.towerflow.job.OrderCosts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What it costs to learn events by time and not as they arrive. */
@Command(
    name = "order",
    description = {
      "Measures what it costs to take the events of several partitions by time ('order: time' in"
          + " the spec), beside taking them as they arrive.",
      "The job's own operators decode JSON ratings and put them in order, on a cluster in this"
          + " process, with RocksDB and checkpoints: what waits for other partitions is in the"
          + " state. The same records are taken by arrival, then by time, and so on in turns, after"
          + " a round of each that doesn't count. They come as to a consumer that is behind: a"
          + " block of one partition, then one of the next; time rises within a partition and"
          + " mingles between them. A round is timed from the first event that comes to be put in"
          + " order to the last that leaves; if not every event leaves once, the benchmark fails.",
      "Not measured: Kafka, and whatever comes after the order. A job that learns is slower than"
          + " either figure by what its model takes, so that the order weighs less. Two threads"
          + " work, one that reads and decodes and one that puts in order; the figure is that of"
          + " the slower one."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Launcher.Version.class)
final class OrderBenchCommand implements Callable<Integer> {

  /** Flink takes no shorter one. */
  private static final double SHORTEST_INTERVAL_SECONDS = 0.01;

  private final Session session;

  @Option(
      names = "--partitions",
      paramLabel = "N,N,...",
      split = ",",
      defaultValue = "1,4,16",
      description =
          "Partitions of the topic: the numbers to measure; can be repeated."
              + " Default: ${DEFAULT-VALUE}")
  private List<Integer> partitions = new ArrayList<>();

  @Option(
      names = "--events",
      paramLabel = "N",
      defaultValue = "1000000",
      description = "Events of a round. Default: ${DEFAULT-VALUE}")
  private long events;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "Rounds by arrival, and as many by time. Default: ${DEFAULT-VALUE}")
  private int rounds;

  @Option(
      names = "--block",
      paramLabel = "N",
      defaultValue = "500",
      description =
          "Records that are read of one partition before the next one's turn; Kafka's consumers get"
              + " up to 500 at a time (max.poll.records). Default: ${DEFAULT-VALUE}")
  private int block;

  @Option(
      names = "--checkpoint-interval",
      paramLabel = "SECONDS",
      defaultValue = "2",
      description = "The time between checkpoints. Default: ${DEFAULT-VALUE}")
  private double checkpointInterval;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Other events. Default: ${DEFAULT-VALUE}")
  private long seed;

  @Mixin private ClusterBenchOptions cluster;

  @Mixin private BenchOptions bench;

  @Mixin private ReportOptions report;

  OrderBenchCommand(Session session) {
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
            "Towerflow bench order: %,d events by arrival and by time, %d rounds of each, in blocks"
                + " of %,d",
            events,
            rounds,
            block));
    List<OrderCosts> costs = new ArrayList<>();
    for (int count : new TreeSet<>(partitions)) {
      Optional<OrderCosts> measured = measure(count);
      if (measured.isEmpty()) {
        return Launcher.FAILED;
      }
      costs.add(measured.get());
      output.say(OrderReport.line(measured.get()));
    }
    bench.tell(output, new OrderReport(Machine.description(), block, costs), report.directory());
    return Launcher.DONE;
  }

  private Optional<OrderCosts> measure(int count) throws Exception {
    OrderBenchmark.Plan plan =
        new OrderBenchmark.Plan(
            count,
            events,
            rounds,
            block,
            seed,
            Duration.ofMillis((long) (1000 * checkpointInterval)),
            cluster.flink());
    return cluster.measure(
        session,
        OrderReport.partitions(count),
        (directory, watcher) -> OrderBenchmark.run(plan, directory, watcher));
  }

  private void check() {
    bench.requirePositive("--rounds", rounds);
    bench.requirePositive("--block", block);
    partitions.forEach(count -> bench.requirePositive("--partitions", count));
    int most = Collections.max(partitions);
    if (events < (long) block * most) {
      throw bench.wrong(
          "--events: must be %d or more, a block of %d for each of %s, is %d"
              .formatted((long) block * most, block, OrderReport.partitions(most), events));
    }
    if (!(checkpointInterval >= SHORTEST_INTERVAL_SECONDS)) {
      throw bench.wrong(
          "--checkpoint-interval: must be %s or more, is %s"
              .formatted(SHORTEST_INTERVAL_SECONDS, checkpointInterval));
    }
  }
}
