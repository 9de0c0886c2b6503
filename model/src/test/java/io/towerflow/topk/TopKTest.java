package io.towerflow.topk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TopKTest {

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

  @Test
  void theBestNoneAreNoneAndFewerThanNoneAreRefused() {
    assertThat(TopK.merge(List.of(List.of(new Hit(1, "a", 1f))), 0)).isEmpty();

    assertThatThrownBy(() -> TopK.merge(List.of(), -1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
