/** The Flink job: options, the topology, its operators and the messages between them. */
package io.towerflow.job;
