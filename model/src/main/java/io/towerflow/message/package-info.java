/**
 * What crosses Towerflow's walls: the event that comes in and the messages that go out. Plain
 * values that know neither Kafka nor JSON nor DJL, so that every module can share them.
 */
package io.towerflow.message;
