package io.towerflow.connectors.kafka;

import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * How to reach Kafka. Every property of Kafka's clients (SASL, TLS, timeouts, buffers, …) passes
 * through to the source, the sinks, the producer and the admin client, except those that Towerflow
 * sets itself because its guarantees rest on them.
 *
 * @param brokers {@code host:port}, several separated by commas
 * @param properties properties of Kafka's clients
 */
public record KafkaSettings(String brokers, Map<String, String> properties) {

  /** Properties that can't be given, and what sets them instead. */
  private static final Map<String, String> OWNED =
      Map.ofEntries(
          Map.entry("bootstrap.servers", "the list of brokers"),
          Map.entry("group.id", "the name of the consumer group"),
          Map.entry("auto.offset.reset", "where the job is told to start"),
          Map.entry("enable.auto.commit", "the job, which commits offsets with its checkpoints"),
          Map.entry("isolation.level", "the job, which reads committed records only"),
          Map.entry("transactional.id", "the prefix of the transactional ids"),
          Map.entry("key.serializer", "the message formats"),
          Map.entry("value.serializer", "the message formats"),
          Map.entry("key.deserializer", "the message formats"),
          Map.entry("value.deserializer", "the message formats"));

  /**
   * @throws IllegalArgumentException if there are no brokers, or a property is one that Towerflow
   *     sets itself
   */
  public KafkaSettings {
    if (brokers.isBlank()) {
      throw new IllegalArgumentException(
          "brokers: none given; takes host:port, several separated by commas");
    }
    properties = Map.copyOf(properties);
    for (String name : new TreeMap<>(properties).keySet()) {
      if (OWNED.containsKey(name)) {
        throw new IllegalArgumentException(
            "Kafka property '%s' is set by %s: leave it out".formatted(name, OWNED.get(name)));
      }
    }
  }

  /** Settings without further properties. */
  public static KafkaSettings of(String brokers) {
    return new KafkaSettings(brokers, Map.of());
  }

  /** The brokers and the properties, as Kafka's clients take them. */
  public Properties clientProperties() {
    Properties all = new Properties();
    all.putAll(properties);
    all.setProperty("bootstrap.servers", brokers);
    return all;
  }

  /** Names the properties, but keeps their values back: some are passwords. */
  @Override
  public String toString() {
    return "KafkaSettings[brokers=%s, properties=%s]"
        .formatted(brokers, new TreeMap<>(properties).keySet());
  }
}
