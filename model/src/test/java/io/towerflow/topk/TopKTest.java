package io.towerflow.topk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TopKTest {

  @Test
  void theBestScoresAreKeptBestFirst() {
    TopK best = new TopK(2);
    best.offer(1, "a", 0.5f);
    best.offer(2, "b", 0.9f);
    best.offer(3, "c", 0.7f);

    assertThat(best.sorted()).containsExactly(new Hit(2, "b", 0.9f), new Hit(3, "c", 0.7f));
  }

  @Test
  void ofEqualScoresTheSmallerIdComesFirst() {
    TopK best = new TopK(2);
    best.offer(1, "b", 1f);
    best.offer(2, "c", 1f);
    best.offer(3, "a", 1f);

    assertThat(best.sorted()).extracting(Hit::id).containsExactly("a", "b");
  }

  @Test
  void idsAreComparedAsStrings() {
    TopK best = new TopK(3);
    best.offer(1, "9", 1f);
    best.offer(2, "10", 1f);
    best.offer(3, "100", 1f);

    assertThat(best.sorted()).extracting(Hit::id).containsExactly("10", "100", "9");
  }

  @Test
  void zeroAndMinusZeroAreATie() {
    TopK best = new TopK(2);
    best.offer(1, "b", 0f);
    best.offer(2, "a", -0f);

    assertThat(best.sorted()).extracting(Hit::id).containsExactly("a", "b");
  }

  @Test
  void anOfferTellsWhetherItWasTaken() {
    TopK best = new TopK(1);

    assertThat(best.offer(1, "b", 1f)).isTrue();
    assertThat(best.offer(2, "c", 1f)).isFalse();
    assertThat(best.offer(3, "a", 1f)).isTrue();
    assertThat(best.offer(4, "z", 2f)).isTrue();
    assertThat(best.offer(5, "y", 1f)).isFalse();
  }

  @Test
  void infiniteScoresHaveTheirPlace() {
    TopK best = new TopK(3);
    best.offer(1, "low", Float.NEGATIVE_INFINITY);
    best.offer(2, "high", Float.POSITIVE_INFINITY);
    best.offer(3, "middle", 0f);

    assertThat(best.sorted()).extracting(Hit::id).containsExactly("high", "middle", "low");
  }

  @Test
  void nanIsRefusedHoweverFullTheListIs() {
    TopK best = new TopK(1);
    assertThatThrownBy(() -> best.offer(1, "a", Float.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a is NaN");

    best.offer(2, "b", 1f);
    assertThatThrownBy(() -> best.offer(1, "a", Float.NaN))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(best.sorted()).extracting(Hit::id).containsExactly("b");
  }

  @Test
  void theBestNoneAreNoneAndFewerThanNoneAreRefused() {
    TopK none = new TopK(0);
    assertThat(none.offer(1, "a", 1f)).isFalse();
    assertThat(none.sorted()).isEmpty();

    assertThatThrownBy(() -> new TopK(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void mergedListsAreTheListOfTheWhole() {
    List<Hit> first = List.of(new Hit(1, "a", 5f), new Hit(2, "d", 3f), new Hit(3, "g", 1f));
    List<Hit> second = List.of(new Hit(4, "b", 4f), new Hit(5, "c", 3f), new Hit(6, "e", 2f));

    assertThat(TopK.merge(List.of(first, second, List.of()), 4))
        .extracting(Hit::id)
        .containsExactly("a", "b", "c", "d");
    assertThat(TopK.merge(List.of(first, second), 100))
        .extracting(Hit::id)
        .containsExactly("a", "b", "c", "d", "e", "g");
    assertThat(TopK.merge(List.of(), 3)).isEmpty();
  }
}
