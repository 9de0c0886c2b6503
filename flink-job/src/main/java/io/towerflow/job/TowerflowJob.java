package io.towerflow.job;

import io.towerflow.connectors.kafka.Delivery;
import io.towerflow.connectors.kafka.KafkaEnds;
import io.towerflow.connectors.kafka.KafkaSettings;
import io.towerflow.connectors.kafka.TopicAdmin;
import io.towerflow.connectors.kafka.TopicShape;
import io.towerflow.message.ItemEmbedding;
import io.towerflow.spec.EventOrder;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.client.program.ProgramParametrizationException;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.streaming.api.datastream.DataStreamSink;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

/** The job on Kafka: the same class on a cluster and in the process of the launcher. */
@Command(
    name = "towerflow-job",
    mixinStandardHelpOptions = true,
    description = "Learns from a topic of events, and recommends while it learns.")
public final class TowerflowJob {

  /** How a process ends that was given options that can't work. */
  public static final int BAD_OPTIONS = 2;

  @Mixin private JobOptions options;

  private TowerflowJob() {}

  /** Runs the job in the environment that it finds itself in. */
  public static void main(String[] arguments) throws Exception {
    TowerflowJob job = new TowerflowJob();
    CommandLine command = new CommandLine(job);
    StreamExecutionEnvironment env;
    try {
      if (CommandLine.printHelpIfRequested(command.parseArgs(arguments))) {
        return;
      }
      job.options.check();
      env = StreamExecutionEnvironment.getExecutionEnvironment();
      build(env, job.options);
      checkBrokers(job.options);
    } catch (ParameterException e) {
      refuse(command, OptionTypes.message(e));
      return;
    } catch (BadOptionsException e) {
      refuse(command, e.getMessage());
      return;
    }
    createTopics(job.options);
    env.execute("towerflow " + job.options.plan().spec().name());
  }

  /**
   * Defines the job: the topology with its ends on Kafka.
   *
   * @param options checked options
   * @throws BadOptionsException if nobody says where checkpoints are kept, or if Kafka's
   *     transactions would end before them
   * @throws IllegalStateException if the spec merges partitions by time and the brokers, who know
   *     how many there are, can't be reached
   */
  public static void build(StreamExecutionEnvironment env, JobOptions options) {
    env.configure(
        FlinkSettings.of(
            env.getConfiguration(), options.checkpointInterval(), options.checkpointDir()));
    options.parallelism().ifPresent(env::setParallelism);
    if (options.delivery() == Delivery.EXACTLY_ONCE) {
      OptionRules rules = new OptionRules();
      rules.transactionsOutliveCheckpoints(
          options.kafka(),
          options.checkpointInterval(),
          env.getConfiguration().get(CheckpointingOptions.CHECKPOINTING_TIMEOUT));
      rules.throwIfBroken();
    }

    KafkaSettings kafka = options.kafka();
    Delivery delivery = options.delivery();
    String prefix = options.transactionalIdPrefix();
    var records =
        env.fromSource(
                KafkaEnds.source(
                    kafka, options.ratings(), options.group(), options.start(), options.stop()),
                WatermarkStrategy.noWatermarks(),
                "ratings")
            .uid("ratings");

    Outputs outputs = Topology.define(records, plan(options));

    // Versions of one item's vector must not overtake each other on the way to a compacted topic.
    pinned(
        "item-embeddings",
        outputs
            .itemEmbeddings()
            .keyBy(ItemEmbedding::id, Types.STRING)
            .sinkTo(KafkaEnds.itemEmbeddings(kafka, options.itemEmbeddings(), delivery, prefix)));
    pinned(
        "recommendations",
        outputs
            .recommendations()
            .sinkTo(KafkaEnds.recommendations(kafka, options.recommendations(), delivery, prefix)));
    // Not in one thread with the trainer, which has better things to do than to wait for brokers.
    pinned(
            "training-progress",
            outputs
                .trainingProgress()
                .sinkTo(
                    KafkaEnds.trainingProgress(
                        kafka, options.trainingProgress(), delivery, prefix)))
        .setParallelism(1)
        .disableChaining();
    pinned(
        "dead-letters",
        outputs
            .deadLetters()
            .sinkTo(KafkaEnds.deadLetters(kafka, options.deadLetters(), delivery, prefix)));
  }

  private static JobPlan plan(JobOptions options) {
    JobPlan plan = options.plan();
    if (plan.spec().order() != EventOrder.TIME) {
      return plan;
    }
    // A topic that isn't there yet is created with one partition.
    return plan.withPartitions(TopicAdmin.partitions(options.kafka(), options.ratings()).orElse(1));
  }

  /**
   * Asks the brokers whether they allow what the options need of them.
   *
   * @throws BadOptionsException if they don't
   * @throws IllegalStateException if the brokers can't be reached, or refuse
   */
  public static void checkBrokers(JobOptions options) {
    if (options.delivery() == Delivery.EXACTLY_ONCE) {
      OptionRules rules = new OptionRules();
      TopicAdmin.longestTransaction(options.kafka())
          .ifPresent(longest -> rules.brokersAllowTransactions(options.kafka(), longest));
      rules.throwIfBroken();
    }
  }

  /**
   * Creates the topics that don't exist, if the options say so.
   *
   * @throws IllegalStateException if the brokers can't be reached, or refuse
   */
  public static void createTopics(JobOptions options) {
    if (options.createTopics()) {
      TopicAdmin.ensureTopics(
          options.kafka(),
          Map.of(
              options.ratings(), TopicShape.plain(1),
              options.itemEmbeddings(), TopicShape.compacted(1),
              options.recommendations(), TopicShape.plain(1),
              options.trainingProgress(), TopicShape.plain(1),
              options.deadLetters(), TopicShape.plain(1)));
    }
  }

  private static <T> DataStreamSink<T> pinned(String topic, DataStreamSink<T> sink) {
    String id = topic + "-sink";
    return sink.uid(id).name(id).setMaxParallelism(ShardKeys.MAX_PARALLELISM);
  }

  /**
   * Ends with one message and no stack trace. A cluster that runs this class in one of its own
   * processes must not be ended, so it gets Flink's exception for the purpose instead.
   */
  private static void refuse(CommandLine command, String message) {
    if (isInsideCluster()) {
      throw new ProgramParametrizationException(message);
    }
    command.getErr().println(message);
    command.getErr().flush();
    System.exit(BAD_OPTIONS);
  }

  private static boolean isInsideCluster() {
    List<String> callers =
        StackWalker.getInstance()
            .walk(frames -> frames.map(StackWalker.StackFrame::getClassName).toList());
    return callers.contains("org.apache.flink.client.program.PackagedProgram")
        && !callers.contains("org.apache.flink.client.cli.CliFrontend");
  }
}
