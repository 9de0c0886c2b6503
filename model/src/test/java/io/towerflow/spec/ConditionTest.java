package io.towerflow.spec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConditionTest {

  @ParameterizedTest
  @CsvSource({
    "r >= 4, false, true, true",
    "r > 4, false, false, true",
    "r <= 4, true, true, false",
    "r < 4, true, false, false",
    "r == 4, false, true, false",
    "r!=4, true, false, true"
  })
  void eachSignComparesAsItReads(String text, boolean three, boolean four, boolean five) {
    Condition condition = Condition.of(text).orElseThrow();
    assertThat(condition.field()).isEqualTo("r");
    assertThat(condition.holds(3)).isEqualTo(three);
    assertThat(condition.holds(4)).isEqualTo(four);
    assertThat(condition.holds(5)).isEqualTo(five);
    assertThat(condition.holds(Double.NaN)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "r", ">= 4", "r >= ", "r = 4", "r >= four", "r >= 1.2.3", "r > 1e999"})
  void whatStatesNoConditionIsNone(String text) {
    assertThat(Condition.of(text)).isEmpty();
  }

  @Test
  void aFieldMayHaveSpacesAndABoundASign() {
    assertThat(Condition.of("my  stars>-1.5e0"))
        .contains(new Condition("my  stars", Condition.Comparison.GREATER, -1.5));
  }
}
