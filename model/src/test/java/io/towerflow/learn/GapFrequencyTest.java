package io.towerflow.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.towerflow.table.CounterRandom;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class GapFrequencyTest {

  private static GapFrequency after(double rate, int... positions) {
    GapFrequency frequency = new GapFrequency(rate);
    for (int position : positions) {
      frequency.add(position);
    }
    return frequency;
  }

  @Test
  void theProbabilityIsOneByTheMeanGapWhichMovesByTheRate() {
    GapFrequency frequency = after(0.25, 0, 1, 1, 1, 0, 1);
    // Item 0: B = 1 at event 1; event 5 closes a gap of 4: B = 0.75 * 1 + 0.25 * 4 = 1.75.
    assertThat(frequency.probability(0)).isCloseTo(1 / 1.75, within(1e-12));
    // Item 1: B = 2 at event 2, the second item; gaps of 1, 1, 2: B = 1.75, 1.5625, and
    // 0.75 * 1.5625 + 0.25 * 2 = 1.671875.
    assertThat(frequency.probability(1)).isCloseTo(1 / 1.671875, within(1e-12));
  }

  @Test
  void anItemSeenOnceOrNeverIsAsLikelyAsAnyOther() {
    // However late it comes: the 41st event is the first of the third item.
    GapFrequency frequency = new GapFrequency(0.01);
    for (int event = 0; event < 40; event++) {
      frequency.add(event % 2);
    }
    assertThat(frequency.probability(7)).isCloseTo(1.0 / 3, within(1e-12)); // were it the next
    frequency.add(7);
    assertThat(frequency.probability(7)).isCloseTo(1.0 / 3, within(1e-12));
    assertThat(frequency.probability(1000)).isCloseTo(1.0 / 4, within(1e-12));
  }

  @Test
  void anItemThatEveryEventTakesHasProbabilityOneAndNoneHasMore() {
    for (double rate : new double[] {1e-9, 0.1, 0.3, 0.7, 1}) {
      GapFrequency frequency = new GapFrequency(rate);
      for (int item = 0; item < 1000; item++) {
        frequency.add(item);
      }
      for (int event = 0; event < 1000; event++) {
        frequency.add(999);
        assertThat(frequency.probability(999)).isPositive().isLessThanOrEqualTo(1);
      }
    }
    assertThat(after(0.3, 4, 4, 4).probability(4)).isEqualTo(1);
  }

  @Test
  void ofAStreamThatNeverChangesTheTrueProbabilitiesAreFound() {
    GapFrequency frequency = new GapFrequency(0.01);
    for (int event = 0; event < 200_000; event++) {
      double u = CounterRandom.uniform(5, 0, event);
      frequency.add(u < 0.5 ? 0 : u < 0.8 ? 1 : 2);
    }
    // The mean of the last hundred gaps or so; its relative error is about sqrt(0.01 / 2) = 7 %.
    assertThat(frequency.probability(0)).isCloseTo(0.5, within(0.1));
    assertThat(frequency.probability(1)).isCloseTo(0.3, within(0.06));
    assertThat(frequency.probability(2)).isCloseTo(0.2, within(0.04));
  }

  @Test
  void whatIsRemovedIsNoLongerCountedAndTheLastTakesItsPlace() {
    GapFrequency frequency = after(0.1, 0, 1, 2, 0); // the gap of 0 begins at 1: 1 + 0.1 (3 - 1)
    frequency.remove(1, 2);
    assertThat(frequency.probability(0)).isEqualTo(1 / 1.2, within(1e-12));
    assertThat(frequency.probability(1)).as("what 2 had, the third of three").isEqualTo(1 / 3.0);
    assertThat(frequency.probability(2)).as("never taken, where two are").isEqualTo(1 / 3.0);
    frequency.add(1); // event 5, two after its last: 3 + 0.1 (2 - 3)
    assertThat(frequency.probability(1)).isEqualTo(1 / 2.9, within(1e-12));
  }

  @Test
  void whatIsRestoredGoesOnAsWhatWasNeverStopped() {
    GapFrequency quiet = after(0.1, 0, 70, 0, 3, 70);
    GapFrequency restored = new GapFrequency(0.1);
    for (int position : new int[] {70, 3, 1, 0}) { // in any order, and one never taken
      ByteBuffer row = ByteBuffer.allocate(GapFrequency.BYTES);
      quiet.put(position, row);
      restored.restore(position, row.flip());
    }
    restored.restoreNow(quiet.now());
    for (int position : new int[] {3, 9, 0}) {
      quiet.add(position);
      restored.add(position);
    }
    for (int position : new int[] {0, 1, 3, 9, 70}) {
      assertThat(restored.probability(position)).isEqualTo(quiet.probability(position));
    }
  }
}
