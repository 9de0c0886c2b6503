package io.towerflow.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RowsLearnerTest {

  private static Set<Integer> rows(RowsLearner learner, int from, int to) {
    Set<Integer> rows = new HashSet<>();
    for (int example = from; example < to; example++) {
      rows.add(learner.rowOf(example));
    }
    return rows;
  }

  @Test
  void theTableIsFilledRowByRowAndThenEachRoundTouchesDistinctRowsOfIt() {
    RowsLearner learner = new RowsLearner(1_000, 300, 2, 7);
    Set<Integer> all = rows(learner, 0, 1_000);
    assertThat(all).hasSize(1_000).contains(128, 1_127);
    Set<Integer> first = rows(learner, 1_000, 1_300);
    Set<Integer> second = rows(learner, 1_300, 1_600);
    assertThat(first).hasSize(300).isSubsetOf(all);
    assertThat(second).hasSize(300).isSubsetOf(all);
    // Of 300 random rows of 1000, some 90 are among 300 others (standard deviation 8).
    first.retainAll(second);
    assertThat(first).hasSizeBetween(60, 120);
    assertThat(rows(new RowsLearner(1_000, 300, 2, 8), 1_000, 1_300))
        .as("by another seed")
        .isNotEqualTo(rows(learner, 1_000, 1_300));
  }

  @Test
  void aRoundMayTouchAllRows() {
    assertThat(rows(new RowsLearner(1_000, 1_000, 2, 7), 1_000, 2_000)).hasSize(1_000);
    assertThat(rows(new RowsLearner(1, 1, 2, 7), 1, 3)).containsExactly(128);
    assertThatThrownBy(() -> new RowsLearner(1_000, 1_001, 2, 7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 to 1000 rows, not 1001");
  }

  @Test
  void restoredItGoesOnAsIfNothingHadHappened() throws Exception {
    RowsLearner quiet = new RowsLearner(100, 10, 2, 7);
    touch(quiet, 137);
    RowsLearner first = new RowsLearner(100, 10, 2, 7);
    MemoryStore store = new MemoryStore();
    touch(first, 40);
    first.snapshot(store);
    touch(first, 73);
    assertThat(first.unwritten()).as("60 rows of the first 100, 13 of 40 later").isBetween(60, 73);
    first.snapshot(store);
    assertThat(first.unwritten()).isZero();
    RowsLearner second = new RowsLearner(100, 10, 2, 7);
    second.restore(store, List.of(), List.of());
    touch(second, 137 - 113);
    assertThat(second.step()).isEqualTo(137);
    assertThat(second.size()).isEqualTo(100);
    assertThat(second.digest()).isEqualTo(quiet.digest());
  }

  private static void touch(RowsLearner learner, int examples) {
    for (int i = 0; i < examples; i++) {
      learner.learn(
          null,
          progress -> {
            throw new AssertionError(progress);
          });
    }
  }
}
