/**
 * Learning as one call per example: cut into batches, score before learning, train, publish.
 * Whoever drives it brings examples in order and keeps what it asks to be kept.
 */
package io.towerflow.learn;
