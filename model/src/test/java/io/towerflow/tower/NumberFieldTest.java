package io.towerflow.tower;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.towerflow.spec.FeatureSpec;
import io.towerflow.statistics.RunningStatistics;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NumberFieldTest {

  private static NumberField field(double clamp, boolean log, double... learnt) {
    NumberField field =
        new NumberField(
            new FeatureSpec.Numeric("price", clamp, log, Optional.empty()),
            new RunningStatistics());
    for (double x : learnt) {
      field.add(x);
    }
    return field;
  }

  @Test
  void aNumberIsStandardizedByMeanAndPopulationVarianceAndClamped() {
    NumberField field = field(2, false, 1, 3, Double.NaN); // mean 2, variance 1

    assertThat(field.statistics().count()).isEqualTo(2);
    assertThat(field.standardized(3.5)).isEqualTo(1.5f);
    assertThat(field.standardized(9)).isEqualTo(2);
    assertThat(field.standardized(-9)).isEqualTo(-2);
  }

  @Test
  void noNumberIsTheMean() {
    assertThat(field(2, false, 1, 3).standardized(Double.NaN)).isZero();
    assertThat(field(2, false).standardized(5)).isZero();
  }

  @Test
  void aLogarithmKeepsTheSign() {
    // ln(1 + (e - 1)) = 1, so the numbers learnt are 1 and -1: mean 0, variance 1.
    NumberField field = field(10, true, Math.E - 1, 1 - Math.E);

    assertThat(field.standardized(Math.E * Math.E - 1)).isCloseTo(2, within(1e-6f));
    assertThat(field.standardized(1 - Math.E * Math.E)).isCloseTo(-2, within(1e-6f));
  }
}
