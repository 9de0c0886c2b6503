package io.towerflow.local;

import io.towerflow.job.Medians;
import java.util.List;

/**
 * What searching cost in one setting.
 *
 * @param candidates how many there are
 * @param width numbers a vector
 * @param batch queries that are searched together
 * @param threads shards that the candidates are spread over, each with a thread
 * @param queriesPerSecond one figure a round
 */
record TopKCell(int candidates, int width, int batch, int threads, List<Double> queriesPerSecond) {

  /** Queries a second, the median over the rounds. */
  double median() {
    return Medians.of(queriesPerSecond.stream().mapToDouble(Double::doubleValue));
  }
}
