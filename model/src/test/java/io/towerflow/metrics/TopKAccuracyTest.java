package io.towerflow.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TopKAccuracyTest {

  @Test
  void aRankCountsAtEveryDepthThatReachesIt() {
    TopKAccuracy accuracy = new TopKAccuracy();
    for (int rank : new int[] {1, 5, 6, 100, 101}) {
      accuracy.add(rank);
    }
    assertThat(accuracy.at(1)).isEqualTo(0.2);
    assertThat(accuracy.at(5)).isEqualTo(0.4);
    assertThat(accuracy.at(10)).isEqualTo(0.6);
    assertThat(accuracy.at(50)).isEqualTo(0.6);
    assertThat(accuracy.at(100)).isEqualTo(0.8);
  }

  @Test
  void withoutQueriesThereIsNoAccuracy() {
    assertThat(new TopKAccuracy().at(10)).isZero();
  }

  @Test
  void aDepthThatIsNotCountedIsRefused() {
    assertThatThrownBy(() -> new TopKAccuracy().at(7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[1, 5, 10, 50, 100], not at 7");
  }
}
