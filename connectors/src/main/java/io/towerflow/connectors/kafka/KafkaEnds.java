package io.towerflow.connectors.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.towerflow.connectors.codec.DeadLetter;
import io.towerflow.connectors.codec.Messages;
import io.towerflow.connectors.codec.RawRecord;
import io.towerflow.message.ItemEmbedding;
import io.towerflow.message.Recommendation;
import io.towerflow.message.TrainingProgress;
import java.time.Duration;
import java.util.Properties;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.HeaderProvider;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** The job's ends on Kafka: the source of raw records and one sink for each kind of message. */
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
   * group's offsets.
   */
  public static KafkaSource<RawRecord> source(
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
    return source.build();
  }

  /** A sink of candidate vectors, keyed by the item's id. */
  public static Sink<ItemEmbedding> itemEmbeddings(
      KafkaSettings settings, String topic, Delivery delivery, String transactionalIdPrefix) {
    return sink(
        settings,
        topic,
        delivery,
        transactionalIdPrefix,
        embedding -> embedding.id().getBytes(UTF_8),
        Messages::encode,
        embedding -> new RecordHeaders());
  }

  /** A sink of top-K lists, keyed by the user's id. */
  public static Sink<Recommendation> recommendations(
      KafkaSettings settings, String topic, Delivery delivery, String transactionalIdPrefix) {
    return sink(
        settings,
        topic,
        delivery,
        transactionalIdPrefix,
        recommendation -> recommendation.user().getBytes(UTF_8),
        Messages::encode,
        recommendation -> new RecordHeaders());
  }

  /** A sink of progress messages, all of them keyed {@value #MODEL_KEY}. */
  public static Sink<TrainingProgress> trainingProgress(
      KafkaSettings settings, String topic, Delivery delivery, String transactionalIdPrefix) {
    return sink(
        settings,
        topic,
        delivery,
        transactionalIdPrefix,
        progress -> MODEL_KEY.getBytes(UTF_8),
        Messages::encode,
        progress -> new RecordHeaders());
  }

  /**
   * A sink of records that can't be used: key and headers as received, and a header {@value
   * #REASON_HEADER} more.
   */
  public static Sink<DeadLetter> deadLetters(
      KafkaSettings settings, String topic, Delivery delivery, String transactionalIdPrefix) {
    return sink(
        settings,
        topic,
        delivery,
        transactionalIdPrefix,
        letter -> letter.passedOn().key(),
        Messages::encode,
        KafkaEnds::headers);
  }

  private static Headers headers(DeadLetter letter) {
    RawRecord record = letter.passedOn();
    Headers headers = new RecordHeaders();
    for (int i = 0; i < record.headerNames().length; i++) {
      headers.add(record.headerNames()[i], record.headerValues()[i]);
    }
    return headers.add(REASON_HEADER, letter.reason().name().getBytes(UTF_8));
  }

  private static <T> Sink<T> sink(
      KafkaSettings settings,
      String topic,
      Delivery delivery,
      String transactionalIdPrefix,
      SerializationSchema<T> key,
      SerializationSchema<T> value,
      HeaderProvider<T> headers) {
    Properties properties = new Properties();
    properties.setProperty(
        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, String.valueOf(TRANSACTION_TIMEOUT.toMillis()));
    properties.putAll(settings.clientProperties());
    var sink =
        KafkaSink.<T>builder()
            .setKafkaProducerConfig(properties)
            .setRecordSerializer(new RecordSerializer<>(topic, key, value, headers));
    return switch (delivery) {
      case AT_LEAST_ONCE -> sink.setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE).build();
      case EXACTLY_ONCE ->
          sink.setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
              // Two sinks must never share a transaction, so each has its topic in its prefix.
              .setTransactionalIdPrefix(transactionalIdPrefix + "-" + topic)
              .build();
    };
  }

  /** The connector's own one asks key and value for their types, which a lambda can't tell. */
  private record RecordSerializer<T>(
      String topic,
      SerializationSchema<T> key,
      SerializationSchema<T> value,
      HeaderProvider<T> headers)
      implements KafkaRecordSerializationSchema<T> {

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
        T message, KafkaSinkContext context, Long timestamp) {
      return new ProducerRecord<>(
          topic,
          null,
          timestamp == null || timestamp < 0 ? null : timestamp,
          key.serialize(message),
          value.serialize(message),
          headers.getHeaders(message));
    }
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
