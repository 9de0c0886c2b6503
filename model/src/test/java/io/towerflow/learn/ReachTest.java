package io.towerflow.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReachTest {

  private static final Reach REACH =
      Reach.of(
          List.of(
              new Publication.Query("a", new float[] {3, 4, 1, -2}, new int[0]),
              new Publication.Query("b", new float[] {0, 1, -1.5f, 0}, new int[0])),
          2);

  @Test
  void theLongestQueryAndTheLargestWeightOfEachNumberCount() {
    assertThat(REACH.towers()).isEqualTo(5);
    assertThat(REACH.popularity()).containsExactly(1.5, 2);
  }

  @Test
  void aScoreMovesAtMostAsFarAsBothPartsTogetherCanMoveIt() {
    float[] from = {1, 1, 0, 1};
    // Towers: 5 * |(0.6, 0.8)| = 5. Popularity: 1.5 * 0.2 + 2 * 0.1 = 0.5.
    float[] to = {1.6f, 1.8f, 0.2f, 0.9f};
    assertThat(REACH.mostMoved(from, to)).isCloseTo(5.5, within(1e-6));
    assertThat(REACH.mostMoved(from, from)).isZero();
    assertThat(Reach.none(2).mostMoved(from, to)).isZero();
    assertThat(REACH.mostMoved(from, new float[] {Float.NaN, 0, 0, 0})).isNaN();
  }
}
