package io.towerflow.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PopularityBaselinesTest {

  @Test
  void popularityIsTheNumberOfEvents() {
    Rehearsal popularity =
        new Rehearsal(new MostPopular()).take(0, 0, 1, 2).take(1, 1, 2).take(2, 1);

    assertThat(popularity.scores(0)).containsExactly(1, 3, 2);
    assertThat(popularity.scores(2)).containsExactly(1, 3, 2);
  }

  @Test
  void anEventIsWorthHalfAfterAHalfLifeOfEvents() {
    Rehearsal popularity = new Rehearsal(new DecayedPopularity(2)).take(0, 0, 1, 0);

    // Item 0: two events ago and now, 1/2 + 1. Item 1: one event ago, 2^(-1/2).
    assertThat(popularity.scores(0)).containsExactly(new float[] {1.5f, 0.70711f}, within(1e-5f));
  }

  @Test
  void popularityDecaysForEver() {
    Rehearsal popularity = new Rehearsal(new DecayedPopularity(1));
    for (int i = 0; i < 1_000; i++) {
      popularity.take(0, 0, 1);
    }

    // Every second event: 1 + 1/4 + 1/16 + ... = 4/3, and half of it one event earlier.
    assertThat(popularity.scores(0))
        .containsExactly(new float[] {0.66667f, 1.33333f}, within(1e-5f));
  }

  @Test
  void aHalfLifeOfNoEventIsRefused() {
    assertThatThrownBy(() -> new DecayedPopularity(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("half-life");
    assertThatThrownBy(() -> new DecayedPopularity(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
