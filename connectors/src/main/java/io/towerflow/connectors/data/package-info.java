/**
 * Streams of events to try Towerflow on: readers of public data sets, a synthetic stream with
 * structure to learn, and the producer that sends either to a topic.
 */
package io.towerflow.connectors.data;
