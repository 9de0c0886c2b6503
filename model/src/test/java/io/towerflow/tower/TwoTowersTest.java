package io.towerflow.tower;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.arithmetic.DivergenceException;
import io.towerflow.spec.AttributeFields;
import io.towerflow.spec.EventSpec;
import io.towerflow.spec.FeatureSpec;
import io.towerflow.spec.FeatureSpec.CyclicTime.Cycle;
import io.towerflow.spec.LossSpec;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.OptimizerSpec;
import io.towerflow.spec.TowerSpec;
import io.towerflow.table.RowTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TwoTowersTest {

  private static final float[] ONE = {1};

  private static final Offset<Float> CLOSE = within(1e-5f);
  private static final OptimizerSpec SGD = new OptimizerSpec.Sgd(1);
  private static final List<FeatureSpec> ID = List.of(new FeatureSpec.Id(2));

  private static RowTable table(TwoTowers towers, String name) {
    return towers.tables().stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
  }

  private static void set(TwoTowers towers, String table, int row, float... weights) {
    ByteBuffer bytes =
        ByteBuffer.allocate(weights.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(weights);
    table(towers, table).restore(row, bytes.array());
  }

  private static float[] get(TwoTowers towers, String table, int row) {
    float[] weights = new float[table(towers, table).width()];
    table(towers, table).read(row, weights, 0);
    return weights;
  }

  private static QueryContext user(int user) {
    return new QueryContext(user, 0, new int[0], new long[0], 0, EncodedAttributes.NONE);
  }

  private static CandidateContext item(int item, int... tokens) {
    return popular(item, new float[0], tokens);
  }

  private static CandidateContext popular(int item, float[] popularity, int... tokens) {
    return new CandidateContext(item, new int[][] {tokens}, EncodedAttributes.NONE, popularity);
  }

  @Test
  void theScoreIsTheDotProductByTheTemperaturePlusTheBias() {
    try (TwoTowers towers =
        new TwoTowers(Specs.of(ID, ID, Specs.sum(false, 0.5, true), SGD), () -> 100)) {
      set(towers, "user", 1, 1, 2);
      set(towers, "item", 7, 3, 4);
      set(towers, "item_bias", 7, 0.25f);
      float[] query = towers.queryVectors(List.of(user(1)));
      float[] candidate = towers.candidateVectors(List.of(item(7)));
      assertThat(query).containsExactly(2, 4, 1);
      assertThat(candidate).containsExactly(3, 4, 0.25f);
      // (1*3 + 2*4) / 0.5 + 0.25
      assertThat(towers.scores(query, candidate)).containsExactly(22.25f);
    }
  }

  @Test
  void normalizedVectorsHaveLengthOneAndTheQueriesAreDividedByTheTemperature() {
    try (TwoTowers towers =
        new TwoTowers(Specs.of(ID, ID, Specs.sum(true, 0.5, false), SGD), () -> 100)) {
      set(towers, "user", 1, 3, 4);
      set(towers, "item", 7, 0, -2);
      assertThat(towers.queryVectors(List.of(user(1))))
          .containsExactly(new float[] {1.2f, 1.6f}, CLOSE);
      assertThat(towers.candidateVectors(List.of(item(7))))
          .containsExactly(new float[] {0, -1}, CLOSE);
    }
  }

  @Test
  void aTemperatureThatIsLeftOpenFollowsTheCatalogueAndLeavesTheCandidatesAlone() {
    AtomicInteger items = new AtomicInteger(20);
    TowerSpec open =
        new TowerSpec(
            TowerSpec.Combine.SUM, List.of(), 0, true, OptionalDouble.empty(), false, List.of(1.0));
    try (TwoTowers towers = new TwoTowers(Specs.of(ID, ID, open, SGD), items::get)) {
      set(towers, "user", 1, 3, 4);
      set(towers, "item", 7, 6, 8);
      set(towers, "item", 8, -4, 3);
      float[] candidates = towers.candidateVectors(List.of(item(7), item(8)));
      assertThat(candidates).containsExactly(new float[] {0.6f, 0.8f, -0.8f, 0.6f}, CLOSE);
      // Cosines of 1 and 0, times ln 20 = 2.99573.
      assertThat(towers.scores(towers.queryVectors(List.of(user(1))), candidates))
          .containsExactly(new float[] {2.99573f, 0}, CLOSE);
      // The softmax gives the first e^2.99573 = 20 times as much as the second: 20 / 21.
      double loss =
          towers.train(
              List.of(user(1)), List.of(item(7), item(8)), new int[] {0}, ONE, new float[2], 1);
      assertThat(loss).isCloseTo(Math.log(21.0 / 20), within(1e-6));

      items.set(400);
      assertThat(towers.scores(towers.queryVectors(List.of(user(1))), candidates)[0])
          .as("ln 400 is twice ln 20, and the user has hardly moved")
          .isCloseTo(2 * 2.99573f, within(0.05f));
    }
  }

  @Test
  void fewItemsAndOutputsOfAnyLengthHaveABoundedTemperature() {
    TowerSpec open =
        new TowerSpec(
            TowerSpec.Combine.SUM, List.of(), 0, true, OptionalDouble.empty(), false, List.of(1.0));
    // 1 / ln 8
    assertThat(open.temperature(0)).isCloseTo(0.480898, within(1e-6));
    assertThat(open.temperature(8)).isEqualTo(open.temperature(1));
    assertThat(open.temperature(1_682)).isCloseTo(0.134630, within(1e-6));
    TowerSpec anyLength =
        new TowerSpec(
            TowerSpec.Combine.SUM,
            List.of(),
            0,
            false,
            OptionalDouble.empty(),
            false,
            List.of(1.0));
    assertThat(anyLength.temperature(1_682)).isEqualTo(1);
  }

  @Test
  void oneStepFollowsTheGradientOfTheSummedCrossEntropy() {
    try (TwoTowers towers =
        new TwoTowers(Specs.of(ID, ID, Specs.sum(false, 1, true), SGD), () -> 100)) {
      set(towers, "user", 1, 1, 0);
      set(towers, "item", 7, 0, 0);
      set(towers, "item", 8, 0, 0);
      double loss =
          towers.train(
              List.of(user(1)), List.of(item(7), item(8)), new int[] {0}, ONE, new float[2], 1);
      // Both scores are 0, so each has probability 1/2: the loss is ln 2, d/ds = (-1/2, 1/2).
      assertThat(loss).isCloseTo(Math.log(2), within(1e-6));
      assertThat(get(towers, "item", 7)).containsExactly(new float[] {0.5f, 0}, CLOSE);
      assertThat(get(towers, "item", 8)).containsExactly(new float[] {-0.5f, 0}, CLOSE);
      assertThat(get(towers, "item_bias", 7)).containsExactly(new float[] {0.5f}, CLOSE);
      assertThat(get(towers, "user", 1)).containsExactly(new float[] {1, 0}, CLOSE);
    }
  }

  @Test
  void anExcludedCandidateNeitherCountsNorLearns() {
    try (TwoTowers towers =
        new TwoTowers(Specs.of(ID, ID, Specs.sum(false, 1, false), SGD), () -> 100)) {
      set(towers, "user", 1, 1, 0);
      set(towers, "item", 7, 0, 0);
      set(towers, "item", 8, 5, 5);
      set(towers, "item", 9, 0, 0);
      double loss =
          towers.train(
              List.of(user(1)),
              List.of(item(7), item(8), item(9)),
              new int[] {0},
              ONE,
              new float[] {0, Float.NEGATIVE_INFINITY, 0},
              1);
      assertThat(loss).isCloseTo(Math.log(2), within(1e-6));
      assertThat(get(towers, "item", 8)).containsExactly(5, 5);
      assertThat(get(towers, "item", 9)).containsExactly(new float[] {-0.5f, 0}, CLOSE);
    }
  }

  @Test
  void onlyTheHighestScoredNegativeCountsAndLearnsWhereOneIsAskedFor() {
    LossSpec one =
        new LossSpec(
            LossSpec.Reduction.SUM,
            0,
            0,
            1,
            0,
            LossSpec.FrequencyEstimate.DECAYED,
            1000,
            0.01,
            false,
            false);
    try (TwoTowers towers =
        new TwoTowers(Specs.of(ID, ID, Specs.sum(false, 1, false), one, SGD), () -> 100)) {
      set(towers, "user", 1, 1, 0);
      set(towers, "item", 7, 2, 0);
      set(towers, "item", 8, 3, 0);
      set(towers, "item", 9, 1, 0);
      // Scores 2, 3, 1; 1.0 is added to the last and 3 is taken off the second, so 2, 0, 2: the
      // last one is the hard negative, though its score was the lowest.
      double loss =
          towers.train(
              List.of(user(1)),
              List.of(item(7), item(8), item(9)),
              new int[] {0},
              ONE,
              new float[] {0, -3, 1},
              1);
      assertThat(loss).isCloseTo(Math.log(2), within(1e-6));
      assertThat(get(towers, "item", 7)).containsExactly(new float[] {2.5f, 0}, CLOSE);
      assertThat(get(towers, "item", 8)).containsExactly(3, 0);
      assertThat(get(towers, "item", 9)).containsExactly(new float[] {0.5f, 0}, CLOSE);
    }
  }

  @Test
  void aWeightMultipliesItsExamplesLossAndAMeanIsByWeight() {
    LossSpec mean =
        new LossSpec(
            LossSpec.Reduction.MEAN,
            0,
            0,
            0,
            0,
            LossSpec.FrequencyEstimate.DECAYED,
            1000,
            0.01,
            false,
            false);
    LossSpec sum =
        new LossSpec(
            LossSpec.Reduction.SUM,
            0,
            0,
            0,
            0,
            LossSpec.FrequencyEstimate.DECAYED,
            1000,
            0.01,
            false,
            false);
    for (LossSpec loss : List.of(sum, mean)) {
      try (TwoTowers towers =
          new TwoTowers(Specs.of(ID, ID, Specs.sum(false, 1, false), loss, SGD), () -> 100)) {
        set(towers, "user", 1, 1, 0);
        set(towers, "user", 2, 0, 1);
        set(towers, "item", 7, 0, 0);
        set(towers, "item", 8, 0, (float) Math.log(3));
        double found =
            towers.train(
                List.of(user(1), user(2)),
                List.of(item(7), item(8)),
                new int[] {0, 0},
                new float[] {3, 1},
                new float[4],
                1);
        // User 1 scores both 0: loss ln 2, d/ds = (-1/2, 1/2). User 2 scores 0 and ln 3:
        // probabilities 1/4 and 3/4, loss ln 4, d/ds = (-3/4, 3/4).
        assertThat(found).isCloseTo((3 * Math.log(2) + Math.log(4)) / 4, within(1e-6));
        float scale = loss.reduction() == LossSpec.Reduction.SUM ? 1 : 1 / 4f;
        assertThat(get(towers, "item", 7))
            .containsExactly(new float[] {3 * 0.5f * scale, 0.75f * scale}, CLOSE);
      }
    }
  }

  @Test
  void aHistoryIsTheDecayedMeanOfTheItemsOwnEmbeddings() {
    List<FeatureSpec> history =
        List.of(new FeatureSpec.History(3, List.of(0.5), false, false, false, false, 0, 0));
    try (TwoTowers towers =
        new TwoTowers(Specs.of(history, ID, Specs.sum(false, 1, false), SGD), () -> 100)) {
      set(towers, "item", 3, 7, 0);
      set(towers, "item", 4, 0, 14);
      set(towers, "item", 5, 28, 28);
      set(towers, "item", 6, 1000, 1000);
      // Newest first: 3, 4, 5, and 6 is past the third. Weights 1, 1/2, 1/4, their sum 7/4.
      QueryContext query =
          new QueryContext(
              1, 0, new int[] {3, 4, 5, 6}, new long[] {0, 0, 0, 0}, 4, EncodedAttributes.NONE);
      assertThat(towers.queryVectors(List.of(query)))
          .containsExactly(new float[] {(7 + 7) / 1.75f, (7 + 7) / 1.75f}, CLOSE);
      assertThat(towers.isBlank(query)).isFalse();
      assertThat(towers.isBlank(user(1))).isTrue();
      assertThat(towers.queryVectors(List.of(user(1), query)))
          .containsExactly(new float[] {0, 0, 8, 8}, CLOSE);
    }
  }

  @Test
  void aHistoryReadsAShareOfWhatIsKnownOfAnItemAndTeachesIt() {
    List<FeatureSpec> history =
        List.of(new FeatureSpec.History(3, List.of(1.0), false, false, false, false, 0.5, 0));
    List<FeatureSpec> candidate =
        List.of(new FeatureSpec.Id(2), new FeatureSpec.Text("title", 2, 10, 10));
    try (TwoTowers towers =
        new TwoTowers(
            Specs.of(history, candidate, Specs.sum(false, 1, false), SGD),
            () -> 100,
            item -> item == 3 ? item(3, 1) : item(item),
            Arithmetic.AUTO)) {
      set(towers, "item", 1, 2, 0);
      set(towers, "item", 2, 0, 2);
      set(towers, "item", 3, 1, 0);
      set(towers, "item", 4, 4, 8);
      set(towers, "token.title", 1, 2, 4);
      // Item 3 is read as (1, 0) + (2, 4) / 2 = (2, 2), item 4, of which no words are known, as it
      // is.
      QueryContext one =
          new QueryContext(1, 0, new int[] {3}, new long[] {0}, 1, EncodedAttributes.NONE);
      QueryContext both =
          new QueryContext(1, 0, new int[] {4, 3}, new long[] {0, 0}, 2, EncodedAttributes.NONE);
      assertThat(towers.queryVectors(List.of(one, both, user(2))))
          .containsExactly(new float[] {2, 2, 3, 5, 0, 0}, CLOSE);

      towers.train(List.of(one), List.of(item(1), item(2)), new int[] {0}, ONE, new float[2], 1);
      // Both scores are 4: d/ds = (-1/2, 1/2), d/du = (v2 - v1) / 2 = (-1, 1).
      assertThat(get(towers, "item", 3)).containsExactly(new float[] {2, -1}, CLOSE);
      assertThat(get(towers, "token.title", 1)).containsExactly(new float[] {2.5f, 3.5f}, CLOSE);
      assertThat(get(towers, "item", 1)).containsExactly(new float[] {3, 1}, CLOSE);
      assertThat(get(towers, "item", 2)).containsExactly(new float[] {-1, 1}, CLOSE);
    }
  }

  @Test
  void aHiddenLayerAddsWhatItMakesOfAllMeansSoftly() {
    List<FeatureSpec> history =
        List.of(new FeatureSpec.History(3, List.of(1.0), false, false, false, false, 0, 1));
    try (TwoTowers towers =
        new TwoTowers(Specs.of(history, ID, Specs.sum(false, 1, false), SGD), () -> 100)) {
      QueryContext one =
          new QueryContext(1, 0, new int[] {3}, new long[] {0}, 1, EncodedAttributes.NONE);
      set(towers, "item", 1, 2, 0);
      set(towers, "item", 2, 0, 2);
      set(towers, "item", 3, 1, 0);
      assertThat(towers.queryVectors(List.of(one, user(2))))
          .as("it has nothing to add at first")
          .containsExactly(new float[] {1, 0, 0, 0}, CLOSE);

      float half = (float) (Math.log(3) / 2); // tanh of it is 1/2
      set(towers, "history_hidden1.weights", 0, 10 * half);
      set(towers, "history_hidden1.weights", 1, 7);
      set(towers, "history_hidden1.out", 0, 0, 20);
      // The mean is (1, 0): the layer makes tanh(0.1 * 10 half) = 1/2 of it, and 0.1 / 2 * (0, 20)
      // of that.
      assertThat(towers.queryVectors(List.of(one, user(2))))
          .containsExactly(new float[] {1, 1, 0, 0}, CLOSE);

      towers.train(List.of(one), List.of(item(1), item(2)), new int[] {0}, ONE, new float[2], 1);
      // Both scores are 2: d/ds = (-1/2, 1/2), d/du = (v2 - v1) / 2 = (-1, 1). By the layer's
      // output: 0.1 * 1/2 * (-1, 1); by what tanh is taken of: 0.1 * 20 * (1 - 1/4) = 1.5.
      assertThat(get(towers, "history_hidden1.out", 0))
          .containsExactly(new float[] {0.05f, 19.95f}, CLOSE);
      assertThat(get(towers, "history_hidden1.weights", 0))
          .containsExactly(new float[] {10 * half - 0.15f}, CLOSE);
      assertThat(get(towers, "history_hidden1.weights", 1)).containsExactly(new float[] {7}, CLOSE);
      assertThat(get(towers, "item", 3))
          .containsExactly(new float[] {2 - 1.5f * half, -1 - 0.1f * 7 * 1.5f}, CLOSE);
    }
  }

  @Test
  void eachDecaySpeaksForItsOwnDimensionsFirstAndTheGateWeighsTheTimeSince() {
    List<FeatureSpec> history =
        List.of(new FeatureSpec.History(2, List.of(0.0, 1.0), true, false, false, false, 0, 0));
    try (TwoTowers towers =
        new TwoTowers(Specs.of(history, ID, Specs.sum(false, 1, false), SGD), () -> 100)) {
      set(towers, "item", 3, 1, 1);
      set(towers, "item", 4, 4, 4);
      // Taken 0 s and 3 s ago: buckets 0 and 2. The gate halves nothing at 0 and doubles decay 1 at
      // 2.
      set(towers, "history_gate", 2, 0, (float) Math.log(2));
      QueryContext query =
          new QueryContext(
              1, 3_000, new int[] {3, 4}, new long[] {3_000, 0}, 2, EncodedAttributes.NONE);
      // Decay 0: the newest alone, (1, 1). Decay 1: (1*1 + 2*4) / 3 = 3 in both dimensions.
      // Mixed: dimension 0 is 1 * 1 + 0.1 * 3, dimension 1 is 0.1 * 1 + 1 * 3.
      assertThat(towers.queryVectors(List.of(query)))
          .containsExactly(new float[] {1.3f, 3.1f}, CLOSE);
    }
  }

  @Test
  void anItemIsWeighedByItsAgeAndAMeanByThePauseAndTheItemsTaken() {
    List<FeatureSpec> history =
        List.of(new FeatureSpec.History(3, List.of(0.5, 1.0), false, true, true, false, 0, 0));
    try (TwoTowers towers =
        new TwoTowers(Specs.of(history, ID, Specs.sum(false, 1, false), SGD), () -> 100)) {
      set(towers, "item", 3, 1, 1);
      set(towers, "item", 4, 4, 4);
      set(towers, "item", 5, 10, 10);
      // Ages 0, 1 and 2 are of buckets 0, 1 and 2: 1 weighs twice as much in the first mean, 2
      // nothing in the second.
      set(towers, "history_age", 1, (float) Math.log(2), 0);
      set(towers, "history_age", 2, 0, Float.NEGATIVE_INFINITY);
      // 3 s since the last item are of bucket 2, 5 items taken of bucket 3.
      set(towers, "history_pause", 2, (float) Math.log(3), 0);
      set(towers, "history_taken", 3, (float) Math.log(2), (float) Math.log(4));
      QueryContext query =
          new QueryContext(
              1,
              8_000,
              new int[] {3, 4, 5},
              new long[] {5_000, 5_000, 0},
              5,
              EncodedAttributes.NONE);
      // Decay 0.5: (1*1 + 2*0.5*4 + 0.25*10) / (1 + 1 + 0.25) = 10/3, times 3 and 2: 20.
      // Decay 1: (1*1 + 1*4) / 2 = 2.5, times 4: 10. Mixed: 1 * 20 + 0.1 * 10, 0.1 * 20 + 1 * 10.
      assertThat(towers.queryVectors(List.of(query))).containsExactly(new float[] {21, 12}, CLOSE);
      // Without a pause and with another number of items taken the means count as they are.
      QueryContext sooner =
          new QueryContext(1, 5_000, new int[] {3}, new long[] {5_000}, 1, EncodedAttributes.NONE);
      assertThat(towers.queryVectors(List.of(sooner)))
          .containsExactly(new float[] {1.1f, 1.1f}, CLOSE);
      assertThat(towers.queryVectors(List.of(user(1)))).containsExactly(0, 0);
    }
  }

  @Test
  void thePauseAndTheItemsTakenSpeakForThemselvesAndSoftlyAtFirst() {
    List<FeatureSpec> history =
        List.of(new FeatureSpec.History(2, List.of(1.0), false, false, false, true, 0, 0));
    try (TwoTowers towers =
        new TwoTowers(Specs.of(history, ID, Specs.sum(false, 1, false), SGD), () -> 100)) {
      set(towers, "item", 3, 1, 2);
      // 3 s since the last item are of bucket 2, 5 items taken of bucket 3.
      set(towers, "moment_pause", 2, 10, 20);
      set(towers, "moment_taken", 3, 1, -2);
      set(towers, "moment_taken", 0, 1000, 1000);
      QueryContext query =
          new QueryContext(1, 8_000, new int[] {3}, new long[] {5_000}, 5, EncodedAttributes.NONE);
      // (1, 2) + 0.1 * ((10, 20) + (1, -2))
      assertThat(towers.queryVectors(List.of(query)))
          .containsExactly(new float[] {2.1f, 3.8f}, CLOSE);
      set(towers, "moment_mix", 0, 0, 1);
      assertThat(towers.queryVectors(List.of(user(1), query)))
          .as("nothing is said of a user without history")
          .containsExactly(new float[] {0, 0, 1, 20}, CLOSE);
    }
  }

  @Test
  void theScoreOfMembersIsTheMeanOfTheirScores() {
    List<FeatureSpec> candidate =
        List.of(new FeatureSpec.Id(2), new FeatureSpec.Popularity(List.of(10.0), false));
    try (TwoTowers towers =
        new TwoTowers(
            Specs.of(ID, candidate, Specs.sum(false, 0.5, true, List.of(1.0, 2.0)), SGD),
            () -> 100)) {
      set(towers, "user", 1, 1, 2);
      set(towers, "item", 7, 3, 4);
      set(towers, "item_bias", 7, 0.25f);
      set(towers, "popularity_base", 0, 1);
      set(towers, "member1.user", 1, 5, 6);
      set(towers, "member1.item", 7, 7, 8);
      set(towers, "member1.item_bias", 7, 0.75f);
      set(towers, "member1.popularity_base", 0, 3);

      float[] query = towers.queryVectors(List.of(user(1)));
      float[] item = towers.candidateVectors(List.of(popular(7, new float[] {4})));

      assertThat(towers.outputWidth()).isEqualTo(6);
      assertThat(query).containsExactly(1, 2, 5, 6, 1, 2);
      assertThat(item).containsExactly(3, 4, 7, 8, 0.5f, 4);
      // The first has (1*3 + 2*4) / 0.5 + 0.25 + 1*4, the other (5*7 + 6*8) / 0.5 + 0.75 + 3*4.
      assertThat(towers.scores(query, item)).containsExactly((26.25f + 178.75f) / 2);
    }
  }

  @Test
  void eachMemberLearnsAsItWouldAloneAtItsOwnRate() {
    List<QueryContext> queries = List.of(user(1), user(2));
    List<CandidateContext> candidates = List.of(item(7), item(8), item(9));
    int[] positives = {0, 1};
    float[] weights = {1, 1};
    try (TwoTowers alone =
            new TwoTowers(Specs.of(ID, ID, Specs.sum(true, 0.5, true), SGD), () -> 100);
        TwoTowers two =
            new TwoTowers(
                Specs.of(ID, ID, Specs.sum(true, 0.5, true, List.of(1.0, 0.25)), SGD), () -> 100)) {
      assertThat(get(two, "member1.item", 7))
          .as("members begin differently")
          .isNotEqualTo(get(two, "item", 7));
      // A model that begins as the other member does, and learns at a quarter of the rate.
      try (TwoTowers other =
          new TwoTowers(
              Specs.of(ID, ID, Specs.sum(true, 0.5, true), new OptimizerSpec.Sgd(0.25)),
              () -> 100)) {
        for (String table : List.of("user", "item", "item_bias")) {
          for (int row = 0; row < 10; row++) {
            set(other, table, row, get(two, "member1." + table, row));
          }
        }
        double loss = 0;
        double both = 0;
        for (int step = 1; step <= 3; step++) {
          loss = alone.train(queries, candidates, positives, weights, new float[6], step);
          loss += other.train(queries, candidates, positives, weights, new float[6], step);
          both = two.train(queries, candidates, positives, weights, new float[6], step);
        }
        assertThat(both).as("the mean of the losses").isCloseTo(loss / 2, within(1e-6));
        for (String table : List.of("user", "item", "item_bias")) {
          for (int row = 0; row < 10; row++) {
            assertThat(get(two, table, row)).containsExactly(get(alone, table, row), CLOSE);
            assertThat(get(two, "member1." + table, row))
                .containsExactly(get(other, table, row), CLOSE);
          }
        }
      }
      two.removeItem(8);
      two.removeUser(1);
      assertThat(get(two, "member1.item_bias", 8)).containsExactly(0);
      assertThat(table(two, "member1.user").unwritten()).isEqualTo(2);
    }
  }

  @Test
  void membersLeaveOutDifferentInputs() {
    List<FeatureSpec> wide = List.of(new FeatureSpec.Id(16));
    TowerSpec shape =
        new TowerSpec(
            TowerSpec.Combine.SUM,
            List.of(4),
            0.5,
            false,
            OptionalDouble.of(1),
            false,
            List.of(1.0, 1.0));
    try (TwoTowers towers = new TwoTowers(Specs.of(wide, wide, shape, SGD), () -> 100)) {
      for (RowTable table : towers.tables()) {
        for (int row = 0; row < 16; row++) {
          float[] weights = new float[table.width()];
          for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) Math.sin(row * 7 + i); // the same in both members
          }
          set(towers, table.name(), row, weights);
        }
      }
      assertThat(get(towers, "item", 7)).isEqualTo(get(towers, "member1.item", 7));
      towers.train(List.of(user(1)), List.of(item(7), item(8)), new int[1], ONE, new float[2], 1);
      assertThat(get(towers, "item", 7)).isNotEqualTo(get(towers, "member1.item", 7));
    }
  }

  @Test
  void aCyclicTimeIsReadAsItIsOrProjected() {
    List<Cycle> day = List.of(Cycle.DAY);
    QueryContext sixInTheMorning =
        new QueryContext(
            1, Duration.ofHours(6).toMillis(), new int[0], new long[0], 0, EncodedAttributes.NONE);
    List<FeatureSpec> plain = List.of(new FeatureSpec.CyclicTime(day, Optional.empty()));
    try (TwoTowers towers =
        new TwoTowers(Specs.of(plain, ID, Specs.sum(false, 1, false), SGD), () -> 100)) {
      assertThat(towers.queryVectors(List.of(sixInTheMorning, user(1))))
          .containsExactly(new float[] {1, 0, 0, 1}, CLOSE);
      assertThat(towers.isBlank(sixInTheMorning)).isFalse();
    }
    List<FeatureSpec> projected =
        List.of(new FeatureSpec.Id(2), new FeatureSpec.CyclicTime(day, Optional.of(2)));
    try (TwoTowers towers =
        new TwoTowers(Specs.of(projected, ID, Specs.sum(false, 1, false), SGD), () -> 100)) {
      set(towers, "user", 1, 100, 200);
      set(towers, "time_cycle", 0, 3, 4); // of the sine
      set(towers, "time_cycle", 1, 5, 6); // of the cosine
      assertThat(towers.queryVectors(List.of(sixInTheMorning, user(1))))
          .containsExactly(new float[] {103, 204, 105, 206}, CLOSE);
    }
  }

  @Test
  void popularityIsWeighedByTheTimeSinceTheLastItemAndByTheItemsTaken() {
    List<FeatureSpec> candidate =
        List.of(new FeatureSpec.Id(2), new FeatureSpec.Popularity(List.of(10.0), true));
    try (TwoTowers towers =
        new TwoTowers(Specs.of(ID, candidate, Specs.sum(false, 1, true), SGD), () -> 100)) {
      set(towers, "user", 1, 1, 2);
      set(towers, "item", 7, 3, 4);
      set(towers, "item_bias", 7, 0.5f);
      set(towers, "popularity_base", 0, 1, 0);
      set(towers, "popularity_gap", 2, 10, 0); // 3 s since the last item
      set(towers, "popularity_gap", 31, 0, 100); // no item yet
      set(towers, "popularity_taken", 3, 0, 20); // 4 items taken
      set(towers, "popularity_taken", 0, 0, 200);
      QueryContext returning =
          new QueryContext(1, 3_000, new int[] {7}, new long[] {0}, 4, EncodedAttributes.NONE);
      float[] queries = towers.queryVectors(List.of(returning, user(1)));
      float[] candidates = towers.candidateVectors(List.of(popular(7, new float[] {0.5f, 0.25f})));
      assertThat(queries).containsExactly(1, 2, 1, 11, 20, 1, 2, 1, 1, 300);
      assertThat(candidates).containsExactly(3, 4, 0.5f, 0.5f, 0.25f);
      assertThat(towers.outputWidth()).isEqualTo(5);
      // 11 + 0.5 + 11 * 0.5 + 20 * 0.25, and 11 + 0.5 + 1 * 0.5 + 300 * 0.25
      assertThat(towers.scores(queries, candidates)).containsExactly(22, 87);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void theGradientOfEveryParameterIsTheSlopeOfTheLoss(int members) {
    List<FeatureSpec> query =
        List.of(
            new FeatureSpec.Id(3),
            new FeatureSpec.BucketizedTime(
                2, 5, Instant.ofEpochSecond(0), Instant.ofEpochSecond(100)),
            new FeatureSpec.NormalizedTime(5),
            new FeatureSpec.CyclicTime(List.of(Cycle.DAY, Cycle.YEAR), Optional.of(3)),
            new FeatureSpec.History(4, List.of(0.3, 0.9), true, true, true, true, 0, 3));
    List<FeatureSpec> candidate =
        List.of(
            new FeatureSpec.Id(4),
            new FeatureSpec.Text("title", 3, 10, 10),
            new FeatureSpec.Popularity(List.of(10.0), true));
    TowerSpec shape =
        new TowerSpec(
            TowerSpec.Combine.CONCAT,
            List.of(6, 4),
            0,
            true,
            OptionalDouble.of(0.5),
            true,
            Collections.nCopies(members, 1.0));
    ModelSpec moving = Specs.of(query, candidate, shape, SGD);
    ModelSpec still = Specs.of(query, candidate, shape, new OptimizerSpec.Sgd(0));

    List<QueryContext> queries =
        List.of(
            new QueryContext(
                1,
                30_000,
                new int[] {3, 4, 3},
                new long[] {29_000, 20_000, 0},
                3,
                EncodedAttributes.NONE),
            new QueryContext(
                2, 90_000, new int[] {5}, new long[] {1_000}, 1, EncodedAttributes.NONE),
            new QueryContext(1, 55_000, new int[0], new long[0], 0, EncodedAttributes.NONE));
    List<CandidateContext> candidates =
        List.of(
            popular(3, new float[] {0.5f, -1}, 1, 2),
            popular(5, new float[] {-0.25f, 0.5f}, 2, 2),
            popular(4, new float[] {1, 0.75f}));
    int[] positives = {0, 1, 2};
    float[] adjustments = {0, 0.5f, -0.5f, 0, 0.5f, Float.NEGATIVE_INFINITY, 0, 0, 0};

    try (TwoTowers trained = new TwoTowers(moving, () -> 100);
        TwoTowers probe = new TwoTowers(still, () -> 100)) {
      for (TwoTowers towers : List.of(trained, probe)) {
        towers.times().add(10);
        towers.times().add(70);
        // Embeddings as they start are so small that single precision hides slopes: begin with
        // larger ones.
        for (RowTable table : towers.tables()) {
          for (int row = 0; row < 6; row++) {
            float[] weights = new float[table.width()];
            table.read(row, weights, 0);
            for (int i = 0; i < weights.length; i++) {
              weights[i] =
                  weights[i] * 8 + (float) Math.sin(row * 7 + i + table.name().length()) / 4;
            }
            set(towers, table.name(), row, weights);
          }
        }
      }
      trained.train(queries, candidates, positives, new float[] {1, 1, 1}, adjustments, 1);
      int checked = 0;
      for (RowTable table : probe.tables()) {
        for (int row = 0; row < 6; row++) {
          float[] before = get(probe, table.name(), row);
          float[] after = get(trained, table.name(), row);
          for (int i = 0; i < before.length; i++) {
            float h = 2e-3f;
            double slope =
                (lossAt(
                            probe,
                            table,
                            row,
                            before,
                            i,
                            h,
                            queries,
                            candidates,
                            positives,
                            adjustments)
                        - lossAt(
                            probe,
                            table,
                            row,
                            before,
                            i,
                            -h,
                            queries,
                            candidates,
                            positives,
                            adjustments))
                    / (2 * h)
                    * members; // the loss is told as the mean, and learnt as the sum
            assertThat((double) before[i] - after[i])
                .as("gradient of %s[%d][%d]", table.name(), row, i)
                .isCloseTo(slope, within(3e-3 + 2e-2 * Math.abs(slope)));
            if (Math.abs(slope) > 1e-2) {
              checked++;
            }
          }
          set(probe, table.name(), row, before);
        }
      }
      assertThat(checked).as("parameters with a slope worth the name").isGreaterThan(80 * members);
    }
  }

  private static double lossAt(
      TwoTowers probe,
      RowTable table,
      int row,
      float[] weights,
      int column,
      float shift,
      List<QueryContext> queries,
      List<CandidateContext> candidates,
      int[] positives,
      float[] adjustments) {
    float[] moved = weights.clone();
    moved[column] += shift;
    set(probe, table.name(), row, moved);
    return queries.size()
        * probe.train(queries, candidates, positives, new float[] {1, 1, 1}, adjustments, 1);
  }

  @Test
  void towersOfDifferentWidthAreRefused() {
    assertThatThrownBy(
            () ->
                new TwoTowers(
                    Specs.of(List.of(new FeatureSpec.Id(3)), ID, Specs.sum(false, 1, false), SGD),
                    () -> 100))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("query tower is 3 wide and the candidate tower 2");
  }

  @Test
  void aLossThatIsNotFiniteUpdatesNothing() {
    try (TwoTowers towers =
        new TwoTowers(Specs.of(ID, ID, Specs.sum(false, 1, false), SGD), () -> 100)) {
      set(towers, "user", 1, Float.MAX_VALUE, 0);
      set(towers, "item", 7, Float.MAX_VALUE, 0);
      set(towers, "item", 8, 1, 1);
      assertThatThrownBy(
              () ->
                  towers.train(
                      List.of(user(1)),
                      List.of(item(7), item(8)),
                      new int[] {1},
                      ONE,
                      new float[2],
                      3))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("loss of step 3 is not finite")
          .hasMessageContaining("learning_rate");
      assertThat(get(towers, "item", 8)).containsExactly(1, 1);
    }
  }

  @Test
  void aStepThatWouldOverflowAWeightUpdatesNothingAtAll() {
    // With all items zero p is 1/2 each, so item 8 moves by rate * u / 2 = 3e38 * 4 / 2: too far.
    // The user does not move, and it comes first.
    OptimizerSpec rash = new OptimizerSpec.Sgd(3e38);
    try (TwoTowers towers =
        new TwoTowers(Specs.of(ID, ID, Specs.sum(false, 1, false), rash), () -> 100)) {
      set(towers, "user", 1, 4, 0);
      set(towers, "item", 7, 0, 0);
      set(towers, "item", 8, 0, 0);
      assertThatThrownBy(
              () ->
                  towers.train(
                      List.of(user(1)),
                      List.of(item(7), item(8)),
                      new int[] {1},
                      ONE,
                      new float[2],
                      3))
          .isInstanceOf(DivergenceException.class)
          .hasMessageContaining("update of table item of step 3 is not finite");
      assertThat(get(towers, "user", 1)).containsExactly(4, 0);
      assertThat(get(towers, "item", 7)).containsExactly(0, 0);
      assertThat(get(towers, "item", 8)).containsExactly(0, 0);
    }
  }

  private static QueryContext moment(int[] category, double number) {
    return new QueryContext(
        1,
        0,
        new int[0],
        new long[0],
        0,
        new EncodedAttributes(new int[][] {category}, new double[] {number}));
  }

  private static CandidateContext described(int item, int[] category, double number) {
    return new CandidateContext(
        item,
        new int[][] {{}},
        new EncodedAttributes(new int[][] {category}, new double[] {number}),
        new float[0]);
  }

  private static ModelSpec described(
      FeatureSpec feature, TowerSpec shape, OptimizerSpec optimizer) {
    ModelSpec plain = Specs.of(List.of(feature), List.of(feature), shape, optimizer);
    return new ModelSpec(
        plain.name(),
        plain.seed(),
        new EventSpec(
            "user",
            "item",
            "time",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            new AttributeFields(List.of("f"), List.of("f")),
            new AttributeFields(List.of("f"), List.of("f"))),
        plain.order(),
        plain.vocabulary(),
        plain.query(),
        plain.candidate(),
        plain.towers(),
        plain.loss(),
        plain.rating(),
        plain.optimizer(),
        plain.batch(),
        plain.replay(),
        plain.publication(),
        plain.evaluation());
  }

  @Test
  void aCategoryIsTheMeanOfItsValuesOnEitherSideAndNoneIsZero() {
    FeatureSpec category = new FeatureSpec.Category("f", 2, 10, Optional.empty());
    try (TwoTowers towers =
        new TwoTowers(described(category, Specs.sum(false, 1, false), SGD), () -> 100)) {
      set(towers, "category.f", 0, 7, 7);
      set(towers, "category.f", 1, 2, 0);
      set(towers, "category.f", 2, 0, 4);
      set(towers, "context_category.f", 1, 10, 20);
      assertThat(
              towers.candidateVectors(
                  List.of(
                      described(1, new int[] {1, 2}, 0),
                      described(2, new int[] {}, 0),
                      described(3, new int[] {0}, 0))))
          .containsExactly(new float[] {1, 2, 0, 0, 7, 7}, CLOSE);
      assertThat(towers.queryVectors(List.of(moment(new int[] {1}, 0))))
          .containsExactly(new float[] {10, 20}, CLOSE);
      assertThat(towers.isBlank(moment(new int[] {1}, 0))).isFalse();
      assertThat(towers.isBlank(moment(new int[] {}, 0))).isTrue();
    }
  }

  @Test
  void aNumberIsProjectedByLearntWeightsOnEitherSide() {
    FeatureSpec number = new FeatureSpec.Numeric("f", 10, false, Optional.of(2));
    try (TwoTowers towers =
        new TwoTowers(described(number, Specs.sum(false, 1, false), SGD), () -> 100)) {
      for (double x : new double[] {1, 3}) { // mean 2, variance 1
        towers.itemNumbers().get(0).add(x);
        towers.contextNumbers().get(0).add(10 * x); // mean 20, variance 100
      }
      set(towers, "number.f", 0, 3, 4);
      set(towers, "context_number.f", 0, 5, 6);
      assertThat(
              towers.candidateVectors(
                  List.of(described(1, new int[] {}, 4), described(2, new int[] {}, Double.NaN))))
          .containsExactly(new float[] {6, 8, 0, 0}, CLOSE);
      assertThat(towers.queryVectors(List.of(moment(new int[] {}, 15))))
          .containsExactly(new float[] {-2.5f, -3}, CLOSE);
      assertThat(towers.isBlank(moment(new int[] {}, 15))).isFalse();
      assertThat(towers.isBlank(moment(new int[] {}, Double.NaN))).isTrue();
    }
  }

  @Test
  void aStepTeachesTheValuesOfACategoryTheirShareOfTheGradient() {
    FeatureSpec category = new FeatureSpec.Category("f", 2, 10, Optional.empty());
    try (TwoTowers towers =
        new TwoTowers(described(category, Specs.sum(false, 1, false), SGD), () -> 100)) {
      set(towers, "context_category.f", 1, 1, 0);
      for (int row = 1; row <= 3; row++) {
        set(towers, "category.f", row, 0, 0);
      }
      towers.train(
          List.of(moment(new int[] {1}, 0)),
          List.of(described(1, new int[] {1, 2}, 0), described(2, new int[] {3}, 0)),
          new int[] {0},
          ONE,
          new float[2],
          1);
      // Both scores are 0: d/ds = (-1/2, 1/2). The first candidate's two values get half each.
      assertThat(get(towers, "category.f", 1)).containsExactly(new float[] {0.25f, 0}, CLOSE);
      assertThat(get(towers, "category.f", 2)).containsExactly(new float[] {0.25f, 0}, CLOSE);
      assertThat(get(towers, "category.f", 3)).containsExactly(new float[] {-0.5f, 0}, CLOSE);
    }
  }

  @Test
  void aGainMultipliesACategoryDimensionByDimensionAndIsLearnt() {
    FeatureSpec category = new FeatureSpec.Category("f", 2, 10, Optional.of(0.5));
    try (TwoTowers towers =
        new TwoTowers(described(category, Specs.sum(false, 1, false), SGD), () -> 100)) {
      set(towers, "gain.context_category.f", 0, 1, 2);
      set(towers, "context_category.f", 1, 1, 1);
      set(towers, "category.f", 1, 4, 1);
      set(towers, "category.f", 2, 2, 2);
      assertThat(towers.candidateVectors(List.of(described(1, new int[] {1}, 0))))
          .containsExactly(new float[] {2, 0.5f}, CLOSE);
      assertThat(towers.queryVectors(List.of(moment(new int[] {1}, 0), moment(new int[] {}, 0))))
          .containsExactly(new float[] {1, 2, 0, 0}, CLOSE);
      assertThat(towers.isBlank(moment(new int[] {}, 0))).isTrue();

      towers.train(
          List.of(moment(new int[] {1}, 0)),
          List.of(described(1, new int[] {1}, 0), described(2, new int[] {2}, 0)),
          new int[] {0},
          ONE,
          new float[2],
          1);
      // Query u = (1, 2), candidates g e with g = (1/2, 1/2), e1 = (4, 1), e2 = (2, 2): both scores
      // are 3, so d/ds = (-1/2, 1/2). d/dg = u (e2 - e1) / 2 = (-1, 1), d/de1 = -u g / 2.
      assertThat(get(towers, "gain.category.f", 0))
          .containsExactly(new float[] {1.5f, -0.5f}, CLOSE);
      assertThat(get(towers, "category.f", 1)).containsExactly(new float[] {4.25f, 1.5f}, CLOSE);
      assertThat(get(towers, "category.f", 2)).containsExactly(new float[] {1.75f, 1.5f}, CLOSE);
      // d/du = g (e2 - e1) / 2 = (-1/2, 1/4), which the gain (1, 2) and the embedding (1, 1) share.
      assertThat(get(towers, "context_category.f", 1))
          .containsExactly(new float[] {1.5f, 0.5f}, CLOSE);
      assertThat(get(towers, "gain.context_category.f", 0))
          .containsExactly(new float[] {1.5f, 1.75f}, CLOSE);
    }
  }
}
