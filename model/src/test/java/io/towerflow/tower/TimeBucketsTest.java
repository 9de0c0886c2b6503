package io.towerflow.tower;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TimeBucketsTest {

  @Test
  void rollingBucketsNeverSaturate() {
    assertThat(TimeBuckets.rolling(0, 100)).isEqualTo(1);
    assertThat(TimeBuckets.rolling(99, 100)).isEqualTo(1);
    assertThat(TimeBuckets.rolling(100, 100)).isEqualTo(2);
    assertThat(TimeBuckets.rolling(1_000_000, 100)).isEqualTo(10_001);
    assertThat(TimeBuckets.rolling(-1, 100)).isEqualTo(0);
  }

  @Test
  void theGapBucketIsTheNumberOfBitsOfTheSeconds() {
    assertThat(LogBuckets.gap(-5_000)).isEqualTo(0);
    assertThat(LogBuckets.gap(999)).isEqualTo(0);
    assertThat(LogBuckets.gap(1_000)).isEqualTo(1); // ceil(log2(2))
    assertThat(LogBuckets.gap(2_000)).isEqualTo(2); // ceil(log2(3))
    assertThat(LogBuckets.gap(3_000)).isEqualTo(2); // ceil(log2(4))
    assertThat(LogBuckets.gap(4_000)).isEqualTo(3); // ceil(log2(5))
    assertThat(LogBuckets.gap(3_600_000)).isEqualTo(12); // ceil(log2(3601))
    assertThat(LogBuckets.gap(Long.MAX_VALUE)).isEqualTo(31);
  }
}
