package io.towerflow.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.local.ChaosFigures.Spread;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChaosFiguresTest {

  @Test
  void theMedianIsTheMiddleOrTheMeanOfTheMiddleTwo() {
    assertThat(Spread.of(List.of(9000L))).isEqualTo(new Spread(9, 9));
    assertThat(Spread.of(List.of(9000L, 1000L, 4000L))).isEqualTo(new Spread(4, 9));
    assertThat(Spread.of(List.of(9000L, 1000L, 4000L, 2000L))).isEqualTo(new Spread(3, 9));
  }

  @Test
  void thereIsNothingToComplainOfWhereBothModelsAreOneAndNothingIsMissing() {
    assertThat(figures(0, 0, "abc").complaint()).isEmpty();
  }

  @Test
  void whatIsWrongIsSaidInASentence() {
    assertThat(figures(0, 0, "xyz").complaint()).contains("another", "xyz", "abc");
    assertThat(figures(0, 0, "").complaint()).contains("no digest");
    assertThat(figures(2, 0, "abc").complaint()).contains("2 came twice");
    assertThat(figures(0, 1, "abc").complaint()).contains("1 outputs or events were lost");
  }

  private static ChaosFigures figures(long duplicates, long lost, String digest) {
    return new ChaosFigures(
        10, 10, 0, 1, 1, 0, duplicates, lost, digest, "abc", Spread.of(List.of(1000L)));
  }
}
