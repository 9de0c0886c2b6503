package io.towerflow.spec;

/** Which order the events of a topic's partitions are learnt in. */
public enum EventOrder {
  /** As they are read: within a partition that of the log, between partitions any. */
  ARRIVAL,

  /**
   * By time, then partition, then offset, where an event counts as no earlier than those before it
   * in its partition. A function of the log alone, at the price of waiting for every partition.
   */
  TIME
}
