package io.towerflow.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.towerflow.loss.SoftmaxAdjustment;
import io.towerflow.spec.ModelSpecs;
import io.towerflow.tower.CandidateContext;
import io.towerflow.tower.QueryContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The loss of TensorFlow Recommenders' {@code tasks.Retrieval} and its gradients. There the columns
 * of a batch are its examples' items, an item as often as the batch holds it: {@code scores = U V^T
 * / temperature}, less {@code log p} where the sampling probability is given, plus {@code
 * MIN_FLOAT} for accidental hits, cut down to the positive and the {@code num_hard_negatives}
 * highest of the rest; then softmax cross entropy, times the sample's weight, summed.
 *
 * <p>Here columns are distinct and weigh by {@link SoftmaxAdjustment}. Two things differ on
 * purpose. Where accidental hits stay in, an item that stands c times in a batch has all of its
 * columns as the positive: the loss is lower by the constant {@code ln c}, and no gradient is
 * another. And a candidate that stands several times is one hard negative, not several.
 */
class RetrievalConformanceTest {

  private static final double MIN_FLOAT = -Float.MAX_VALUE / 100.0;

  /** Queries and items of width 2; item k is the row k + 1. */
  private static final double[][] USERS = {
    {1, 0.5}, {-0.25, 2}, {0.75, -1}, {0.5, 0.25}, {1, -0.5}
  };

  private static final double[][] ITEMS = {{0.5, 1}, {2, -0.5}, {-1, 1.5}, {1, 0.25}};

  /** A setting of the task; what is null is not given. */
  private record Task(
      double temperature, double[] probabilities, boolean removeHits, Integer hardNegatives) {}

  /** The definition, in double precision, column by column. */
  private static double definition(
      Task task, double[][] users, double[][] items, int[] taken, double[] weights) {
    int n = taken.length;
    double total = 0;
    for (int i = 0; i < n; i++) {
      double[] scores = new double[n];
      for (int j = 0; j < n; j++) {
        double[] item = items[taken[j]];
        scores[j] = (users[i][0] * item[0] + users[i][1] * item[1]) / task.temperature;
        if (task.probabilities != null) {
          scores[j] -= Math.log(task.probabilities[taken[j]]);
        }
        if (task.removeHits && j != i && taken[j] == taken[i]) {
          scores[j] += MIN_FLOAT;
        }
      }
      int self = i;
      List<Double> negatives =
          new ArrayList<>(
              IntStream.range(0, n).filter(j -> j != self).mapToObj(j -> scores[j]).toList());
      negatives.sort((a, b) -> Double.compare(b, a));
      int kept =
          task.hardNegatives == null ? n - 1 : Math.min(n - 1, task.hardNegatives.intValue());
      double sum = Math.exp(scores[i]);
      for (double negative : negatives.subList(0, kept)) {
        sum += Math.exp(negative);
      }
      total += weights[i] * (Math.log(sum) - scores[i]);
    }
    return total;
  }

  private static String spec(Task task) {
    return """
    event: {user: u, item: i, time: t}
    query: {features: [{kind: id, width: 2}]}
    candidate: {features: [{kind: id, width: 2}]}
    towers: {layers: [], normalize: false, temperature: %s, item_bias: false}
    loss:
      reduction: sum
      uniform_negatives: 0
      hard_negatives: %d
      sampling_correction: %s
      mask_accidental_hits: %s
      mask_seen: false
    optimizer: {kind: sgd, learning_rate: 1}
    """
        .formatted(
            task.temperature,
            task.hardNegatives == null ? 0 : task.hardNegatives,
            task.probabilities == null ? 0 : 1,
            task.removeHits);
  }

  private static void conforms(Task task, int[] taken, double[] weights, double lossOff) {
    conforms(task, task, taken, weights, lossOff);
  }

