package io.towerflow.tower;

import io.towerflow.arithmetic.Pass;
import io.towerflow.statistics.RunningStatistics;
import java.util.List;

/**
 * The time as one number, standardized by the running mean and variance and clamped.
 *
 * @param statistics of the times seen so far, in seconds
 * @param clamp the largest absolute value
 */
record NormalizedTimeFeature(RunningStatistics statistics, double clamp)
    implements Feature<QueryContext> {

  @Override
  public int width() {
    return 1;
  }

  @Override
  public Encoded encode(List<QueryContext> inputs, Pass pass) {
    float[] standardized = new float[inputs.size()];
    for (int i = 0; i < standardized.length; i++) {
      standardized[i] = (float) statistics.standardize(inputs.get(i).time() / 1000.0, clamp);
    }
    return loaded -> loaded.constant(standardized, 1);
  }
}
