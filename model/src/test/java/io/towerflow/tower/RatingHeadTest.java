package io.towerflow.tower;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.towerflow.spec.FeatureSpec;
import io.towerflow.spec.LossSpec;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.OptimizerSpec;
import io.towerflow.spec.RatingSpec;
import io.towerflow.table.RowTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class RatingHeadTest {

  private static final Offset<Float> CLOSE = within(1e-5f);
  private static final List<FeatureSpec> ID = List.of(new FeatureSpec.Id(2));

  private static ModelSpec spec(
      RatingSpec rating, LossSpec.Reduction reduction, boolean normalize, double learningRate) {
    return spec(rating, reduction, normalize, learningRate, List.of(1.0));
  }

  private static ModelSpec spec(
      RatingSpec rating,
      LossSpec.Reduction reduction,
      boolean normalize,
      double learningRate,
      List<Double> members) {
    ModelSpec plain =
        Specs.of(
            ID,
            ID,
            Specs.sum(normalize, 1, false, members),
            new LossSpec(
                reduction,
                0,
                0,
                0,
                0,
                LossSpec.FrequencyEstimate.DECAYED,
                1000,
                0.01,
                false,
                false),
            new OptimizerSpec.Sgd(learningRate));
    return new ModelSpec(
        plain.name(),
        plain.seed(),
        plain.event(),
        plain.order(),
        plain.vocabulary(),
        plain.query(),
        plain.candidate(),
        plain.towers(),
        plain.loss(),
        rating,
        plain.optimizer(),
        plain.batch(),
        plain.replay(),
        plain.publication(),
        plain.evaluation());
  }

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

  private static CandidateContext item(int item) {
    return new CandidateContext(item, new int[1][0], EncodedAttributes.NONE, new float[0]);
  }

  /** User 1 is (1, 2) and item 7 is (3, 4); the head is linear, (1, -1, 0.5, 0.25) and 0.1. */
  private static TwoTowers linear(double weight, LossSpec.Reduction reduction) {
    TwoTowers towers =
        new TwoTowers(spec(new RatingSpec(weight, List.of()), reduction, false, 1), () -> 100);
    setLinear(towers, "");
    return towers;
  }

  private static void setLinear(TwoTowers towers, String member) {
    set(towers, member + "user", 1, 1, 2);
    set(towers, member + "item", 7, 3, 4);
    float[] head = {1, -1, 0.5f, 0.25f};
    for (int row = 0; row < head.length; row++) {
      set(towers, member + "rating.dense0.weights", row, head[row]);
    }
    set(towers, member + "rating.dense0.bias", 0, 0.1f);
  }

  @Test
  void membersForetellTheMeanAndEachLearnsFromItsOwnError() {
    ModelSpec spec =
        spec(new RatingSpec(1, List.of()), LossSpec.Reduction.SUM, false, 0.125, List.of(1.0, 2.0));
    try (TwoTowers towers = new TwoTowers(spec, () -> 100)) {
      setLinear(towers, "");
      setLinear(towers, "member1.");
      set(towers, "member1.rating.dense0.bias", 0, -0.9f);
      // 1.6 as below, and 0.6.
      assertThat(towers.ratings(List.of(user(1)), List.of(item(7))))
          .containsExactly(new float[] {1.1f}, CLOSE);

      Ratings rated = new Ratings(new int[] {0}, new int[] {0}, new float[] {2}, new float[] {1});
      towers.train(
          List.of(user(1)), List.of(item(7)), new int[0], new float[0], new float[0], rated, 1);
      // Errors of -0.4 and -1.4; the bias moves by 0.125 * 2 * error, the second's twice as far.
      assertThat(get(towers, "rating.dense0.bias", 0)[0]).isCloseTo(0.2f, CLOSE);
      assertThat(get(towers, "member1.rating.dense0.bias", 0)[0]).isCloseTo(-0.2f, CLOSE);
    }
  }

  @Test
  void aRatingIsForetoldFromBothVectorsJoined() {
    try (TwoTowers towers = linear(1, LossSpec.Reduction.SUM)) {
      // 1*1 - 1*2 + 0.5*3 + 0.25*4 + 0.1
      assertThat(towers.ratings(List.of(user(1)), List.of(item(7))))
          .containsExactly(new float[] {1.6f}, CLOSE);
    }
  }

  @Test
  void oneStepFollowsTheGradientOfTheSquaredErrorByItsWeights() {
    try (TwoTowers towers = linear(0.1, LossSpec.Reduction.SUM)) {
      double loss =
          towers.train(
              List.of(user(1)),
              List.of(item(7)),
              new int[0],
              new float[0],
              new float[0],
              new Ratings(new int[] {0}, new int[] {0}, new float[] {2.6f}, new float[] {0.5f}),
              1);
      // No query is of the softmax, so it has no loss. The error is 1.6 - 2.6 = -1, and d/dr of
      // 0.1 * 0.5 * (r - 2.6)^2 is 0.1 * 0.5 * 2 * -1 = -0.1: everything moves by 0.1 times its
      // factor.
      assertThat(loss).isNaN();
      assertThat(get(towers, "rating.dense0.bias", 0)).containsExactly(new float[] {0.2f}, CLOSE);
      assertThat(get(towers, "rating.dense0.weights", 0)[0]).isCloseTo(1.1f, CLOSE);
      assertThat(get(towers, "rating.dense0.weights", 1)[0]).isCloseTo(-0.8f, CLOSE);
      assertThat(get(towers, "rating.dense0.weights", 2)[0]).isCloseTo(0.8f, CLOSE);
      assertThat(get(towers, "rating.dense0.weights", 3)[0]).isCloseTo(0.65f, CLOSE);
      assertThat(get(towers, "user", 1)).containsExactly(new float[] {1.1f, 1.9f}, CLOSE);
      assertThat(get(towers, "item", 7)).containsExactly(new float[] {3.05f, 4.025f}, CLOSE);
    }
  }

  @Test
  void theMeanOfSquaredErrorsIsByWeightAndNotByEvent() {
    // Errors -1 and -3 of weights 1 and 3: the mean's slope is 2 * (1 * -1 + 3 * -3) / 4 = -5, and
    // the head's weight takes a tenth of it.
    Ratings ratings =
        new Ratings(
            new int[] {0, 0}, new int[] {0, 0}, new float[] {2.6f, 4.6f}, new float[] {1, 3});
    try (TwoTowers towers = linear(0.1, LossSpec.Reduction.MEAN)) {
      towers.train(
          List.of(user(1)), List.of(item(7)), new int[0], new float[0], new float[0], ratings, 1);
      assertThat(get(towers, "rating.dense0.bias", 0)).containsExactly(new float[] {0.6f}, CLOSE);
    }
  }

  @Test
  void theRetrievalLearnsAsItWouldWithoutRatingsAndReportsItsOwnLoss() {
    List<QueryContext> queries = List.of(user(1));
    List<CandidateContext> items = List.of(item(7), item(8));
    float[] none = new float[2];
    try (TwoTowers towers = linear(1, LossSpec.Reduction.SUM);
        TwoTowers plain = linear(1, LossSpec.Reduction.SUM)) {
      double alone = plain.train(queries, items, new int[] {0}, new float[] {1}, none, 1);
      // The second user is there for a rating of item 9 alone, which is no candidate of the first.
      set(towers, "user", 2, 0, 0);
      set(towers, "item", 9, 0, 0);
      double loss =
          towers.train(
              List.of(user(1), user(2)),
              List.of(item(7), item(8), item(9)),
              new int[] {0},
              new float[] {1},
              none,
              new Ratings(new int[] {1}, new int[] {2}, new float[] {1.1f}, new float[] {1}),
              1);
      assertThat(loss).isEqualTo(alone);
      assertThat(get(towers, "user", 1)).containsExactly(get(plain, "user", 1));
      assertThat(get(towers, "item", 7)).containsExactly(get(plain, "item", 7));
      assertThat(get(towers, "item", 8)).containsExactly(get(plain, "item", 8));
      // Foretold 0.1, so the error is -1 and everything moves by 2 times its factor.
      assertThat(get(towers, "user", 2)).containsExactly(new float[] {2, -2}, CLOSE);
      assertThat(get(towers, "item", 9)).containsExactly(new float[] {1, 0.5f}, CLOSE);
      assertThat(get(plain, "rating.dense0.bias", 0)).containsExactly(0.1f);
    }
  }

  @Test
  void theGradientOfTheWholeLossIsThatOfFiniteDifferences() {
    for (LossSpec.Reduction reduction : LossSpec.Reduction.values()) {
      ModelSpec spec = spec(new RatingSpec(0.7, List.of(5, 3)), reduction, true, 1);
      List<QueryContext> queries = List.of(user(1), user(2), user(3));
      List<CandidateContext> items = List.of(item(7), item(8), item(9));
      Ratings ratings =
          new Ratings(
              new int[] {0, 2, 1},
              new int[] {0, 2, 1},
              new float[] {4, 1, 2.5f},
              new float[] {1, 2, 0.5f});
      Map<String, Integer> rows =
          Map.of(
              "user",
              1,
              "item",
              9,
              "rating.dense0.weights",
              2,
              "rating.dense1.weights",
              1,
              "rating.dense1.bias",
              0,
              "rating.dense2.weights",
              0,
              "rating.dense2.bias",
              0);
      new TreeMap<>(rows)
          .forEach(
              (table, row) -> {
                float[] before;
                float[] after;
                try (TwoTowers towers = positive(spec)) {
                  before = get(towers, table, row);
                  towers.train(
                      queries,
                      items,
                      new int[] {0, 1},
                      new float[] {1, 3},
                      new float[4],
                      ratings,
                      1);
                  after = get(towers, table, row);
                }
                for (int k = 0; k < before.length; k++) {
                  double slope =
                      (loss(spec, table, row, k, 1e-2f, ratings)
                              - loss(spec, table, row, k, -1e-2f, ratings))
                          / 2e-2;
                  assertThat((double) before[k] - after[k])
                      .as("%s of %s, row %d, %d", reduction, table, row, k)
                      .isCloseTo(slope, within(2e-3 * Math.max(1, Math.abs(slope))));
                }
              });
    }
  }

  /** A model whose numbers are such that no ReLU is near its edge. */
  private static TwoTowers positive(ModelSpec spec) {
    TwoTowers towers = new TwoTowers(spec, () -> 100);
    for (int user = 1; user <= 3; user++) {
      set(towers, "user", user, 1, user);
    }
    for (int item = 7; item <= 9; item++) {
      set(towers, "item", item, item - 6, 2);
    }
    int[] in = {4, 5, 3};
    int[] out = {5, 3, 1};
    for (int layer = 0; layer < 3; layer++) {
      for (int i = 0; i < in[layer]; i++) {
        float[] weights = new float[out[layer]];
        for (int j = 0; j < weights.length; j++) {
          weights[j] = 0.1f + 0.05f * ((3 * i + 2 * j) % 7);
        }
        set(towers, "rating.dense" + layer + ".weights", i, weights);
      }
    }
    return towers;
  }

  /** The loss in double precision, from the towers' outputs, with one number moved. */
  private static double loss(
      ModelSpec spec, String table, int row, int k, float by, Ratings ratings) {
    try (TwoTowers towers = positive(spec)) {
      float[] moved = get(towers, table, row);
      moved[k] += by;
      set(towers, table, row, moved);
      List<QueryContext> queries = List.of(user(1), user(2), user(3));
      List<CandidateContext> items = List.of(item(7), item(8), item(9));
      boolean mean = spec.loss().reduction() == LossSpec.Reduction.MEAN;
      float[] u = towers.queryVectors(queries);
      float[] v = towers.candidateVectors(items);
      double[] weights = {1, 3};
      double retrieval = 0;
      for (int i = 0; i < 2; i++) {
        double[] scores = new double[2];
        for (int j = 0; j < 2; j++) {
          scores[j] = (double) u[2 * i] * v[2 * j] + (double) u[2 * i + 1] * v[2 * j + 1];
        }
        double all = Math.log(Math.exp(scores[0]) + Math.exp(scores[1]));
        retrieval += weights[i] * (all - scores[i]);
      }
      double squares = 0;
      double sum = 0;
      for (int r = 0; r < ratings.size(); r++) {
        double foretold =
            towers
                .ratings(
                    List.of(queries.get(ratings.queries()[r])),
                    List.of(items.get(ratings.candidates()[r])))[0];
        double error = foretold - ratings.values()[r];
        squares += ratings.weights()[r] * error * error;
        sum += ratings.weights()[r];
      }
      return mean ? retrieval / 4 + 0.7 * squares / sum : retrieval + 0.7 * squares;
    }
  }

  @Test
  void aRatingIsLearntThatNeitherSideAloneCanTell() {
    ModelSpec spec = spec(new RatingSpec(1, List.of(32)), LossSpec.Reduction.SUM, false, 0.01);
    List<QueryContext> queries = List.of(user(1), user(1), user(2), user(2));
    List<CandidateContext> items = List.of(item(7), item(8), item(7), item(8));
    // Each user likes what the other does not.
    Ratings ratings =
        new Ratings(
            new int[] {0, 0, 1, 1},
            new int[] {0, 1, 0, 1},
            new float[] {5, 1, 1, 5},
            new float[] {1, 1, 1, 1});
    try (TwoTowers towers = new TwoTowers(spec, () -> 100)) {
      for (int step = 1; step <= 3000; step++) {
        towers.train(
            List.of(user(1), user(2)),
            List.of(item(7), item(8)),
            new int[0],
            new float[0],
            new float[0],
            ratings,
            step);
      }
      assertThat(towers.ratings(queries, items))
          .containsExactly(new float[] {5, 1, 1, 5}, within(0.3f));
    }
  }

  @Test
  void withoutAHeadThereAreNoTablesForItAndNothingToForetell() {
    try (TwoTowers towers =
        new TwoTowers(
            spec(new RatingSpec(0, List.of(8)), LossSpec.Reduction.SUM, false, 1), () -> 100)) {
      assertThat(towers.tables()).extracting(RowTable::name).containsOnly("user", "item");
      assertThatThrownBy(() -> towers.ratings(List.of(user(1)), List.of(item(7))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("Ratings need a head");
    }
  }
}
