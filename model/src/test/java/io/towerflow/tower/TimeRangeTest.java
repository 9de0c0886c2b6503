package io.towerflow.tower;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.spec.ModelSpecs;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Times that no training has seen, centuries away, give vectors as any others. */
class TimeRangeTest {

  private static final long TODAY = Instant.parse("2026-05-04T12:00:00Z").toEpochMilli();

  private static TwoTowers towers() {
    TwoTowers towers =
        new TwoTowers(
            ModelSpecs.parse(
                """
                event: {user: u, item: i, time: t}
                query:
                  features:
                    - {kind: bucketized_time, width: 2, buckets: 1000, from: 874724710, to: 893286638}
                    - {kind: bucketized_time, width: 2, period: 1d}
                    - {kind: normalized_time, clamp: 10}
                    - {kind: cyclic_time, cycles: [day, week, year]}
                    - {kind: history, items: 2, decays: [0.5, 0.9]}
                candidate:
                  features: [{kind: id, width: 2}, {kind: popularity, half_lives: [10]}]
                towers: {combine: concat, layers: [13], normalize: false, temperature: 1}
                loss: {uniform_negatives: 20}
                optimizer: {kind: sgd, learning_rate: 0.1}
                """),
            () -> 100);
    for (long hour = -100; hour <= 100; hour++) {
      towers.times().add((TODAY + hour * 3_600_000) / 1000.0);
    }
    return towers;
  }

  /** A user at a time, who took items ten seconds before, and today. */
  private static QueryContext at(String time) {
    long millis = Instant.parse(time).toEpochMilli();
    return new QueryContext(
        1,
        millis,
        new int[] {7, 8},
        new long[] {millis - 10_000, TODAY},
        2,
        EncodedAttributes.NONE);
  }

  private static CandidateContext item(int item) {
    return new CandidateContext(item, new int[0][], EncodedAttributes.NONE, new float[] {1, -1});
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0001-01-01T00:00:00Z",
        "1300-02-28T23:59:59Z",
        "1969-12-31T23:59:59.999Z",
        "2026-05-04T12:00:00Z",
        "2700-06-15T06:00:00Z",
        "9999-12-31T23:59:59.999Z"
      })
  void anyTimeGivesABoundedVectorAndCanBeLearnt(String time) {
    try (TwoTowers towers = towers()) {
      List<QueryContext> query = List.of(at(time));
      // 2 + 2 numbers below 0.05, one of at most 10, six of at most 1, two below 0.5: by weights
      // within sqrt(6 / (13 + 13)) the sum is below 0.481 * (0.2 + 10 + 6 + 1).
      for (float number : towers.queryVectors(query)) {
        assertThat(Math.abs(number)).isLessThan(8.3f);
      }
      double loss =
          towers.train(
              query, List.of(item(7), item(8)), new int[] {0}, new float[] {1}, new float[2], 1);
      assertThat(loss).isBetween(0.0, 20.0);
      for (float number : towers.queryVectors(query)) {
        assertThat(number).isFinite();
      }
    }
  }

  @Test
  void theBucketsOfTheFarPastAndFutureAreTheOutermost() {
    long future = Instant.parse("9999-12-31T23:59:59Z").toEpochMilli();
    long past = Instant.parse("0001-01-01T00:00:00Z").toEpochMilli();
    long day = 86_400_000;
    assertThat(TimeBuckets.linear(past, 0, TODAY, 1000)).isZero();
    assertThat(TimeBuckets.linear(future, 0, TODAY, 1000)).isEqualTo(1000);
    assertThat(TimeBuckets.rolling(past, day)).isZero();
    // 2 932 897 days from the epoch to the end of the year 9999, counted from 1.
    assertThat(TimeBuckets.rolling(future, day)).isEqualTo(2_932_897);
    assertThat(TimeBuckets.rolling(Long.MAX_VALUE, 60_000)).isEqualTo(Integer.MAX_VALUE);
    assertThat(LogBuckets.gap(future - past)).isEqualTo(LogBuckets.GAPS - 1);
  }
}
