package io.towerflow.local;

import io.towerflow.connectors.codec.Messages;
import io.towerflow.job.JobOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What a job has written of how it gets on. Not thread safe. */
final class Outcome {

  private final String deadLettersTopic;
  private final String itemEmbeddingsTopic;
  private final Trajectory trajectory = new Trajectory();
  private long deadLetters;
  private long itemEmbeddings;

  /** Of a job with these options, which has written nothing yet. */
  Outcome(JobOptions options) {
    this.deadLettersTopic = options.deadLetters();
    this.itemEmbeddingsTopic = options.itemEmbeddings();
  }

  /** Takes the next record of a topic that the job writes to: one of those told of here. */
  void add(ConsumerRecord<byte[], byte[]> record) {
    if (record.topic().equals(deadLettersTopic)) {
      deadLetters++;
      return;
    }
    if (record.topic().equals(itemEmbeddingsTopic)) {
      itemEmbeddings++;
      return;
    }
    try {
      trajectory.add(Messages.decodeProgress(record.value()), record.timestamp());
    } catch (IllegalArgumentException e) {
      throw new LaunchException(
          "Topic '%s', offset %d: %s".formatted(record.topic(), record.offset(), e.getMessage()),
          e);
    }
  }

  Trajectory trajectory() {
    return trajectory;
  }

  long deadLetters() {
    return deadLetters;
  }

  /** Items' vectors, and notices that an item has left. */
  long itemEmbeddings() {
    return itemEmbeddings;
  }
}
