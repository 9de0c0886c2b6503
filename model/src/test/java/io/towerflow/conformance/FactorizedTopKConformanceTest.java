package io.towerflow.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.towerflow.metrics.Prequential;
import io.towerflow.metrics.TopKAccuracy;
import io.towerflow.table.CounterRandom;
import io.towerflow.topk.CandidateIndex;
import io.towerflow.topk.Hit;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * TensorFlow Recommenders' {@code metrics.FactorizedTopK(ks=(1, 5, 10, 50, 100))}, and its exact
 * search {@code layers.factorized_top_k.BruteForce}.
 *
 * <p>There an item is within the first k if fewer than k candidates score higher, so ties go in its
 * favour, and a model that scores all alike is right always ({@code tf.math.in_top_k}). Here half
 * of the ties count as higher. Of equal scores {@code tf.math.top_k} puts the smaller index first,
 * ours the smaller id.
 */
class FactorizedTopKConformanceTest {

  @Test
  void aRankCountsAtEveryDepthThatReachesIt() {
    TopKAccuracy accuracy = new TopKAccuracy();
    for (int rank : new int[] {1, 5, 6, 100, 101}) {
      accuracy.add(rank);
    }
    assertThat(accuracy.at(1)).isEqualTo(0.2);
    assertThat(accuracy.at(5)).isEqualTo(0.4);
    assertThat(accuracy.at(10)).isEqualTo(0.6);
    assertThat(accuracy.at(50)).isEqualTo(0.6);
    assertThat(accuracy.at(100)).isEqualTo(0.8);
  }

  /** Whether TensorFlow Recommenders counts the item as a hit. */
  private static boolean inTopK(float own, float[] others, int k) {
    int higher = 0;
    for (float other : others) {
      higher += other > own ? 1 : 0;
    }
    return higher < k;
  }

  private static TopKAccuracy accuracyOf(float own, float[] others) {
    int greater = 0;
    int ties = 0;
    for (float other : others) {
      greater += other > own ? 1 : 0;
      ties += other == own ? 1 : 0;
    }
    TopKAccuracy accuracy = new TopKAccuracy();
    accuracy.add(Prequential.rank(greater, ties));
    return accuracy;
  }

  @ParameterizedTest
  @CsvSource({"0", "0.5", "1", "4.5", "5", "9.5", "10", "50", "99.5", "100", "150"})
  void withoutTiesAnItemIsAHitWhereFewerThanKScoreHigher(float higher) {
    // Others at 0.25, 1.25, ...: as many are higher than 200 - x as there are quarters above.
    float[] others = new float[200];
    for (int i = 0; i < others.length; i++) {
      others[i] = i + 0.25f;
    }
    float own = 200 - higher;
    for (int k : TopKAccuracy.DEPTHS) {
      assertThat(accuracyOf(own, others).at(k))
          .as("top %d", k)
          .isEqualTo(inTopK(own, others, k) ? 1 : 0);
    }
  }

  @ParameterizedTest
  @CsvSource({
    // higher, equal, rank here, rank in TensorFlow Recommenders
    "0, 0, 1, 1",
    "0, 1, 1, 1",
    "0, 2, 2, 1",
    "0, 9, 5, 1",
    "3, 4, 6, 4",
    "9, 0, 10, 10",
    "9, 2, 11, 10",
    "0, 1663, 832, 1"
  })
  void halfOfTheTiesCountAsHigherWhereTheDefinitionCountsNone(
      int higher, int equal, int rank, int definition) {
    float[] others = new float[higher + equal + 300];
    for (int i = 0; i < others.length; i++) {
      others[i] = i < higher ? 2 : i < higher + equal ? 1 : 0;
    }
    assertThat(Prequential.rank(higher, equal)).isEqualTo(rank);
    for (int k : TopKAccuracy.DEPTHS) {
      assertThat(inTopK(1, others, k)).isEqualTo(definition <= k);
      assertThat(accuracyOf(1, others).at(k)).as("top %d", k).isEqualTo(rank <= k ? 1 : 0);
    }
  }

  @Test
  void exactSearchIsTheSortedListOfAllScores() {
    // Small whole numbers, exact in single precision in any order of adding; many ties.
    int items = 700;
    float[][] vectors = new float[items][3];
    CandidateIndex index = new CandidateIndex();
    for (int item = items - 1; item >= 0; item--) { // the order of coming does not matter
      for (int d = 0; d < 3; d++) {
        vectors[item][d] = CounterRandom.below(7, 1, item, d) - 3;
      }
      // Ids that stand in the order of their numbers, as columns do in TensorFlow.
      index.put(item, "item%04d".formatted(item), vectors[item]);
    }
    float[] query = {1, -2, 3};
    List<Integer> sorted =
        IntStream.range(0, items)
            .boxed()
            .sorted(
                Comparator.comparingDouble(
                    (Integer item) ->
                        -(vectors[item][0] - 2 * vectors[item][1] + 3 * vectors[item][2])))
            .toList(); // stable: of equal scores the smaller number stays first
    for (int k : new int[] {1, 10, 100, 700, 1000}) {
      assertThat(index.search(query, new int[0], k))
          .extracting(Hit::index)
          .as("top %d", k)
          .isEqualTo(sorted.subList(0, Math.min(k, items)));
    }
  }

  @Test
  void withoutQueriesThereIsNoAccuracy() {
    assertThat(new TopKAccuracy().at(10)).isZero();
  }

  @Test
  void aDepthThatIsNotCountedIsRefused() {
    assertThatThrownBy(() -> new TopKAccuracy().at(7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[1, 5, 10, 50, 100], not at 7");
  }
}
