package io.towerflow.connectors.kafka;

/** What a sink promises its readers. */
public enum Delivery {
  /** Each message once, visible to readers of committed records when a checkpoint completes. */
  EXACTLY_ONCE,
  /** Each message at least once, visible at once; repeated after a failure. */
  AT_LEAST_ONCE
}
