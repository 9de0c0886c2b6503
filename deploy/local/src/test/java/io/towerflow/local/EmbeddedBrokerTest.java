package io.towerflow.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.towerflow.connectors.kafka.KafkaSettings;
import io.towerflow.connectors.kafka.TopicAdmin;
import io.towerflow.job.BadOptionsException;
import io.towerflow.job.JobOptions;
import io.towerflow.job.TowerflowJob;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerTest {

  private static final TopicPartition PARTITION = new TopicPartition("letters", 0);

  @TempDir Path directory;

  @Test
  void aRestartOnTheSameDirectoryFindsCommittedRecordsAndNoAbortedOnes() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory)) {
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.address()))) {
        admin.createTopics(List.of(new NewTopic(PARTITION.topic(), 1, (short) 1))).all().get();
      }
      try (KafkaProducer<String, String> producer = producer(broker)) {
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(PARTITION.topic(), "a")).get();
        producer.commitTransaction();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(PARTITION.topic(), "b")).get();
        producer.abortTransaction();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(PARTITION.topic(), "c")).get();
        producer.commitTransaction();
      }
      assertThat(committed(broker)).containsExactly("a", "c");
    }

    try (EmbeddedBroker restarted = EmbeddedBroker.start(directory)) {
      assertThat(committed(restarted)).containsExactly("a", "c");
    }
  }

  @Test
  void aTopicThatNobodyMadeIsNotThere() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory);
        Admin admin = Admin.create(Map.of("bootstrap.servers", broker.address()))) {
      assertThatThrownBy(() -> admin.describeTopics(List.of("letters")).allTopicNames().get())
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
    }
  }

  @Test
  void aTransactionThatTheBrokerWouldNotAllowIsRefusedBeforeTheJobStarts() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory)) {
      String[] arguments = {"--brokers", broker.address(), "--kafka", "transaction.timeout.ms="};
      assertThat(TopicAdmin.longestTransaction(KafkaSettings.of(broker.address())))
          .contains(Duration.ofHours(1));
      arguments[3] = "transaction.timeout.ms=3600000";
      assertThatCode(() -> TowerflowJob.checkBrokers(JobOptions.parse(arguments)))
          .doesNotThrowAnyException();
      arguments[3] = "transaction.timeout.ms=7200000";
      assertThatThrownBy(() -> TowerflowJob.checkBrokers(JobOptions.parse(arguments)))
          .isInstanceOf(BadOptionsException.class)
          .hasMessage(
              "--kafka: transaction.timeout.ms is 2 h, and the brokers allow 1 h"
                  + " (transaction.max.timeout.ms): takes --kafka transaction.timeout.ms=3600000 or"
                  + " less, or brokers that allow more");
    }
  }

  @Test
  void aDirectoryThatIsAFileIsRefused() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");
    assertThatThrownBy(() -> EmbeddedBroker.start(file)).hasMessageContaining(file.toString());
  }

  private static KafkaProducer<String, String> producer(EmbeddedBroker broker) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", broker.address(), "transactional.id", "writer"),
        new StringSerializer(),
        new StringSerializer());
  }

  /** Everything that a read-committed consumer finds up to the end of the partition. */
  private static List<String> committed(EmbeddedBroker broker) {
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", broker.address(), "isolation.level", "read_committed"),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.assign(List.of(PARTITION));
      consumer.seekToBeginning(List.of(PARTITION));
      long end = consumer.endOffsets(List.of(PARTITION)).get(PARTITION);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      List<String> values = new ArrayList<>();
      while (consumer.position(PARTITION) < end && System.nanoTime() < deadline) {
        consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
      }
      return values;
    }
  }
}
