package io.towerflow.topk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HitTest {

  @Test
  void theBestScoreComesFirst() {
    assertThat(sorted(new Hit(1, "a", 0.5f), new Hit(2, "b", 0.9f), new Hit(3, "c", 0.7f)))
        .containsExactly("b", "c", "a");
  }

  @Test
  void ofEqualScoresTheSmallerIdComesFirstAsStringsCompare() {
    assertThat(sorted(new Hit(1, "9", 1f), new Hit(2, "10", 1f), new Hit(3, "100", 1f)))
        .containsExactly("10", "100", "9");
  }

  @Test
  void zeroAndMinusZeroAreATie() {
    assertThat(sorted(new Hit(1, "b", 0f), new Hit(2, "a", -0f))).containsExactly("a", "b");
  }

  @Test
  void infiniteScoresHaveTheirPlace() {
    assertThat(
            sorted(
                new Hit(1, "low", Float.NEGATIVE_INFINITY),
                new Hit(2, "high", Float.POSITIVE_INFINITY),
                new Hit(3, "middle", 0f)))
        .containsExactly("high", "middle", "low");
  }

  @Test
  void nanIsRefused() {
    assertThatThrownBy(() -> new Hit(1, "a", Float.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a is NaN");
  }

  private static Stream<String> sorted(Hit... hits) {
    return Stream.of(hits).sorted().map(Hit::id);
  }
}
