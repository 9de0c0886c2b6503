package io.towerflow.connectors.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.towerflow.connectors.kafka.KafkaSettings;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends the events of a data set to a topic, as JSON, keyed by the user's id, in the order of the
 * data set. Idempotent and compressed with lz4, unless the Kafka properties say otherwise.
 */
public final class DataSetProducer {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Supplier<Producer<byte[], byte[]>> connect;
  private final String destination;
  private final String topic;
  private final double eventsPerSecond;
  private final CountDownLatch stopped = new CountDownLatch(1);

  /**
   * @param eventsPerSecond how many events are sent in a second, on average; 0 for as many as the
   *     broker takes
   * @throws IllegalArgumentException if the rate is negative or not finite
   */
  public DataSetProducer(KafkaSettings settings, String topic, double eventsPerSecond) {
    this(
        () -> new KafkaProducer<>(producerProperties(settings)),
        "topic '%s' of the Kafka brokers '%s'".formatted(topic, settings.brokers()),
        topic,
        eventsPerSecond);
  }

  DataSetProducer(
      Supplier<Producer<byte[], byte[]>> connect,
      String destination,
      String topic,
      double eventsPerSecond) {
    if (!(eventsPerSecond >= 0) || Double.isInfinite(eventsPerSecond)) {
      throw new IllegalArgumentException(
          "events per second: must be 0 (no limit) or more, is " + eventsPerSecond);
    }
    this.connect = connect;
    this.destination = destination;
    this.topic = topic;
    this.eventsPerSecond = eventsPerSecond;
  }

  static Properties producerProperties(KafkaSettings settings) {
    Properties properties = new Properties();
    properties.setProperty(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    properties.setProperty(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    properties.putAll(settings.clientProperties());
    String bytes = ByteArraySerializer.class.getName();
    properties.setProperty(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, bytes);
    properties.setProperty(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, bytes);
    return properties;
  }

  /**
   * Sends the events until there are no more or {@link #stop()} is called, and returns when the
   * broker has acknowledged them.
   *
   * @param progress is told after each event how many have been handed over so far
   * @return how many events were sent
   * @throws IllegalStateException if the broker can't be reached or refuses an event
   */
  public long send(DataSet data, LongConsumer progress) {
    AtomicReference<Exception> failure = new AtomicReference<>();
    long sent = 0;
    long start = System.nanoTime();
    Producer<byte[], byte[]> producer = connect.get();
    try (Stream<Map<String, Object>> events = data.events()) {
      Iterator<Map<String, Object>> remaining = events.iterator();
      while (remaining.hasNext() && !stoppedWithin(pause(sent, System.nanoTime() - start))) {
        send(producer, record(data, remaining.next()), failure);
        check(failure);
        progress.accept(++sent);
      }
      producer.flush();
      check(failure);
      producer.close();
      return sent;
    } catch (KafkaException e) {
      throw failed(e);
    } finally {
      // After a failure there is nothing to wait for; after close() this does nothing.
      producer.close(Duration.ZERO);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the callback hears of the failure
  private static void send(
      Producer<byte[], byte[]> producer,
      ProducerRecord<byte[], byte[]> record,
      AtomicReference<Exception> failure) {
    producer.send(
        record,
        (metadata, e) -> {
          if (e != null) {
            failure.compareAndSet(null, e);
          }
        });
  }

  /** Makes {@link #send} return soon, with what was sent until then. From any thread. */
  public void stop() {
    stopped.countDown();
  }

  /** Nanoseconds to wait before the next event, where {@code sent} took {@code elapsed}. */
  long pause(long sent, long elapsed) {
    if (eventsPerSecond == 0) {
      return 0;
    }
    double due = sent / eventsPerSecond * TimeUnit.SECONDS.toNanos(1);
    return Math.max(0, (long) due - elapsed);
  }

  private boolean stoppedWithin(long nanos) {
    try {
      return stopped.await(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /**
   * The record's own time is left to the producer's clock: brokers drop records by it, and a year
   * of history must not be older than a topic's retention on arrival.
   */
  private ProducerRecord<byte[], byte[]> record(DataSet data, Map<String, Object> event) {
    String key = String.valueOf(event.get(data.keyField()));
    return new ProducerRecord<>(topic, key.getBytes(UTF_8), value(event));
  }

  /** The value of the record that an event of a data set is sent as. */
  public static byte[] value(Map<String, Object> event) {
    try {
      return JSON.writeValueAsBytes(event);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("Strings and numbers are JSON: " + event, e);
    }
  }

  private void check(AtomicReference<Exception> failure) {
    if (failure.get() != null) {
      throw failed(failure.get());
    }
  }

  private IllegalStateException failed(Exception cause) {
    return new IllegalStateException(
        "could not send to %s: %s".formatted(destination, cause.getMessage()), cause);
  }
}
