package io.towerflow.baseline;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.table.CounterRandom;
import org.junit.jupiter.api.Test;

class CoOccurrencesTest {

  @Test
  void aPairCountsForBothOfItsItems() {
    CoOccurrences pairs = new CoOccurrences();
    pairs.add(0, 1);
    pairs.add(1, 0);
    pairs.add(1, 2);

    assertThat(row(pairs, 0, 3)).containsExactly(0, 2, 0);
    assertThat(row(pairs, 1, 3)).containsExactly(2, 0, 1);
    assertThat(row(pairs, 2, 3)).containsExactly(0, 1, 0);
  }

  @Test
  void countsAreWeightedAndAddedToWhatIsThere() {
    CoOccurrences pairs = new CoOccurrences();
    pairs.add(0, 1);
    pairs.add(0, 1);
    float[] sums = {5, 7};
    pairs.addTo(sums, 0, 0.25f);

    assertThat(sums).containsExactly(5, 7.5f);
  }

  @Test
  void anItemThatMetNobodyAddsNothing() {
    assertThat(row(new CoOccurrences(), 1_000, 1)).containsExactly(0);
  }

  @Test
  void manyPairsAreCountedAsAMatrixWould() {
    int items = 1_000;
    float[][] matrix = new float[items][items];
    CoOccurrences pairs = new CoOccurrences();
    for (int i = 0; i < 50_000; i++) {
      int one = CounterRandom.below(items, 7, i, 0);
      int other = CounterRandom.below(1 + i % items, 7, i, 1);
      if (one != other) {
        pairs.add(one, other);
        matrix[one][other]++;
        matrix[other][one]++;
      }
    }

    for (int item = 0; item < items; item++) {
      assertThat(row(pairs, item, items)).as("item %d", item).isEqualTo(matrix[item]);
    }
  }

  private static float[] row(CoOccurrences pairs, int item, int items) {
    float[] row = new float[items];
    pairs.addTo(row, item, 1);
    return row;
  }
}
