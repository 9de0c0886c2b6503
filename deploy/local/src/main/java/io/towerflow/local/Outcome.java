package io.towerflow.local;

import io.towerflow.connectors.codec.Messages;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What a job has written of how it gets on. Not thread safe. */
final class Outcome {

  private final String deadLettersTopic;
  private final Trajectory trajectory = new Trajectory();
  private long deadLetters;

  /**
   * @param deadLetters the topic of dead letters
   */
  Outcome(String deadLetters) {
    this.deadLettersTopic = deadLetters;
  }

  /** Takes the next record of the topic of dead letters or that of training progress. */
  void add(ConsumerRecord<byte[], byte[]> record) {
    if (record.topic().equals(deadLettersTopic)) {
      deadLetters++;
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
}
