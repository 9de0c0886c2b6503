package io.towerflow.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CounterRandomTest {

  @Test
  void numbersNeverChangeBecauseSnapshotsLeaveRowsOutThatTheyMake() {
    assertThat(CounterRandom.seedOf(42, "item")).isEqualTo(8380078642700299304L);
    assertThat(CounterRandom.bits(42, 1, 2)).isEqualTo(-1451441013313770160L);
  }

  @Test
  void integersBelowABoundAreEven() {
    int[] counts = new int[10];
    for (int i = 0; i < 100_000; i++) {
      counts[CounterRandom.below(10, 1, 2, i)]++;
    }
    // Binomial with n = 100 000, p = 0.1: sigma 95.
    for (int count : counts) {
      assertThat(count).isBetween(10_000 - 4 * 95, 10_000 + 4 * 95);
    }
  }

  @Test
  void aBoundThatIsNotPositiveIsRefused() {
    assertThatThrownBy(() -> CounterRandom.below(0, 1, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("positive");
  }
}
