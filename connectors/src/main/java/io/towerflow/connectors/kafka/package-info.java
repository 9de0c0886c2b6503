/** The ends of the job on Kafka: settings, source, sinks and topics. */
package io.towerflow.connectors.kafka;
