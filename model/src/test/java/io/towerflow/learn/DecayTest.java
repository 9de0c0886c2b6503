package io.towerflow.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DecayTest {

  @Test
  void halfIsLeftAfterEachHalfLifeExactly() {
    Decay decay = new Decay(200);
    assertThat(decay.after(0)).isEqualTo(1);
    assertThat(decay.after(200)).isEqualTo(0.5);
    assertThat(decay.after(1000)).isEqualTo(1 / 32.0);
    assertThat(new Decay(1).after(1022)).isZero();
    assertThat(decay.after(Long.MAX_VALUE)).isZero();
  }

  @Test
  void betweenItFollowsThePowerOfTwo() {
    for (double halfLife : new double[] {0.7, 3, 200, 2000, 20_000, 1e12}) {
      Decay decay = new Decay(halfLife);
      for (long events = 0;
          events / halfLife < 1000 && events < 100_000;
          events += 1 + events / 7) {
        double expected = StrictMath.pow(2, -events / halfLife);
        assertThat(decay.after(events) / expected)
            .as("2^(-%d / %s)", events, halfLife)
            .isCloseTo(1, within(1e-13));
      }
    }
  }
}
