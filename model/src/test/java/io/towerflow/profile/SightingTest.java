package io.towerflow.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.spec.Lifetime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SightingTest {

  /** Sixteen periods of ten milliseconds. */
  private static final Lifetime SHORT = new Lifetime(3, Duration.ofMillis(160));

  @Test
  void anIdIsAdmittedWithTheEventThatCompletesItsCount() {
    Sighting first = Sighting.after(null, 1000, SHORT);
    Sighting second = Sighting.after(first, 1000, SHORT);
    Sighting third = Sighting.after(second, 1000, SHORT);
    assertThat(first.isAdmitted(SHORT)).isFalse();
    assertThat(second.isAdmitted(SHORT)).isFalse();
    assertThat(third.isAdmitted(SHORT)).isTrue();
    assertThat(Sighting.after(third, 1009, SHORT))
        .as("nothing to be written: the count is full, and it is the same period")
        .isEqualTo(third)
        .isEqualTo(new Sighting(3, 1000));
  }

  @Test
  void anIdLeavesWhenMoreThanItsTimeToLiveHasPassedAndAtMostASixteenthMore() {
    long seenAt = 1003;
    long period = SHORT.period(seenAt); // from 1000 to 1009
    assertThat(SHORT.isOver(period, seenAt + 160)).isFalse();
    assertThat(SHORT.isOver(period, 1169)).as("sixteen periods later").isFalse();
    assertThat(SHORT.isOver(period, 1170)).isTrue();
    assertThat(SHORT.isOver(period, seenAt + 170)).isTrue();
    assertThat(SHORT.isOver(period, 1)).as("time that has gone back").isFalse();
    assertThat(SHORT.period(-1)).isEqualTo(-10);
  }

  @Test
  void whatWasNotedUnderAnotherTimeToLiveIsUnderstood() {
    Lifetime twice = new Lifetime(1, Duration.ofMillis(320)); // periods of 20 ms
    long period = SHORT.period(1015);
    assertThat(twice.isOver(period, 1015 + 320)).isFalse();
    assertThat(twice.isOver(period, 1360)).isTrue(); // 350 ms after the period began
    assertThat(SHORT.isOver(twice.period(1015), 1015 + 170)).isTrue();
  }

  @Test
  void aTimeToLiveThatIsNoMultipleOfSixteenIsNotCutShort() {
    Lifetime odd = new Lifetime(1, Duration.ofMillis(161)); // periods of 11 ms
    assertThat(odd.isOver(odd.period(10), 10 + 161)).isFalse();
    assertThat(odd.isOver(odd.period(0), 17 * 11)).isTrue();
  }

  @Test
  void withoutATimeToLiveNothingIsEverOver() {
    Lifetime counted = new Lifetime(2, Lifetime.NEVER);
    assertThat(counted.isOver(counted.period(0), Long.MAX_VALUE)).isFalse();
    assertThat(counted.needsAccount()).isTrue();
    assertThat(Lifetime.UNBOUNDED.needsAccount()).isFalse();
    assertThat(SHORT.needsAccount()).isTrue();
  }
}
