/** Prequential metrics: every event is a test before it is a lesson. */
package io.towerflow.metrics;
