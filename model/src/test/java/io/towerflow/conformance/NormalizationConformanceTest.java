package io.towerflow.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.towerflow.tower.QueryContext;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/**
 * Keras' {@code Normalization(axis=None)}: {@code (x - mean) / max(sqrt(variance), 1e-7)}, mean and
 * variance being those of the adapted numbers as a population. Ours reads times in seconds, goes on
 * adapting, and differs on purpose where Keras divides by 1e-7 (no spread: 0), where it has seen
 * nothing (it reads the number as it is: 0) and far out (clamped). What the statistics themselves
 * hold is in {@code RunningStatisticsTest}.
 */
class NormalizationConformanceTest {

  private static final Offset<Float> CLOSE = within(1e-6f);

  private static TestTowers clampedAt(double clamp) {
    return new TestTowers(
        """
        event: {user: u, item: i, time: t}
        query: {features: [{kind: normalized_time, clamp: %s}]}
        candidate: {features: [{kind: id, width: 1}]}
        towers: {combine: concat, layers: [], normalize: false, temperature: 1, item_bias: false}
        loss: {uniform_negatives: 20}
        """
            .formatted(clamp));
  }

  /** What the towers read of times in seconds. */
  private static float[] read(TestTowers towers, double... seconds) {
    List<QueryContext> queries =
        Arrays.stream(seconds)
            .mapToObj(second -> TestTowers.userAt(1, (long) (second * 1000)))
            .toList();
    return towers.towers().queryVectors(queries);
  }

  @Test
  void numbersAreStandardizedByThePopulationsVariance() {
    try (TestTowers towers = clampedAt(10)) {
      for (double second = 1; second <= 5; second++) {
        towers.towers().times().add(second);
      }
      // Mean 15 / 5 = 3, squared distances 4 + 1 + 0 + 1 + 4 = 10, variance 10 / 5 = 2 (a sample's
      // would be 2.5): (1 - 3) / sqrt(2) = -sqrt(2), and so on. The example of Keras' own
      // reference.
      assertThat(read(towers, 1, 2, 3, 4.5))
          .containsExactly(new float[] {-1.4142135f, -0.70710677f, 0, 1.0606601f}, CLOSE);
    }
  }

  @Test
  void timeStampsOfTodayKeepTheirDifferences() {
    try (TestTowers towers = clampedAt(10)) {
      double today = 1.7e9;
      towers.towers().times().add(today - 10);
      towers.towers().times().add(today + 10);
      // Mean today, deviation 10. In single precision all of these would be one number.
      assertThat(read(towers, today, today + 5, today - 20))
          .containsExactly(new float[] {0, 0.5f, -2}, CLOSE);
    }
  }

  @Test
  void withoutSpreadEveryNumberIsTheMean() {
    try (TestTowers towers = clampedAt(10)) {
      assertThat(read(towers, 7, 1e9)).containsOnly(0); // nothing seen
      towers.towers().times().add(3);
      assertThat(read(towers, 3, 7)).containsOnly(0); // n = 1
      towers.towers().times().add(3);
      assertThat(read(towers, 3, 7)).containsOnly(0); // variance 0
    }
  }

  @Test
  void aNumberCenturiesAwayIsAsFarAsTheClamp() {
    try (TestTowers towers = clampedAt(4)) {
      towers.towers().times().add(0);
      towers.towers().times().add(86_400); // mean and deviation are half a day
      double after = Instant.parse("2700-01-01T00:00:00Z").getEpochSecond();
      double before = Instant.parse("1300-01-01T00:00:00Z").getEpochSecond();
      assertThat(read(towers, after, before, 86_400 * 2.5, 86_400 * 2.6))
          .containsExactly(new float[] {4, -4, 4, 4}, CLOSE);
      assertThat(read(towers, 86_400 * 2.25)).containsExactly(new float[] {3.5f}, CLOSE);
    }
  }
}