  /**
   * Holds one step of ours to the definition: the loss, and every row by its slope.
   *
   * @param ours the setting of ours
   * @param task that of the definition
   * @param lossOff by how much our loss is lower
   */
  private static void conforms(
      Task ours, Task task, int[] taken, double[] weights, double lossOff) {
    String yaml = spec(ours);
    int[] distinct = Arrays.stream(taken).distinct().toArray();
    int n = taken.length;
    int[] positives = new int[n];
    int[] counts = new int[distinct.length];
    for (int i = 0; i < n; i++) {
      positives[i] = IntStream.of(distinct).boxed().toList().indexOf(taken[i]);
      counts[positives[i]]++;
    }
    double[] probabilities =
        Arrays.stream(distinct)
            .mapToDouble(item -> task.probabilities == null ? 0.5 : task.probabilities[item])
            .toArray();
    float[] adjustments =
        new SoftmaxAdjustment(ModelSpecs.parse(yaml).loss())
            .of(
                positives,
                counts,
                SoftmaxAdjustment.expected(n, probabilities, 0, ITEMS.length),
                example -> new int[0]);
    List<QueryContext> queries = IntStream.range(0, n).mapToObj(i -> TestTowers.user(i)).toList();
    List<CandidateContext> candidates =
        IntStream.of(distinct).mapToObj(item -> TestTowers.item(item)).toList();
    float[] sampleWeights = new float[n];
    double weightSum = 0;
    for (int i = 0; i < n; i++) {
      sampleWeights[i] = (float) weights[i];
      weightSum += weights[i];
    }
    try (TestTowers towers = new TestTowers(yaml)) {
      for (int i = 0; i < n; i++) {
        towers.set("user", i, (float) USERS[i][0], (float) USERS[i][1]);
      }
      for (int item : distinct) {
        towers.set("item", item, (float) ITEMS[item][0], (float) ITEMS[item][1]);
      }
      double loss =
          weightSum * towers.train(queries, candidates, positives, sampleWeights, adjustments, 1);
      assertThat(loss)
          .as("loss")
          .isCloseTo(definition(task, USERS, ITEMS, taken, weights) - lossOff, within(2e-5));
      for (int d = 0; d < 2; d++) {
        for (int i = 0; i < n; i++) {
          double slope = slope(task, taken, weights, USERS, i, d);
          assertThat(USERS[i][d] - towers.get("user", i)[d])
              .as("gradient of user %d, dimension %d", i, d)
              .isCloseTo(slope, within(1e-5));
        }
        for (int item : distinct) {
          double slope = slope(task, taken, weights, ITEMS, item, d);
          assertThat(ITEMS[item][d] - towers.get("item", item)[d])
              .as("gradient of item %d, dimension %d", item, d)
              .isCloseTo(slope, within(1e-5));
        }
      }
    }
  }

  /** The slope of the definition along one number of {@link #USERS} or {@link #ITEMS}. */
  private static double slope(
      Task task, int[] taken, double[] weights, double[][] rows, int row, int dimension) {
    double h = 1e-5;
    double[] at = new double[2];
    for (int side = 0; side < 2; side++) {
      double[][] moved = Arrays.stream(rows).map(double[]::clone).toArray(double[][]::new);
      moved[row][dimension] += side == 0 ? h : -h;
      at[side] =
          rows == USERS
              ? definition(task, moved, ITEMS, taken, weights)
              : definition(task, USERS, moved, taken, weights);
    }
    return (at[0] - at[1]) / (2 * h);
  }

  private static final double[] ALIKE = {1, 1, 1, 1};

  @Test
  void theLossIsTheSumOfTheBatchsCrossEntropies() {
    // Two users and items along the axes: scores 2 and 0, each loss ln(1 + exp(-2)) = 0.1269280.
    try (TestTowers towers = new TestTowers(spec(new Task(0.5, null, false, null)))) {
      for (int i = 0; i < 2; i++) {
        towers.set("user", i, 1 - i, i);
        towers.set("item", i, 1 - i, i);
      }
      double mean =
          towers.train(
              List.of(TestTowers.user(0), TestTowers.user(1)),
              List.of(TestTowers.item(0), TestTowers.item(1)),
              new int[] {0, 1},
              new float[] {1, 1},
              new float[4],
              1);
      assertThat(2 * mean).isCloseTo(0.2538560, within(1e-6));
      // Summed, not averaged: d/ds = -0.1192029 of the own item, by 1 / 0.5 for the temperature.
      assertThat(towers.get("user", 0)[0]).isCloseTo(1 + 2 * 0.1192029f, within(1e-6f));
    }
    conforms(new Task(1, null, false, null), new int[] {0, 1, 2, 3}, ALIKE, 0);
  }

