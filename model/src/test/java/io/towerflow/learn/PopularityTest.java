package io.towerflow.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.towerflow.spec.ModelSpecs;
import java.security.MessageDigest;
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
  void anItemThatIsRemovedIsNoPartOfTheWholeAndTheLastTakesItsPlace() throws Exception {
    Popularity popularity = new Popularity(List.of(2.0));
    popularity.add(0, 1);
    popularity.add(1, 3);
    Map<Integer, byte[]> rows = new TreeMap<>();
    popularity.drainDirty(rows::put);
    popularity.remove(0, 1); // was down to 1/2; the other counts 1
    assertThat(popularity.count(0)).isEqualTo(1);
    assertThat(popularity.count(1)).isZero();
    assertThat(popularity.probability(0, 0, 1)).isCloseTo(1, within(1e-12));
    popularity.drainDirty(rows::put);
    rows.remove(1); // as the catalogue has it

    Popularity restored = new Popularity(List.of(2.0));
    rows.forEach(restored::restore);
    restored.restoreTotal(popularity.totalBytes());
    popularity.add(0, 5); // 1/2 + 1
    restored.add(0, 5);
    assertThat(popularity.probability(0, 0, 2)).isCloseTo(1.6 / 1.7, within(1e-12));
    assertThat(restored.probability(0, 0, 2)).isEqualTo(popularity.probability(0, 0, 2));
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

  private static Popularity byGaps() {
    return Popularity.of(
        ModelSpecs.parse(
            """
            event: {user: u, item: i, time: t}
            query: {features: [{kind: id}]}
            candidate: {features: [{kind: id}]}
            loss: {frequency_estimate: gap, frequency_rate: 0.2}
            """));
  }

  @Test
  void anEstimateFromGapsIsRestoredWithTheCountsAndIsPartOfTheDigest() throws Exception {
    Popularity quiet = byGaps();
    for (int ordinal = 1; ordinal <= 50; ordinal++) {
      quiet.add(ordinal % 7 * 20, ordinal);
    }
    Map<Integer, byte[]> rows = new TreeMap<>();
    quiet.drainDirty(rows::put);
    Popularity restored = byGaps();
    rows.forEach(restored::restore);
    restored.restoreTotal(quiet.totalBytes());
    quiet.add(20, 51);
    restored.add(20, 51);
    assertThat(restored.frequency(20, 141)).isEqualTo(quiet.frequency(20, 141));
    assertThat(digest(restored)).isEqualTo(digest(quiet));
    restored.addAgain(20);
    assertThat(restored.count(20)).isEqualTo(quiet.count(20));
    assertThat(digest(restored)).isNotEqualTo(digest(quiet));
  }

  private static byte[] digest(Popularity popularity) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    popularity.digest(digest, 141);
    return digest.digest();
  }

  @Test
  void aSnapshotWithoutGapsCannotBeGoneOnFromWithThem() throws Exception {
    Popularity decayed = new Popularity(List.of(20_000.0));
    decayed.add(0, 1);
    Map<Integer, byte[]> rows = new TreeMap<>();
    decayed.drainDirty(rows::put);
    assertThatThrownBy(() -> byGaps().restore(0, rows.get(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has 24 bytes in the snapshot, and this spec keeps 40")
        .hasMessageContaining("loss.frequency_estimate");
  }
}
