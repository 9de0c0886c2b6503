package io.towerflow.tower;

import io.towerflow.spec.FeatureSpec;
import io.towerflow.statistics.RunningStatistics;

/**
 * A number field as a tower reads it: {@code (x - mean) / standard deviation}, by running mean and
 * population variance, clamped. With {@code log}, x is first {@code sign(x) ln(1 + |x|)}. No number
 * counts as the mean, 0, and leaves the statistics as they are.
 *
 * @param spec the feature that reads the field
 * @param statistics of the numbers learnt, after {@code log}
 */
public record NumberField(FeatureSpec.Numeric spec, RunningStatistics statistics) {

  /** Counts a number, unless it is NaN. */
  public void add(double x) {
    if (!Double.isNaN(x)) {
      statistics.add(scaled(x));
    }
  }

  /** A number, standardized; 0 where it is NaN. */
  float standardized(double x) {
    return Double.isNaN(x) ? 0 : (float) statistics.standardize(scaled(x), spec.clamp());
  }

  private double scaled(double x) {
    return spec.log() ? Math.copySign(StrictMath.log1p(Math.abs(x)), x) : x;
  }
}
