package io.towerflow.connectors.kafka;

import io.towerflow.connectors.codec.DeadLetter;
import io.towerflow.message.ItemEmbedding;
import io.towerflow.message.RawRecord;
import io.towerflow.message.Recommendation;
import io.towerflow.message.TrainingProgress;
import java.time.Duration;
import java.util.Properties;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * The job's ends on Kafka: the source of raw records and one sink for each kind of message.
 *
 * <p>A sink that delivers {@link Delivery#EXACTLY_ONCE} names its transactions after the prefix and
 * its topic: sinks of one job may share a prefix, two jobs on the same brokers must not, and a job
 * keeps its prefix when it is started again, so that it finds what it left open.
 */
public final class KafkaEnds {

  /** The header of a dead letter that holds its reason's code. */
  public static final String REASON_HEADER = "towerflow-reason";

  /** The key of every training progress message: all of them concern the one model. */
  public static final String MODEL_KEY = "model";

  /**
   * How long a transaction may stay open, unless {@code transaction.timeout.ms} is given: as long
   * as brokers allow by default. It must be longer than a checkpoint and a restart take together,
   * since the broker throws away what a job that is down longer had not committed.
   */
  public static final Duration TRANSACTION_TIMEOUT = Duration.ofMinutes(15);

  private KafkaEnds() {}

  /**
   * A source of a topic's records as they are. It sees committed records alone, and commits its
   * offsets for {@code group} with each checkpoint; after a failure the checkpoint counts, not the
   * group's offsets. Where it is to stop it does, restored or not.
   */
  public static Source<RawRecord, KafkaPartitionSplit, KafkaSourceEnumState> source(
      KafkaSettings settings, String topic, String group, StartAt start, StopAt stop) {
    KafkaSourceBuilder<RawRecord> source =
        KafkaSource.<RawRecord>builder()
            .setProperties(settings.clientProperties())
            .setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed")
            .setTopics(topic)
            .setGroupId(group)
            .setStartingOffsets(startingOffsets(start))
            .setDeserializer(new RawRecordDeserializer());
    if (stop instanceof StopAt.CurrentEnd) {
      source.setBounded(OffsetsInitializer.latest());
    } else if (stop instanceof StopAt.AtOffset at) {
      source.setBounded(new SameOffset(at.offset()));
    }
    return new EndingSource<>(source.build());
  }

  /** A sink of candidate vectors, keyed by the item's id; one that has left has a null value. */
  public static Sink<ItemEmbedding> itemEmbeddings(
      KafkaSettings settings, String topic, Delivery delivery, String transactionalIdPrefix) {
    return sink(
        settings, MessageRecords.itemEmbeddings(topic), topic, delivery, transactionalIdPrefix);
  }

  /** A sink of top-K lists, keyed by the user's id. */
  public static Sink<Recommendation> recommendations(
      KafkaSettings settings, String topic, Delivery delivery, String transactionalIdPrefix) {
    return sink(
        settings, MessageRecords.recommendations(topic), topic, delivery, transactionalIdPrefix);
  }

  /** A sink of progress messages, all of them keyed {@value #MODEL_KEY}. */
  public static Sink<TrainingProgress> trainingProgress(
      KafkaSettings settings, String topic, Delivery delivery, String transactionalIdPrefix) {
    return sink(
        settings, MessageRecords.trainingProgress(topic), topic, delivery, transactionalIdPrefix);
  }

  /**
   * A sink of records that can't be used: key and headers as received, and a header {@value
   * #REASON_HEADER} more.
   */
  public static Sink<DeadLetter> deadLetters(
      KafkaSettings settings, String topic, Delivery delivery, String transactionalIdPrefix) {
    return sink(
        settings, MessageRecords.deadLetters(topic), topic, delivery, transactionalIdPrefix);
  }

  private static <T> Sink<T> sink(
      KafkaSettings settings,
      MessageRecords<T> records,
      String topic,
      Delivery delivery,
      String transactionalIdPrefix) {
    var sink =
        KafkaSink.<T>builder()
            .setKafkaProducerConfig(producerProperties(settings))
            .setRecordSerializer(records);
    return switch (delivery) {
      case AT_LEAST_ONCE -> sink.setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE).build();
      case EXACTLY_ONCE ->
          sink.setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
              .setTransactionalIdPrefix(transactionalIdPrefix(transactionalIdPrefix, topic))
              .build();
    };
  }

  static Properties producerProperties(KafkaSettings settings) {
    Properties properties = new Properties();
    properties.setProperty(
        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, String.valueOf(TRANSACTION_TIMEOUT.toMillis()));
    properties.putAll(settings.clientProperties());
    return properties;
  }

  /** Two sinks must never share a transaction, so each has its topic in its prefix. */
  static String transactionalIdPrefix(String prefix, String topic) {
    if (prefix.isBlank()) {
      throw new IllegalArgumentException(
          "transactional id prefix: none given; exactly-once delivery takes one that is this job's"
              + " own on its brokers and the same at every start");
    }
    return prefix + "-" + topic;
  }

  @SuppressWarnings("deprecation") // the connector has no other way to name the fallback
  private static OffsetsInitializer startingOffsets(StartAt start) {
    return switch (start) {
      case EARLIEST -> OffsetsInitializer.earliest();
      case LATEST -> OffsetsInitializer.latest();
      case COMMITTED -> OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST);
    };
  }
}