  @Test
  void scoresAreDividedByTheTemperature() {
    conforms(new Task(0.25, null, false, null), new int[] {0, 1, 2, 3}, ALIKE, 0);
  }

  @Test
  void lossesAreMultipliedByTheWeightsOfTheirSamples() {
    conforms(
        new Task(0.5, null, false, null),
        new int[] {3, 1, 2, 0},
        new double[] {0.5, 3, 1, 0.125},
        0);
  }

  @Test
  void theLogOfTheSamplingProbabilityIsTakenOff() {
    // Ours takes off the log of 4 p, which is expected of four examples: the same for all columns.
    double[] p = {0.5, 0.25, 0.05, 0.2};
    conforms(new Task(0.5, p, false, null), new int[] {0, 1, 2, 3}, ALIKE, 0);
    conforms(new Task(0.5, p, true, null), new int[] {2, 1, 2, 0}, ALIKE, 0);
  }

  @Test
  void accidentalHitsAreRemoved() {
    conforms(new Task(0.5, null, true, null), new int[] {1, 0, 1, 1}, ALIKE, 0);
    conforms(
        new Task(0.5, null, true, null), new int[] {1, 1, 0, 0}, new double[] {2, 1, 0.5, 3}, 0);
  }

  @Test
  void accidentalHitsThatStayAreNegativesAndTheLossIsLowerByAConstant() {
    // Item 1 stands three times: each of its examples has all three columns as its positive.
    conforms(new Task(0.5, null, false, null), new int[] {1, 0, 1, 1}, ALIKE, 3 * Math.log(3));
    conforms(
        new Task(0.5, null, false, null),
        new int[] {1, 1, 0, 0},
        new double[] {2, 1, 0.5, 3},
        6.5 * Math.log(2));
  }

  @Test
  void onlyTheHardestNegativesStayBesideThePositive() {
    for (int hard = 1; hard <= 4; hard++) { // as many as there are, or more, are all
      conforms(new Task(0.5, null, false, hard), new int[] {0, 1, 2, 3}, ALIKE, 0);
    }
  }

  @Test
  void theHardestAreThoseWhoseScoresAreTheHighestAfterTheCorrection() {
    // Item 2 is rare: without the correction it is the hardest of user 1 alone, with it of all
    // the others too.
    double[] p = {0.5, 0.3, 0.001, 0.199};
    conforms(new Task(1, p, true, 1), new int[] {0, 1, 3, 2}, new double[] {1, 2, 0.5, 1}, 0);
  }

  @Test
  void anAccidentalHitIsNoHardNegative() {
    // User 1 takes item 2 as user 0 does, and scores it highest of all.
    conforms(new Task(0.5, null, true, 1), new int[] {2, 2, 1, 3}, ALIKE, 0);
  }

  @Test
  void aCandidateThatStandsTwiceIsOneHardNegativeWithTheWeightOfBoth() {
    // Whoever the query, its hardest negative stands twice: one of ours is two of the definition.
    // User 1 takes item 2 and has item 0 twice at 1.875, item 1 twice at -1.5. Users 0 and 4 take
    // item 1: item 0 is at 1 and 0, item 2 below. Users 2 and 3 take item 0: item 1 is at 2 and
    // 0.875, item 2 below.
    conforms(
        new Task(1, null, true, 1),
        new Task(1, null, true, 2),
        new int[] {1, 2, 0, 0, 1},
        new double[] {1, 1, 2, 1, 0.5},
        0);
  }
}
