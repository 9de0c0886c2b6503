package io.towerflow.job;

import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.connectors.kafka.Delivery;
import io.towerflow.connectors.kafka.KafkaSettings;
import io.towerflow.connectors.kafka.StartAt;
import io.towerflow.connectors.kafka.StopAt;
import io.towerflow.spec.ModelSpecs;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * What can be said about a run of the job. A picocli mixin: whoever parses it calls {@link #check}
 * before anything else.
 */
public final class JobOptions {

  @Option(
      names = "--brokers",
      paramLabel = "HOST:PORT,...",
      defaultValue = "localhost:9092",
      description = "The Kafka brokers. Default: ${DEFAULT-VALUE}")
  private String brokers;

  @Option(
      names = "--kafka",
      paramLabel = "KEY=VALUE",
      description = "A property of Kafka's clients (SASL, TLS, timeouts, ...); can be repeated.")
  private Map<String, String> kafka = new LinkedHashMap<>();

  @Option(
      names = "--kafka-config",
      paramLabel = "FILE",
      description =
          "A properties file for Kafka's clients; --kafka goes before it. Passwords belong here.")
  private Path kafkaConfig;

  @Option(
      names = "--spec",
      paramLabel = "NAME|FILE",
      defaultValue = "online",
      description = "The model spec: a preset's name or a YAML file. Default: ${DEFAULT-VALUE}")
  private String spec;

  @Option(
      names = "--ratings",
      paramLabel = "TOPIC",
      defaultValue = "ratings",
      description = "The topic that events are read from. Default: ${DEFAULT-VALUE}")
  private String ratings;

  @Option(
      names = "--item-embeddings",
      paramLabel = "TOPIC",
      defaultValue = "item-embeddings",
      description = "The topic for items' vectors. Default: ${DEFAULT-VALUE}")
  private String itemEmbeddings;

  @Option(
      names = "--recommendations",
      paramLabel = "TOPIC",
      defaultValue = "recommendations",
      description = "The topic for users' lists. Default: ${DEFAULT-VALUE}")
  private String recommendations;

  @Option(
      names = "--training-progress",
      paramLabel = "TOPIC",
      defaultValue = "training-progress",
      description = "The topic for loss and accuracy. Default: ${DEFAULT-VALUE}")
  private String trainingProgress;

  @Option(
      names = "--dead-letters",
      paramLabel = "TOPIC",
      defaultValue = "dead-letters",
      description = "The topic for records that can't be used. Default: ${DEFAULT-VALUE}")
  private String deadLetters;

  @Option(
      names = "--create-topics",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description =
          "Whether to create topics that don't exist, with one partition each."
              + " Default: ${DEFAULT-VALUE}")
  private boolean createTopics;

  @Option(
      names = "--group",
      paramLabel = "NAME",
      defaultValue = "towerflow",
      description = "The consumer group that offsets are committed for. Default: ${DEFAULT-VALUE}")
  private String group;

  @Option(
      names = "--start",
      paramLabel = "WHERE",
      defaultValue = "earliest",
      converter = OptionTypes.Start.class,
      description =
          "Where to start without a checkpoint: earliest, latest or committed."
              + " Default: ${DEFAULT-VALUE}")
  private StartAt start;

  @Option(
      names = "--stop",
      paramLabel = "WHERE",
      defaultValue = "never",
      converter = OptionTypes.Stop.class,
      description =
          "Where to stop: never, at the end of the topic as it is at the start (end), or before an"
              + " offset in each partition (a number). Default: ${DEFAULT-VALUE}")
  private StopAt stop;

  @Option(
      names = "--delivery",
      paramLabel = "PROMISE",
      defaultValue = "exactly-once",
      converter = OptionTypes.Promise.class,
      description =
          "exactly-once: outputs are seen when a checkpoint completes. at-least-once: they are seen"
              + " at once, and again after a failure. Training is exactly-once either way."
              + " Default: ${DEFAULT-VALUE}")
  private Delivery delivery;

  @Option(
      names = "--transactional-id-prefix",
      paramLabel = "PREFIX",
      defaultValue = "towerflow",
      description =
          "Begins the ids of Kafka transactions: no two jobs on the same brokers may share it."
              + " Default: ${DEFAULT-VALUE}")
  private String transactionalIdPrefix;

  @Option(
      names = "--checkpoint-interval",
      paramLabel = "TIME",
      defaultValue = "5s",
      converter = OptionTypes.Time.class,
      description = "The time between checkpoints. Default: ${DEFAULT-VALUE}")
  private Duration checkpointInterval;

  @Option(
      names = "--checkpoint-dir",
      paramLabel = "URI",
      description =
          "Where checkpoints are kept, seen from the cluster. Default: the cluster's"
              + " execution.checkpointing.dir")
  private String checkpointDir;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      description =
          "Subtasks of the operators that may have several: all but the sequence and the trainer."
              + " Default: what the cluster or 'flink run -p' says")
  private Integer parallelism;

  @Option(
      names = "--top-k-shards",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Shards that the candidates are spread over for the search. One searches 100 000"
              + " candidates a few thousand times a second; more than that wants more, up to the"
              + " parallelism. Default: ${DEFAULT-VALUE}")
  private int topKShards;

  @Mixin private ArithmeticOptions arithmetic;

  private KafkaSettings kafkaSettings;
  private JobPlan plan;

  /**
   * Options from a command line, checked.
   *
   * @throws BadOptionsException if they can't work
   */
  public static JobOptions parse(String... arguments) {
    JobOptions options = new JobOptions();
    try {
      new CommandLine(CommandSpec.forAnnotatedObject(options)).parseArgs(arguments);
    } catch (ParameterException e) {
      throw new BadOptionsException(List.of(OptionTypes.message(e)));
    }
    options.check();
    return options;
  }

  /**
   * Looks at everything at once and reads the files that are named; touches no network.
   *
   * @throws BadOptionsException if the options can't work; its message names each option at fault
   *     and says what it would take
   */
  public void check() {
    OptionRules rules = new OptionRules();
    Arithmetic computing = arithmetic.arithmetic(rules);
    plan = rules.get("--spec", () -> new JobPlan(checkedSpec(), topKShards, 1, computing));
    kafkaSettings = rules.get("--kafka", () -> new KafkaSettings(brokers, kafkaProperties()));
    rules.topics(topics());
    rules.notBlank("--group", group, "the name of a consumer group");
    rules.positions(start, stop);
    rules.delivery(delivery, transactionalIdPrefix, checkpointInterval, kafkaSettings);
    rules.checkpoints(checkpointInterval, checkpointDir);
    rules.within("--top-k-shards", topKShards, 1, ShardKeys.MAX_PARALLELISM);
    if (parallelism != null) {
      rules.within("--parallelism", parallelism, 1, ShardKeys.MAX_PARALLELISM);
    }
    rules.throwIfBroken();
  }

  private String checkedSpec() {
    ModelSpecs.load(spec);
    return ModelSpecs.text(spec);
  }

  private Map<String, String> kafkaProperties() throws IOException {
    Properties properties = new Properties();
    if (kafkaConfig != null) {
      try (Reader reader = Files.newBufferedReader(kafkaConfig)) {
        properties.load(reader);
      }
    }
    properties.putAll(kafka);
    Map<String, String> all = new HashMap<>();
    properties.stringPropertyNames().forEach(name -> all.put(name, properties.getProperty(name)));
    return all;
  }

  /** The topics by the option that names each. */
  private Map<String, String> topics() {
    Map<String, String> topics = new LinkedHashMap<>();
    topics.put("--ratings", ratings);
    topics.put("--item-embeddings", itemEmbeddings);
    topics.put("--recommendations", recommendations);
    topics.put("--training-progress", trainingProgress);
    topics.put("--dead-letters", deadLetters);
    return topics;
  }

  /** How to reach Kafka. */
  public KafkaSettings kafka() {
    return kafkaSettings;
  }

  /** What the topology is laid out by; how many partitions there are, the brokers know. */
  public JobPlan plan() {
    return plan;
  }

  /** The topic that events are read from. */
  public String ratings() {
    return ratings;
  }

  /** The topic for items' vectors. */
  public String itemEmbeddings() {
    return itemEmbeddings;
  }

  /** The topic for users' lists. */
  public String recommendations() {
    return recommendations;
  }

  /** The topic for loss and accuracy. */
  public String trainingProgress() {
    return trainingProgress;
  }

  /** The topic for records that can't be used. */
  public String deadLetters() {
    return deadLetters;
  }

  /** Whether to create topics that don't exist. */
  public boolean createTopics() {
    return createTopics;
  }

  /** The consumer group that offsets are committed for. */
  public String group() {
    return group;
  }

  /** Where to start without a checkpoint. */
  public StartAt start() {
    return start;
  }

  /** Where to stop. */
  public StopAt stop() {
    return stop;
  }

  /** What the outputs' readers are promised. */
  public Delivery delivery() {
    return delivery;
  }

  /** What the ids of Kafka transactions begin with. */
  public String transactionalIdPrefix() {
    return transactionalIdPrefix;
  }

  /** The time between checkpoints. */
  public Duration checkpointInterval() {
    return checkpointInterval;
  }

  /** Where checkpoints are kept, empty where that is the cluster's affair. */
  public Optional<String> checkpointDir() {
    return Optional.ofNullable(checkpointDir);
  }

  /** Subtasks of an operator, empty where that is the cluster's affair. */
  public OptionalInt parallelism() {
    return parallelism == null ? OptionalInt.empty() : OptionalInt.of(parallelism);
  }
}
