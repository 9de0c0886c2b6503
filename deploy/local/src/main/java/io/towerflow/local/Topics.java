package io.towerflow.local;

import io.towerflow.connectors.kafka.KafkaSettings;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads what topics hold, committed records alone. Every method throws {@link LaunchException} if a
 * topic is not there or the brokers do not answer. For one thread.
 */
final class Topics implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(200);

  private final KafkaSettings settings;
  private final KafkaConsumer<byte[], byte[]> consumer;

  Topics(KafkaSettings settings) {
    this.settings = settings;
    this.consumer =
        asking(() -> consumer(Map.of(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed")));
  }

  /** Where the partitions of the topics end by now. */
  Map<TopicPartition, Long> ends(Collection<String> topics) {
    return asking(
        () ->
            consumer.endOffsets(
                topics.stream().flatMap(topic -> partitions(topic).stream()).toList()));
  }

  /** Where the partitions end by now. */
  Map<TopicPartition, Long> ends(Set<TopicPartition> partitions) {
    return asking(() -> consumer.endOffsets(partitions));
  }

  /** Where the partitions begin. */
  Map<TopicPartition, Long> beginnings(Set<TopicPartition> partitions) {
    return asking(() -> consumer.beginningOffsets(partitions));
  }

  /** Where a consumer group goes on, which is at the beginning where it has never been. */
  Map<TopicPartition, Long> committed(Set<TopicPartition> partitions, String group) {
    Map<TopicPartition, Long> offsets = new HashMap<>(beginnings(partitions));
    Map<TopicPartition, OffsetAndMetadata> committed =
        asking(
            () -> {
              try (var member = consumer(Map.of(ConsumerConfig.GROUP_ID_CONFIG, group))) {
                return member.committed(partitions);
              }
            });
    committed.forEach(
        (partition, offset) -> {
          if (offset != null) {
            offsets.put(partition, offset.offset());
          }
        });
    return offsets;
  }

  /**
   * Reads a topic from its beginning to where it ends by now. Order holds within a partition, so
   * for the records of one key.
   */
  void read(String topic, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    read(asking(() -> consumer.beginningOffsets(partitions(topic))), reader);
  }

  /** Reads from the given offsets to where their partitions end by now. */
  void read(Map<TopicPartition, Long> from, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    read(from, ends(from.keySet()), reader);
  }

  /**
   * Reads from offsets up to others, which must be there.
   *
   * @param until for each partition, the offset after the last
   */
  void read(
      Map<TopicPartition, Long> from,
      Map<TopicPartition, Long> until,
      Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    Map<TopicPartition, Long> ends = new HashMap<>(until);
    consumer.assign(from.keySet());
    from.forEach(consumer::seek);
    while (true) {
      ends.entrySet().removeIf(end -> position(end.getKey()) >= end.getValue());
      if (ends.isEmpty()) {
        return;
      }
      for (ConsumerRecord<byte[], byte[]> record : asking(() -> consumer.poll(POLL))) {
        // With the last records before the end may come some that arrived after it was asked for.
        Long end = ends.get(new TopicPartition(record.topic(), record.partition()));
        if (end != null && record.offset() < end) {
          reader.accept(record);
        }
      }
    }
  }

  /** A consumer that reads on from the given offsets, whether records are committed or not. */
  KafkaConsumer<byte[], byte[]> watch(Map<TopicPartition, Long> from) {
    KafkaConsumer<byte[], byte[]> watcher =
        consumer(Map.of(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted"));
    watcher.assign(from.keySet());
    from.forEach(watcher::seek);
    return watcher;
  }

  @Override
  public void close() {
    consumer.close();
  }

  private KafkaConsumer<byte[], byte[]> consumer(Map<String, String> further) {
    Properties properties = new Properties();
    properties.setProperty(
        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, String.valueOf(TIMEOUT.toMillis()));
    properties.putAll(settings.clientProperties());
    properties.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    properties.setProperty(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    properties.putAll(further);
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private List<TopicPartition> partitions(String topic) {
    List<PartitionInfo> partitions = consumer.partitionsFor(topic);
    if (partitions == null || partitions.isEmpty()) {
      throw new LaunchException(
          "The Kafka brokers '%s' have no topic '%s'".formatted(settings.brokers(), topic));
    }
    return partitions.stream()
        .map(partition -> new TopicPartition(topic, partition.partition()))
        .toList();
  }

  private long position(TopicPartition partition) {
    return asking(() -> consumer.position(partition));
  }

  private <T> T asking(Supplier<T> question) {
    try {
      return question.get();
    } catch (TimeoutException e) {
      throw new LaunchException(
          "No answer from the Kafka brokers '%s': check that they run and that this machine reaches them"
              .formatted(settings.brokers()),
          e);
    } catch (KafkaException e) {
      throw new LaunchException(
          "The Kafka brokers '%s' refuse: %s".formatted(settings.brokers(), e.getMessage()), e);
    }
  }
}
