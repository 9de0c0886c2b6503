package io.towerflow.local;

import io.towerflow.job.JobOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Which stream of events is meant: the job's options that other commands take as well. */
final class StreamOptions {

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
      names = "--ratings",
      paramLabel = "TOPIC",
      defaultValue = "ratings",
      description = "The topic of events. Default: ${DEFAULT-VALUE}")
  private String ratings;

  @Option(
      names = "--spec",
      paramLabel = "NAME|FILE",
      defaultValue = "online",
      description =
          "The model spec, which names the events' fields: a preset's name or a YAML file."
              + " Default: ${DEFAULT-VALUE}")
  private String spec;

  /** The job's options that say the same, and {@code further} ones. */
  JobOptions jobOptions(String... further) {
    List<String> arguments =
        new ArrayList<>(List.of("--brokers", brokers, "--ratings", ratings, "--spec", spec));
    kafka.forEach((key, value) -> arguments.addAll(List.of("--kafka", key + "=" + value)));
    if (kafkaConfig != null) {
      arguments.addAll(List.of("--kafka-config", kafkaConfig.toString()));
    }
    arguments.addAll(List.of(further));
    return JobOptions.parse(arguments.toArray(String[]::new));
  }
}
