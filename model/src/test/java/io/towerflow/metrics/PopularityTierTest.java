package io.towerflow.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PopularityTierTest {

  /** The tiers of all items from their counts. */
  private static Cohort[] tiers(long... counts) {
    return IntStream.range(0, counts.length)
        .mapToObj(item -> PopularityTier.of(item, counts.length, other -> counts[other]))
        .toArray(Cohort[]::new);
  }

  @Test
  void eachTierMakesUpAThirdOfTheEvents() {
    // 18 events: 6; 3 + 3; 2 + 2 + 1 + 1
    assertThat(tiers(6, 3, 3, 2, 2, 1, 1))
        .containsExactly(
            Cohort.HEAD,
            Cohort.TORSO,
            Cohort.TORSO,
            Cohort.TAIL,
            Cohort.TAIL,
            Cohort.TAIL,
            Cohort.TAIL);
  }

  @Test
  void itemsAreRankedByTheirCountsAndNotByTheirNumbers() {
    assertThat(tiers(1, 3, 1, 6, 2, 3, 2))
        .containsExactly(
            Cohort.TAIL,
            Cohort.TORSO,
            Cohort.TAIL,
            Cohort.HEAD,
            Cohort.TAIL,
            Cohort.TORSO,
            Cohort.TAIL);
  }

  @Test
  void anItemAcrossABorderBelongsToTheMorePopularSide() {
    // Of 12 events the first third ends within the second item, the second third with the third.
    assertThat(tiers(3, 3, 2, 2, 2))
        .containsExactly(Cohort.HEAD, Cohort.HEAD, Cohort.TORSO, Cohort.TAIL, Cohort.TAIL);
    // One item alone is more than two thirds of 10 events: no torso.
    assertThat(tiers(8, 1, 1)).containsExactly(Cohort.HEAD, Cohort.TAIL, Cohort.TAIL);
  }

  @Test
  void ofEquallyPopularItemsTheOneSeenFirstComesFirst() {
    assertThat(tiers(5, 5, 5)).containsExactly(Cohort.HEAD, Cohort.TORSO, Cohort.TAIL);
  }

  @Test
  void itemsSeenLaterDoNotCount() {
    long[] counts = {1, 1, 1, 100};
    assertThat(PopularityTier.of(0, 3, item -> counts[item])).isEqualTo(Cohort.HEAD);
  }

  @Test
  void anItemThatNobodyTookIsTail() {
    assertThat(tiers(1, 0)).containsExactly(Cohort.HEAD, Cohort.TAIL);
    assertThat(tiers(0)).containsExactly(Cohort.TAIL);
  }
}
