package io.towerflow.connectors.kafka;

/** Where a source starts that has no checkpoint to go on from. */
public enum StartAt {
  /** At the oldest record that is left. */
  EARLIEST,
  /** At the next record that arrives. */
  LATEST,
  /** Where the consumer group has committed to; at the oldest record where it has not. */
  COMMITTED
}
