package io.towerflow.connectors.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.towerflow.connectors.codec.DeadLetter;
import io.towerflow.connectors.codec.Messages;
import io.towerflow.message.ItemEmbedding;
import io.towerflow.message.RawRecord;
import io.towerflow.message.Recommendation;
import io.towerflow.message.TrainingProgress;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.util.function.SerializableFunction;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The Kafka records of one kind of message. Their timestamp is left to the producer's clock:
 * brokers drop records by it, and what was learnt from a year-old event is new all the same.
 *
 * @param <T> the message
 */
final class MessageRecords<T> implements KafkaRecordSerializationSchema<T> {

  private static final long serialVersionUID = 1L;

  private final String topic;
  private final SerializableFunction<T, byte[]> key;
  private final SerializableFunction<T, byte[]> value;
  private final SerializableFunction<T, Headers> headers;

  private MessageRecords(
      String topic,
      SerializableFunction<T, byte[]> key,
      SerializableFunction<T, byte[]> value,
      SerializableFunction<T, Headers> headers) {
    this.topic = topic;
    this.key = key;
    this.value = value;
    this.headers = headers;
  }

  static MessageRecords<ItemEmbedding> itemEmbeddings(String topic) {
    return new MessageRecords<>(
        topic,
        embedding -> embedding.id().getBytes(UTF_8),
        // No value: a compacted topic forgets the item, and so does whoever reads it.
        embedding -> embedding.isTombstone() ? null : Messages.encode(embedding),
        embedding -> new RecordHeaders());
  }

  static MessageRecords<Recommendation> recommendations(String topic) {
    return new MessageRecords<>(
        topic,
        recommendation -> recommendation.user().getBytes(UTF_8),
        Messages::encode,
        recommendation -> new RecordHeaders());
  }

  static MessageRecords<TrainingProgress> trainingProgress(String topic) {
    return new MessageRecords<>(
        topic,
        progress -> KafkaEnds.MODEL_KEY.getBytes(UTF_8),
        Messages::encode,
        progress -> new RecordHeaders());
  }

  static MessageRecords<DeadLetter> deadLetters(String topic) {
    return new MessageRecords<>(
        topic,
        letter -> letter.passedOn().key(),
        Messages::encode,
        MessageRecords::headersOfDeadLetter);
  }

  private static Headers headersOfDeadLetter(DeadLetter letter) {
    RawRecord record = letter.passedOn();
    Headers headers = new RecordHeaders();
    for (int i = 0; i < record.headerNames().length; i++) {
      headers.add(record.headerNames()[i], record.headerValues()[i]);
    }
    return headers.add(KafkaEnds.REASON_HEADER, letter.reason().name().getBytes(UTF_8));
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      T message, KafkaSinkContext context, Long timestamp) {
    return new ProducerRecord<>(
        topic, null, null, key.apply(message), value.apply(message), headers.apply(message));
  }
}
