package io.towerflow.job;

import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.message.Event;
import io.towerflow.spec.EventOrder;
import io.towerflow.spec.ModelSpecs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * Measures what it costs to merge partitions by time. Records are decoded and put in order by the
 * job's own operators, with its state, Flink's settings and checkpoints, on a cluster in this
 * process; nothing comes after that. The same records are taken by arrival and by time, in turns,
 * so that whatever else the machine does befalls both.
 */
public final class OrderBenchmark {

  static final String TOPIC = "ratings";

  private static final String PRESET = "online";

  /**
   * What is measured.
   *
   * @param partitions partitions of the topic
   * @param events records of each round, at least {@code block} a partition
   * @param rounds rounds of each order, after one that doesn't count, for the JVM to warm up
   * @param block records that are read of one partition before the next one's turn
   * @param flink of Flink's configuration, instead of what the job would set
   */
  public record Plan(
      int partitions,
      long events,
      int rounds,
      int block,
      long seed,
      Duration checkpointInterval,
      Map<String, String> flink) {}

  private final Plan plan;
  private final BenchmarkCluster cluster;

  private OrderBenchmark(Plan plan, BenchmarkCluster cluster) {
    this.plan = plan;
    this.cluster = cluster;
  }

  /**
   * Measures one number of partitions.
   *
   * @param directory for checkpoints and RocksDB's files
   * @return empty if it was stopped
   * @throws IllegalStateException if a job fails, or if not every event comes through it once
   */
  public static Optional<OrderCosts> run(Plan plan, Path directory, BenchmarkWatcher watcher)
      throws Exception {
    return BenchmarkCluster.run(
        plan.flink, 1, directory, watcher, cluster -> new OrderBenchmark(plan, cluster).measure());
  }

  private OrderCosts measure() throws Exception {
    Map<EventOrder, List<OrderCosts.Round>> rounds = new EnumMap<>(EventOrder.class);
    int all = (1 + plan.rounds) * EventOrder.values().length;
    int done = 0;
    for (int i = 0; i <= plan.rounds; i++) {
      for (EventOrder order : EventOrder.values()) {
        cluster.watcher().progress("rounds", done++, all);
        OrderCosts.Round round = round(order, cluster.name(order + " " + i));
        List<OrderCosts.Round> ofOrder = rounds.computeIfAbsent(order, each -> new ArrayList<>());
        if (i > 0) {
          ofOrder.add(round);
        }
      }
    }
    return new OrderCosts(
        plan.partitions, rounds.get(EventOrder.ARRIVAL), rounds.get(EventOrder.TIME));
  }

  private OrderCosts.Round round(EventOrder order, String name) throws Exception {
    OrderProbe probe = OrderProbe.ALL.open(name, new OrderProbe(plan.events));
    try {
      JobID job = cluster.submit(graph(order, name));
      cluster.finish(job);
      return probe.round(
          cluster
              .result(cluster.miniCluster().getExecutionGraph(job))
              .getCheckpointStatsSnapshot()
              .getCounts()
              .getNumberOfCompletedCheckpoints());
    } finally {
      OrderProbe.ALL.close(name);
    }
  }

  private JobGraph graph(EventOrder order, String name) {
    String spec =
        "order: %s\n%s".formatted(order.name().toLowerCase(Locale.ROOT), ModelSpecs.text(PRESET));
    StreamExecutionEnvironment env = cluster.environment(plan.checkpointInterval);
    DataStream<Event> events =
        env.fromSequence(0, plan.events - 1)
            .uid("numbers")
            .map(new PolledRatings(plan.partitions, plan.block, plan.seed))
            .uid("records")
            .process(new Decode(spec), TypeInformation.of(Event.class))
            .uid("decode")
            .keyBy(event -> SequenceOperator.KEY, Types.INT)
            .map(new OrderProbe.Before(name))
            .uid("before");
    // As after the exchange, so that the probe is in the merge's thread.
    DataStreamUtils.reinterpretAsKeyedStream(events, event -> SequenceOperator.KEY, Types.INT)
        .transform(
            "sequence",
            TypeInformation.of(SequencedEvent.class),
            new SequenceOperator(new JobPlan(spec, 1, plan.partitions, Arithmetic.AUTO)))
        .uid("sequence")
        .map(new OrderProbe.After(name))
        .uid("after")
        .sinkTo(new DiscardingSink<>())
        .uid("nowhere");
    return env.getStreamGraph().getJobGraph();
  }
}
