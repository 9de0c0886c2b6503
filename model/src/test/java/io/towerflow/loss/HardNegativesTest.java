package io.towerflow.loss;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.table.CounterRandom;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HardNegativesTest {

  private static final float OUT = Float.NEGATIVE_INFINITY;

  @Test
  void anExampleKeepsItsHighestScoredNegativesAndItsOwnItemHoweverLowThatScores() {
    float[] scores = {
      -9, 3, 1, 2, // own item: column 0, the two highest others: 1 and 3
      5, 3, 1, 2, // own item: column 1, the two highest others: 0 and 3
    };
    assertThat(HardNegatives.mask(scores, new int[] {0, 1}, 2))
        .containsExactly(0, 0, OUT, 0, 0, 0, OUT, 0);
  }

  @Test
  void amongEqualScoresTheSmallerColumnStays() {
    float[] scores = {7, 4, 7, 4, 4};
    assertThat(HardNegatives.mask(scores, new int[] {4}, 3)).containsExactly(0, 0, 0, OUT, 0);
  }

  @Test
  void whatWasMaskedBeforeIsNotKeptInTheStead() {
    float[] scores = {1, OUT, 2, OUT};
    assertThat(HardNegatives.mask(scores, new int[] {0}, 1)).containsExactly(0, OUT, 0, OUT);
  }

  @Test
  void asManyAsThereAreIsAllOfThem() {
    assertThat(HardNegatives.mask(new float[] {1, 2, 3}, new int[] {1}, 2)).containsOnly(0);
    assertThat(HardNegatives.mask(new float[] {1, 2, 3}, new int[] {1}, 100)).containsOnly(0);
  }

  @Test
  void whatIsKeptIsWhatSortingKeeps() {
    int m = 57;
    int[] positives = {0, 56, 20};
    float[] scores = new float[positives.length * m];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = CounterRandom.below(25, 9, 0, i); // many ties
    }
    for (int count = 1; count < m; count++) {
      float[] mask = HardNegatives.mask(scores, positives, count);
      for (int i = 0; i < positives.length; i++) {
        int row = i * m;
        int own = positives[i];
        List<Integer> hardest =
            IntStream.range(0, m)
                .filter(column -> column != own)
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(column -> -scores[row + column]))
                .limit(count)
                .toList();
        for (int column = 0; column < m; column++) {
          assertThat(mask[row + column] == 0)
              .as("%d kept, example %d, column %d", count, i, column)
              .isEqualTo(column == own || hardest.contains(column));
        }
      }
    }
  }
}
