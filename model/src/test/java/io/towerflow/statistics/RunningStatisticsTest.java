package io.towerflow.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RunningStatisticsTest {

  @Test
  void meanAndVarianceAreThoseOfThePopulation() {
    // mean 40 / 8 = 5; squared distances 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32; 32 / 8 = 4
    RunningStatistics statistics = of(2, 4, 4, 4, 5, 5, 7, 9);

    assertThat(statistics.count()).isEqualTo(8);
    assertThat(statistics.mean()).isEqualTo(5);
    assertThat(statistics.variance()).isEqualTo(4);
  }

  @Test
  void aNumberIsStandardizedByTheDeviationFromTheMean() {
    RunningStatistics statistics = of(2, 4, 4, 4, 5, 5, 7, 9); // mean 5, standard deviation 2

    assertThat(statistics.standardize(8, 10)).isEqualTo(1.5);
    assertThat(statistics.standardize(5, 10)).isZero();
    assertThat(statistics.standardize(4, 10)).isEqualTo(-0.5);
  }

  @Test
  void aStandardizedNumberIsClampedEitherWay() {
    RunningStatistics statistics = of(2, 4, 4, 4, 5, 5, 7, 9);

    assertThat(statistics.standardize(1005, 3)).isEqualTo(3);
    assertThat(statistics.standardize(-995, 3)).isEqualTo(-3);
  }

  @Test
  void withoutTwoNumbersThereIsNoSpread() {
    RunningStatistics none = new RunningStatistics();
    assertThat(none.mean()).isZero();
    assertThat(none.variance()).isZero();
    assertThat(none.standardize(7, 10)).isZero();

    RunningStatistics one = of(3);
    assertThat(one.mean()).isEqualTo(3);
    assertThat(one.variance()).isZero();
    assertThat(one.standardize(7, 10)).isZero();
  }

  @Test
  void equalNumbersStandardizeToZero() {
    assertThat(of(6, 6, 6).standardize(7, 10)).isZero();
  }

  @Test
  void numbersThatAreNotFiniteAreRefusedAndLeaveNoTrace() {
    RunningStatistics statistics = of(1, 3);

    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> statistics.add(bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(String.valueOf(bad));
    }

    assertThat(statistics.count()).isEqualTo(2);
    assertThat(statistics.variance()).isEqualTo(1);
  }

  @Test
  void aLargeMeanDoesNotCancelASmallSpread() {
    // Milliseconds around the year 2001, one apart: the sum of squares would need 80 bits.
    RunningStatistics statistics = of(1e12, 1e12 + 1, 1e12 + 2);

    assertThat(statistics.variance()).isCloseTo(2.0 / 3, within(1e-4));
  }

  @Test
  void mergedPartsAreTheWhole() {
    Random random = new Random(7);
    double[] numbers = random.doubles(1000, -5, 50).toArray();
    RunningStatistics whole = of(numbers);

    for (int cut : new int[] {0, 1, 137, 999, 1000}) {
      RunningStatistics left = of(Arrays.copyOfRange(numbers, 0, cut));
      RunningStatistics right = of(Arrays.copyOfRange(numbers, cut, numbers.length));
      left.merge(right);

      assertThat(left.count()).isEqualTo(1000);
      assertThat(left.mean()).isCloseTo(whole.mean(), within(1e-11));
      assertThat(left.variance()).isCloseTo(whole.variance(), within(1e-9));
      assertThat(right.count()).isEqualTo(1000 - cut);
    }
  }

  @Test
  void restoredStatisticsGoOnAsIfNothingHadHappened() {
    RunningStatistics quiet = of(2, 4, 4, 4, 5, 5, 7, 9);
    RunningStatistics restored = RunningStatistics.fromBytes(of(2, 4, 4, 4, 5).toBytes());
    restored.add(5);
    restored.add(7);
    restored.add(9);

    assertThat(restored.toBytes()).isEqualTo(quiet.toBytes());
  }

  @Test
  void bytesThatAreNoStateAreRefused() {
    assertThatThrownBy(() -> RunningStatistics.fromBytes(new byte[23]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("23");
  }

  private static RunningStatistics of(double... numbers) {
    RunningStatistics statistics = new RunningStatistics();
    for (double number : numbers) {
      statistics.add(number);
    }
    return statistics;
  }
}
