package io.towerflow.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ItemKnnTest {

  @Test
  void theScoreIsTheShrunkCosineWithTheHistoryWeightedByAge() {
    Rehearsal knn =
        new Rehearsal(new ItemKnn(new ItemKnn.Parameters(10, 2, 0.5)))
            .take(0, 0, 1, 2)
            .take(1, 0, 3);

    // Item 0 was taken twice, the others once; user 1 took item 3 last and item 0 before it.
    // Item 0 met 3: 1 / sqrt((2 + 2)(1 + 2)). Items 1, 2 and 3 met 0: half of that.
    float cosine = (float) (1 / Math.sqrt(12));
    assertThat(knn.scores(1))
        .containsExactly(new float[] {cosine, cosine / 2, cosine / 2, cosine / 2}, within(1e-6f));
  }

  @Test
  void pairsThatOccurMoreOftenCountMore() {
    Rehearsal knn =
        new Rehearsal(new ItemKnn(new ItemKnn.Parameters(10, 0, 1)))
            .take(0, 0, 1)
            .take(1, 1, 0)
            .take(2, 2, 0)
            .take(3, 0);

    // Item 0 was taken four times, with item 1 in two of its two, with item 2 in one of its one.
    assertThat(knn.scores(3))
        .containsExactly(
            new float[] {0, (float) (2 / Math.sqrt(4 * 2)), (float) (1 / Math.sqrt(4 * 1))},
            within(1e-6f));
  }

  @Test
  void aNewItemIsPairedWithTheLastItemsOnly() {
    Rehearsal knn =
        new Rehearsal(new ItemKnn(new ItemKnn.Parameters(2, 0, 1))).take(0, 0, 1, 2, 3).take(1, 0);

    // Item 0 met 1 and 2; it was three events ago when 3 was taken.
    float cosine = (float) (1 / Math.sqrt(2));
    assertThat(knn.scores(1)).containsExactly(new float[] {0, cosine, cosine, 0}, within(1e-6f));
  }

  @Test
  void aScoreIsMadeOfTheLastItemsOnly() {
    Rehearsal knn =
        new Rehearsal(new ItemKnn(new ItemKnn.Parameters(1, 0, 1))).take(0, 0, 1).take(1, 0, 2);

    // Of user 1's items only 2 counts, which met 0 alone; that 1 met 0 is out of reach.
    assertThat(knn.scores(1))
        .containsExactly(new float[] {(float) (1 / Math.sqrt(2)), 0, 0}, within(1e-6f));
  }

  @Test
  void itemsThatShareNoPairComeLastAndTheMorePopularOneOfThemFirst() {
    Rehearsal knn =
        new Rehearsal(new ItemKnn(ItemKnn.Parameters.DEFAULT))
            .take(0, 0, 1)
            .take(1, 2)
            .take(2, 3)
            .take(3, 3)
            .take(4, 0);

    float[] scores = knn.scores(4);
    assertThat(scores[3]).isGreaterThan(scores[2]).isLessThan(scores[1]);
    assertThat(scores[2]).isPositive();
  }

  @Test
  void anItemTakenAgainIsNoNeighbourOfItself() {
    Rehearsal knn = new Rehearsal(new ItemKnn(ItemKnn.Parameters.DEFAULT)).take(0, 0, 0, 0);

    assertThat(knn.scores(0)).containsExactly(new float[] {0}, within(1e-6f));
  }

  @Test
  void parametersOutOfTheirRangeAreRefused() {
    assertThatThrownBy(() -> new ItemKnn.Parameters(0, 2, 0.8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("history");
    assertThatThrownBy(() -> new ItemKnn.Parameters(30, -1, 0.8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("shrinkage");
    assertThatThrownBy(() -> new ItemKnn.Parameters(30, 2, 1.1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("decay");
  }
}
