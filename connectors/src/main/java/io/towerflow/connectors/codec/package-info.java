/**
 * How messages are written down: a raw record becomes an event or a dead letter, what leaves
 * becomes JSON. Knows neither Kafka nor Flink, so that it can be tested and reused without them.
 */
package io.towerflow.connectors.codec;
