/** Statistics that are kept up as the stream goes by. */
package io.towerflow.statistics;
