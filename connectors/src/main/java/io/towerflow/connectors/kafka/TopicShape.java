package io.towerflow.connectors.kafka;

/**
 * How a topic is created where it does not exist yet. Its replication is the broker's default.
 *
 * @param partitions partitions, 1 or more
 * @param compacted whether the broker keeps the last record of every key instead of the records of
 *     the last days
 */
public record TopicShape(int partitions, boolean compacted) {

  public TopicShape {
    if (partitions < 1) {
      throw new IllegalArgumentException("partitions: must be 1 or more, is " + partitions);
    }
  }

  /** A topic that the broker's own retention applies to. */
  public static TopicShape plain(int partitions) {
    return new TopicShape(partitions, false);
  }

  /** A topic that keeps the last record of every key. */
  public static TopicShape compacted(int partitions) {
    return new TopicShape(partitions, true);
  }
}
