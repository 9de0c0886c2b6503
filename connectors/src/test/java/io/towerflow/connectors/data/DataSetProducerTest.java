package io.towerflow.connectors.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.towerflow.connectors.kafka.KafkaSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataSetProducerTest {

  /** Events 1 to {@code size}, of the users u1, u2, ... */
  private record Numbers(long size) implements DataSet {

    @Override
    public String name() {
      return "numbers";
    }

    @Override
    public Set<String> fields() {
      return Set.of("user", "n");
    }

    @Override
    public String keyField() {
      return "user";
    }

    @Override
    public Stream<Map<String, Object>> events() {
      return LongStream.rangeClosed(1, size)
          .mapToObj(
              n -> {
                Map<String, Object> event = new LinkedHashMap<>();
                event.put("user", "u" + n);
                event.put("n", n);
                return event;
              });
    }
  }

  private static MockProducer<byte[], byte[]> broker(boolean acknowledges) {
    return new MockProducer<>(
        acknowledges,
        new RoundRobinPartitioner(),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private static DataSetProducer producer(MockProducer<byte[], byte[]> broker) {
    return new DataSetProducer(() -> broker, "topic 'ratings'", "ratings", 0);
  }

  @Test
  void everyEventIsSentInOrderAsJsonKeyedByItsUser() {
    MockProducer<byte[], byte[]> broker = broker(true);

    long sent = producer(broker).send(new Numbers(3), n -> {});

    assertThat(sent).isEqualTo(3);
    assertThat(broker.history())
        .extracting(
            record ->
                record.topic()
                    + " "
                    + new String(record.key(), UTF_8)
                    + " "
                    + new String(record.value(), UTF_8))
        .containsExactly(
            "ratings u1 {\"user\":\"u1\",\"n\":1}",
            "ratings u2 {\"user\":\"u2\",\"n\":2}",
            "ratings u3 {\"user\":\"u3\",\"n\":3}");
    assertThat(broker.closed()).isTrue();
  }

  @Test
  void theProducersClockStampsTheRecordsOrRetentionWouldDropThem() {
    MockProducer<byte[], byte[]> broker = broker(true);

    producer(broker).send(new Numbers(1), n -> {});

    assertThat(broker.history().get(0).timestamp()).isNull();
  }

  @Test
  void progressIsToldAfterEveryEvent() {
    List<Long> told = new ArrayList<>();

    producer(broker(true)).send(new Numbers(3), told::add);

    assertThat(told).containsExactly(1L, 2L, 3L);
  }

  @Test
  void aStoppedProducerReturnsWhatItSentUntilThen() {
    MockProducer<byte[], byte[]> broker = broker(true);
    DataSetProducer producer = producer(broker);

    long sent =
        producer.send(
            new Numbers(1_000_000),
            n -> {
              if (n == 5) {
                producer.stop();
              }
            });

    assertThat(sent).isEqualTo(5);
    assertThat(broker.history()).hasSize(5);
    assertThat(broker.closed()).isTrue();
  }

  @Test
  void aStoppedProducerDoesNotWaitForItsRate() {
    MockProducer<byte[], byte[]> broker = broker(true);
    // The second event would be due in a thousand seconds.
    DataSetProducer producer = new DataSetProducer(() -> broker, "topic", "ratings", 0.001);

    assertThat(producer.send(new Numbers(2), n -> producer.stop())).isEqualTo(1);
  }

  @Test
  void anEventThatTheBrokerRefusesEndsItWithTheReason() {
    MockProducer<byte[], byte[]> broker = broker(false);

    assertThatThrownBy(
            () ->
                producer(broker)
                    .send(
                        new Numbers(1_000_000),
                        n -> broker.errorNext(new RecordTooLargeException("too large"))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("could not send to topic 'ratings': too large");
    assertThat(broker.history()).hasSize(2);
    assertThat(broker.closed()).isTrue();
  }

  @Test
  void anErrorThatComesWithTheLastAcknowledgementIsNotLost() {
    MockProducer<byte[], byte[]> broker = broker(false);
    broker.flushException = new KafkaException("gone");

    assertThatThrownBy(() -> producer(broker).send(new Numbers(1), n -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("gone");
  }

  @Test
  void anEventIsDueByTheRateAndThoseBeforeIt() {
    DataSetProducer twoASecond = new DataSetProducer(() -> broker(true), "topic", "ratings", 2);
    long second = TimeUnit.SECONDS.toNanos(1);

    assertThat(twoASecond.pause(0, 0)).isZero();
    assertThat(twoASecond.pause(1, 0)).isEqualTo(second / 2);
    assertThat(twoASecond.pause(10, 4 * second)).isEqualTo(second);
    assertThat(twoASecond.pause(10, 6 * second)).as("when it is late").isZero();
    assertThat(producer(broker(true)).pause(10, 0)).as("without a rate").isZero();
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY})
  void aRateIsAFiniteNumberOfEvents(double rate) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DataSetProducer(KafkaSettings.of("a:9092"), "ratings", rate))
        .withMessageContaining("events per second");
  }

  @Test
  void theProducerIsIdempotentAndCompressesUnlessToldOtherwise() {
    assertThat(DataSetProducer.producerProperties(KafkaSettings.of("a:9092")))
        .containsEntry("enable.idempotence", "true")
        .containsEntry("compression.type", "lz4");
    assertThat(
            DataSetProducer.producerProperties(
                new KafkaSettings("a:9092", Map.of("compression.type", "none"))))
        .containsEntry("compression.type", "none")
        .containsEntry("bootstrap.servers", "a:9092");
  }
}
