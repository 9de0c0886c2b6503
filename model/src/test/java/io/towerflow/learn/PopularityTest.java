package io.towerflow.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PopularityTest {

  @Test
  void countsHalveWithTheEventsThatPass() {
    Popularity popularity = new Popularity(List.of(2.0, 1.0));
    popularity.add(0, 1);
    popularity.add(1, 3);
    // Item 0 is two events old: 1/2. Item 1: 1. With 0.1 added to each of the two: 0.6 / (1.5 +
    // 0.2).
    assertThat(popularity.probability(0, 0, 2)).isCloseTo(0.6 / 1.7, within(1e-12));
    assertThat(popularity.probability(0, 1, 2)).isCloseTo(1.1 / 1.7, within(1e-12));
    popularity.add(0, 5);
    // Item 0: 1/4 + 1. Item 1: 1/2.
    assertThat(popularity.probability(0, 0, 2)).isCloseTo(1.35 / 1.95, within(1e-12));
    assertThat(popularity.count(0)).isEqualTo(2);
  }

  @Test
  void anItemNeverTakenKeepsASmallProbabilityAndAllAddUpToOne() {
    Popularity popularity = new Popularity(List.of(1000.0));
    popularity.add(2, 1);
    double sum = 0;
    for (int position = 0; position < 100; position++) {
      assertThat(popularity.probability(0, position, 100)).isPositive();
      sum += popularity.probability(0, position, 100);
    }
    assertThat(sum).isCloseTo(1, within(1e-12));
    assertThat(popularity.count(99)).isZero();
  }

  @Test
  void aRestoredPopularityGoesOn() throws Exception {
    Popularity popularity = new Popularity(List.of(3.0, 50.0));
    for (int ordinal = 1; ordinal <= 200; ordinal++) {
      popularity.add(ordinal % 7 * 20, ordinal);
    }
    Map<Integer, byte[]> rows = new TreeMap<>();
    popularity.drainDirty(rows::put);
    Popularity restored = new Popularity(List.of(3.0, 50.0));
    rows.forEach(restored::restore);
    restored.restoreTotal(popularity.totalBytes());
    popularity.add(5, 201);
    restored.add(5, 201);
    for (int position = 0; position < 141; position++) {
      assertThat(restored.probability(0, position, 141))
          .isEqualTo(popularity.probability(0, position, 141));
    }
    Map<Integer, byte[]> changed = new TreeMap<>();
    restored.drainDirty(changed::put);
    assertThat(changed).containsOnlyKeys(5);
  }
}
