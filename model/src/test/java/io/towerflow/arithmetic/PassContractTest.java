package io.towerflow.arithmetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.towerflow.arithmetic.engine.EnginePasses;
import io.towerflow.arithmetic.plain.PlainPasses;
import io.towerflow.kernel.Workers;
import io.towerflow.optimizer.Optimizer;
import io.towerflow.spec.OptimizerSpec;
import io.towerflow.table.CounterRandom;
import io.towerflow.table.RowTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every operation, its outputs and its gradients: Java's are held to the engine's, which
 * differentiates by itself, and are the same bits whatever the number of threads.
 */
class PassContractTest {

  /** Tables that a pass reads, made anew for each arithmetic from the same numbers. */
  private static final class Model {
    final Map<String, RowTable> tables = new TreeMap<>();

    RowTable table(String name, int width) {
      return tables.computeIfAbsent(
          name,
          ignored ->
              new RowTable(
                  name,
                  width,
                  (seed, row, column) -> 2 * CounterRandom.uniform(seed, row, column) - 1,
                  Optimizer.of(new OptimizerSpec.Sgd(1)),
                  7));
    }

    /** What a learning rate of 1 has taken off the rows is their gradient. */
    float[] weights() {
      List<Float> all = new ArrayList<>();
      for (RowTable table : tables.values()) {
        float[] row = new float[table.width()];
        for (int r = 0; r < 64; r++) {
          table.read(r, row, 0);
          for (float x : row) {
            all.add(x);
          }
        }
      }
      float[] weights = new float[all.size()];
      for (int i = 0; i < weights.length; i++) {
        weights[i] = all.get(i);
      }
      return weights;
    }
  }

  /** Names rows, and gives what is computed of them once they are there. */
  private interface Operation extends Function<Pass, Function<Pass, Vectors>> {}

  private interface Network {
    Operation on(Model model);
  }

  private record Result(float[] values, float[] weights, double loss) {}

  /**
   * Computes vectors, and learns from the squared error of a weighted sum of each one's numbers.
   */
  private static Result run(Passes passes, Network network) {
    Model model = new Model();
    Operation operation = network.on(model);
    float[] values;
    try (Pass pass = passes.inference()) {
      Function<Pass, Vectors> computed = operation.apply(pass);
      pass.load();
      values = pass.toArray(computed.apply(pass));
    }
    double loss;
    try (Pass pass = passes.training(11)) {
      Function<Pass, Vectors> computed = operation.apply(pass);
      RowTable head = model.table("head", 1);
      pass.all(head, 64);
      pass.load();
      Vectors y = computed.apply(pass);
      int[] first = new int[y.width()];
      float[] targets = new float[y.count()];
      float[] weights = new float[y.count()];
      for (int i = 0; i < y.width(); i++) {
        first[i] = i;
      }
      for (int i = 0; i < y.count(); i++) {
        targets[i] = i * 0.25f - 1;
        weights[i] = 0.5f + i * 0.125f;
      }
      Vectors sums = pass.product(y, pass.gather(pass.leaf(head), first));
      loss = pass.squaredError(sums, targets, weights, 0.5f);
      pass.learn(1);
    }
    return new Result(values, model.weights(), loss);
  }

  private static void assertSame(Network network) {
    try (Passes engine = new EnginePasses(Arithmetic.ENGINE)) {
      Result oracle = run(engine, network);
      Result result = run(1, network);
      assertThat(result.values()).as("outputs").containsExactly(oracle.values(), within(1e-5f));
      assertThat(result.loss()).as("loss").isCloseTo(oracle.loss(), within(1e-4));
      assertThat(result.weights()).as("gradients").containsExactly(oracle.weights(), within(1e-4f));
    }
    assertSameBits(network);
  }

  /** Whatever the number of threads. */
  private static void assertSameBits(Network network) {
    Result alone = run(1, network);
    for (int threads : new int[] {2, 3}) {
      Result shared = run(threads, network);
      assertThat(shared.values()).as("outputs of %s threads", threads).isEqualTo(alone.values());
      assertThat(shared.loss()).as("loss of %s threads", threads).isEqualTo(alone.loss());
      assertThat(shared.weights())
          .as("gradients of %s threads", threads)
          .isEqualTo(alone.weights());
    }
  }

  private static Result run(int threads, Network network) {
    try (Passes plain = plain(threads)) {
      return run(plain, network);
    }
  }

  /** Passes whose threads share even the smallest loops. */
  private static Passes plain(int threads) {
    return new PlainPasses(new Workers(threads, 0));
  }

  private static Operation rows(RowTable table, int... rows) {
    return pass -> {
      int[] places = new int[rows.length];
      for (int i = 0; i < rows.length; i++) {
        places[i] = pass.row(table, rows[i]);
      }
      return loaded -> loaded.gather(table, places);
    };
  }

  private interface Unary {
    Vectors of(Pass pass, Vectors x);
  }

  private interface Binary {
    Vectors of(Pass pass, Vectors x, Vectors y);
  }

  private static Network of(int width, Unary unary, int... rows) {
    return model -> {
      Operation x = rows(model.table("x", width), rows);
      return pass -> {
        Function<Pass, Vectors> read = x.apply(pass);
        return loaded -> unary.of(loaded, read.apply(loaded));
      };
    };
  }

  private static Network of(int width, int[] rows, int otherWidth, int[] others, Binary binary) {
    return model -> {
      Operation x = rows(model.table("x", width), rows);
      Operation y = rows(model.table("y", otherWidth), others);
      return pass -> {
        Function<Pass, Vectors> first = x.apply(pass);
        Function<Pass, Vectors> second = y.apply(pass);
        return loaded -> binary.of(loaded, first.apply(loaded), second.apply(loaded));
      };
    };
  }

  private static int[] upTo(int n) {
    int[] rows = new int[n];
    for (int i = 0; i < n; i++) {
      rows[i] = i;
    }
    return rows;
  }

  @Test
  void rowsReadTwiceAddTheirGradientsUp() {
    assertSame(of(5, (pass, x) -> x, 3, 1, 3, 3, 2));
  }

  @Test
  void vectorsAreGatheredByTheirPlaces() {
    assertSame(of(5, (pass, x) -> pass.gather(pass.scaled(x, 2), new int[] {2, 0, 2}), 4, 1, 7));
  }

  @Test
  void meansOfGroupsShareTheirGradientOut() {
    assertSame(
        model -> {
          RowTable tokens = model.table("tokens", 6);
          return pass -> {
            Pool pool = pass.pool(tokens, new int[][] {{1, 2, 2}, {}, {5}, {2, 5}});
            return loaded -> loaded.means(pool);
          };
        });
  }

  @Test
  void aTableIsReadRowByRowAndInMeansAtOnce() {
    assertSame(
        model -> {
          RowTable table = model.table("x", 4);
          return pass -> {
            int place = pass.row(table, 3);
            Pool pool = pass.pool(table, new int[][] {{3, 1}, {2}});
            return loaded ->
                loaded.sum(
                    List.of(loaded.means(pool), loaded.gather(table, new int[] {place, place})));
          };
        });
  }

  @Test
  void vectorsAreAdded() {
    assertSame(
        of(7, upTo(4), 7, new int[] {5, 5, 2, 1}, (pass, x, y) -> pass.sum(List.of(x, y, x))));
  }

  @Test
  void vectorsAreJoinedSideBySide() {
    assertSame(of(3, upTo(4), 2, upTo(4), (pass, x, y) -> pass.joined(List.of(x, y, x))));
  }

  @Test
  void groupsOfVectorsBecomeOne() {
    assertSame(of(3, (pass, x) -> pass.grouped(x, 2), 0, 1, 2, 3, 4, 1));
  }

  @Test
  void vectorsAreScaledByOneNumberOrEachByItsOwn() {
    assertSame(of(3, (pass, x) -> pass.scaled(x, -0.5f), 0, 1, 2));
    assertSame(of(3, (pass, x) -> pass.weighed(x, new float[] {2, 0, -1}), 0, 1, 2));
  }

  @Test
  void aRowIsAddedToAllAndMultipliesAll() {
    assertSame(of(33, upTo(4), 33, upTo(1), Pass::plusRow));
    assertSame(of(33, upTo(4), 33, upTo(1), Pass::timesRow));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 32, 40})
  void matricesAreMultiplied(int out) {
    assertSame(of(9, upTo(6), out, upTo(9), Pass::product));
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 32})
  void vectorsThatAreThereSeveralTimesAreMultiplied(int out) {
    int[] rows = new int[70]; // enough that a narrow product is computed the other way round
    for (int i = 0; i < rows.length; i++) {
      rows[i] = i * i % 7 / 2;
    }
    assertSameBits(of(9, rows, out, upTo(9), Pass::product));
  }

  @Test
  void weightsThatAreThereSeveralTimesAreMultiplied() {
    assertSame(of(9, upTo(6), 7, new int[] {4, 4, 1, 4, 2, 2, 2, 1, 4}, Pass::product));
  }

  @Test
  void numbersThatAreNotLearntAreMultiplied() {
    assertSame(
        of(
            4,
            (pass, w) -> pass.product(pass.constant(new float[] {1, 2, 3, 4, 5, 6}, 3), w),
            upTo(3)));
  }

  /** By one vector's range of threads as well as by another's. */
  @Test
  void vectorsThatAreThereSeveralTimesAddTheirGradientsUp() {
    int[] rows = {5, 5, 2, 5, 2, 2, 0, 5, 5, 0, 1, 5};
    float[] factors = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    assertSame(of(3, (pass, x) -> pass.weighed(x, factors), rows));
    assertSame(of(3, Pass::relu, rows));
    assertSame(of(3, Pass::tanh, rows));
    assertSame(of(3, Pass::normalized, rows));
    assertSame(of(3, (pass, x) -> pass.dropout(x, 0.5, "here"), rows));
    assertSame(of(3, (pass, x) -> pass.grouped(x, 2), rows));
    assertSame(of(3, (pass, x) -> pass.joined(List.of(x, x)), rows));
    assertSame(of(3, (pass, x) -> pass.sum(List.of(x, pass.scaled(x, .3f))), rows));
    assertSame(of(40, rows, 40, upTo(1), Pass::plusRow));
    assertSame(of(40, rows, 40, upTo(1), Pass::timesRow));
  }

  @Test
  void activationsFollowTheirSlopes() {
    assertSame(of(8, Pass::relu, upTo(6)));
    assertSame(of(8, (pass, x) -> pass.tanh(pass.scaled(x, 4)), upTo(6)));
  }

  @Test
  void vectorsAreBroughtToLengthOne() {
    assertSame(of(8, Pass::normalized, upTo(6)));
    assertSame(of(8, (pass, x) -> pass.normalized(pass.scaled(x, 0)), upTo(2)));
  }

  @Test
  void whatIsDroppedIsTheSame() {
    assertSame(of(8, (pass, x) -> pass.dropout(x, 0.5, "here"), upTo(6)));
  }

  static List<Optional<Integer>> gates() {
    return List.of(Optional.empty(), Optional.of(1), Optional.of(2), Optional.of(3));
  }

  /** 1 for a gate by time, 2 for one by age, 3 for both. */
  @ParameterizedTest
  @MethodSource("gates")
  void historiesHaveGatedMeans(Optional<Integer> gates) {
    int bits = gates.orElse(0);
    int[] lengths = {4, 0, 7, 1};
    int h = 7;
    int[] places = new int[lengths.length * h];
    int[] timePlaces = new int[lengths.length * h];
    int[] agePlaces = new int[h];
    for (int i = 0; i < places.length; i++) {
      places[i] = i * i % 5;
      timePlaces[i] = i % h / 2;
    }
    for (int k = 0; k < h; k++) {
      agePlaces[k] = 31 - Integer.numberOfLeadingZeros(k + 1);
    }
    float[][] decayed = new float[3][h];
    for (int m = 0; m < 3; m++) {
      for (int k = 0; k < h; k++) {
        decayed[m][k] = (float) Math.pow(0.3 * (m + 1), k);
      }
    }
    assertSame(
        model -> {
          Operation items = rows(model.table("items", 40), 8, 6, 7, 5, 3);
          RowTable times = model.table("times", 3);
          RowTable ages = model.table("ages", 3);
          return pass -> {
            Function<Pass, Vectors> read = items.apply(pass);
            pass.all(times, 4);
            pass.all(ages, 3);
            return loaded ->
                loaded.historyMeans(
                    new Histories(
                        lengths,
                        h,
                        places,
                        decayed,
                        gate(bits & 1, times, timePlaces, loaded),
                        gate(bits & 2, ages, agePlaces, loaded)),
                    read.apply(loaded));
          };
        });
  }

  private static Optional<Histories.Gate> gate(int there, RowTable table, int[] places, Pass pass) {
    return there == 0
        ? Optional.empty()
        : Optional.of(new Histories.Gate(pass.leaf(table), places));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void meansAreMixedByGatesAndWeights(int bits) {
    assertSame(
        model -> {
          Operation means = rows(model.table("means", 36), 1, 2, 3, 4, 5, 6);
          Operation gates = rows(model.table("gates", 2), 1, 2, 1);
          RowTable mix = model.table("mix", 36);
          return pass -> {
            Function<Pass, Vectors> p = means.apply(pass);
            Function<Pass, Vectors> g = gates.apply(pass);
            pass.all(mix, bits < 2 ? 1 : 2);
            return loaded ->
                loaded.mixed(
                    p.apply(loaded),
                    (bits & 1) == 0 ? List.of() : List.of(g.apply(loaded), g.apply(loaded)),
                    bits < 2 ? Optional.empty() : Optional.of(loaded.leaf(mix)));
          };
        });
  }

  /** What a batch may have: biases, popularity, hard negatives, a scale. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 7, 8, 15})
  void crossEntropiesAreTheSame(int bits) {
    int n = 150; // more than a block
    int m = 21;
    int[] positives = new int[n];
    float[] weights = new float[n];
    float[] adjustments = new float[n * m];
    float[] popularity = new float[(bits & 2) == 0 ? 0 : m * 2];
    for (int i = 0; i < n; i++) {
      positives[i] = i % m;
      weights[i] = 0.5f + i % 3;
    }
    for (int i = 0; i < adjustments.length; i++) {
      boolean masked = i % 7 == 3 && i % m != positives[i / m];
      adjustments[i] = masked ? Float.NEGATIVE_INFINITY : (i % 11 - 5) * 0.125f;
    }
    for (int i = 0; i < popularity.length; i++) {
      popularity[i] = CounterRandom.uniform(1, 2, i) - 0.5f;
    }
    List<Map<String, float[]>> moved = new ArrayList<>();
    List<Double> losses = new ArrayList<>();
    for (Passes passes :
        List.of(new EnginePasses(Arithmetic.ENGINE), plain(1), plain(2), plain(3))) {
      Model model = new Model();
      try (passes;
          Pass pass = passes.training(1)) {
        int[] users = new int[n + 2];
        for (int i = 0; i < users.length; i++) {
          users[i] = pass.row(model.table("u", 24), i % 60);
        }
        pass.all(model.table("v", 24), m + 3);
        pass.all(model.table("b", 1), m);
        int[] tastes = new int[n];
        for (int i = 0; i < n; i++) {
          tastes[i] = pass.row(model.table("c", 2), i % 5);
        }
        pass.load();
        losses.add(
            pass.crossEntropy(
                new SoftmaxBatch(
                    pass.gather(model.table("u", 24), users),
                    pass.leaf(model.table("v", 24)),
                    (bits & 1) == 0
                        ? Optional.empty()
                        : Optional.of(pass.leaf(model.table("b", 1))),
                    (bits & 2) == 0
                        ? Optional.empty()
                        : Optional.of(pass.gather(model.table("c", 2), tastes)),
                    popularity,
                    0.25f,
                    positives,
                    weights,
                    adjustments,
                    (bits & 4) == 0 ? 0 : 6,
                    (bits & 8) == 0 ? 1 : 1f / n)));
        pass.learn(1);
      }
      Map<String, float[]> rows = new TreeMap<>();
      rows.put("all", model.weights());
      moved.add(rows);
    }
    assertThat(losses.get(1)).isCloseTo(losses.get(0), within(1e-2));
    assertThat(moved.get(1).get("all")).containsExactly(moved.get(0).get("all"), within(2e-3f));
    for (int several : new int[] {2, 3}) {
      assertThat(losses.get(several)).as("%s threads", several).isEqualTo(losses.get(1));
      assertThat(moved.get(several).get("all"))
          .as("%s threads", several)
          .isEqualTo(moved.get(1).get("all"));
    }
  }

  @Test
  void scoresAreTheSame() {
    float[] queries = {1, 2, 3, 4, 5, 6};
    float[] candidates = {1, 0, 0, 0, 1, 1};
    try (Passes plain = plain(2);
        Pass pass = plain.inference()) {
      assertThat(pass.scores(queries, candidates, 3)).containsExactly(1, 5, 4, 11);
    }
  }

  /** Each arithmetic by itself. */
  static List<Passes> both() {
    return List.of(plain(2), new EnginePasses(Arithmetic.ENGINE));
  }

  private static float[] dropped(Passes passes, long seed, String place, double rate) {
    float[] ones = new float[1000];
    java.util.Arrays.fill(ones, 1);
    try (Pass pass = passes.training(seed)) {
      return pass.toArray(pass.dropout(pass.constant(ones, 10), rate, place));
    }
  }

  @ParameterizedTest
  @MethodSource("both")
  void dropoutZeroesItsFractionAndScalesTheRestUp(Passes passes) {
    int zeros = 0;
    for (float x : dropped(passes, 1, "a", 0.25)) {
      assertThat(x).isIn(0f, (float) (1 / 0.75));
      zeros += x == 0 ? 1 : 0;
    }
    // Binomial with n = 1000, p = 1/4: sigma 13.7.
    assertThat(zeros).isBetween(250 - 55, 250 + 55);
    passes.close();
  }

  @ParameterizedTest
  @MethodSource("both")
  void whatIsDroppedIsAFunctionOfSeedAndPlace(Passes passes) {
    float[] once = dropped(passes, 1, "a", 0.5);
    assertThat(dropped(passes, 1, "a", 0.5)).isEqualTo(once);
    assertThat(dropped(passes, 2, "a", 0.5)).isNotEqualTo(once);
    assertThat(dropped(passes, 1, "b", 0.5)).isNotEqualTo(once);
    passes.close();
  }

  @ParameterizedTest
  @MethodSource("both")
  void nothingIsDroppedOutsideTraining(Passes passes) {
    try (Pass pass = passes.inference()) {
      Vectors x = pass.constant(new float[] {1, 2}, 1);
      assertThat(pass.dropout(x, 0.9, "a")).isSameAs(x);
    }
    passes.close();
  }

  @ParameterizedTest
  @MethodSource("both")
  void aStepThatIsNotFiniteChangesNothing(Passes passes) {
    Model model = new Model();
    RowTable table = model.table("x", 2);
    float[] before = model.weights();
    try (Pass pass = passes.training(1)) {
      int place = pass.row(table, 1);
      pass.load();
      Vectors x = pass.gather(table, new int[] {place});
      Vectors sum = pass.product(x, pass.gather(pass.constant(new float[] {1, 1}, 1), upTo(2)));
      pass.squaredError(sum, new float[] {0}, new float[] {Float.MAX_VALUE}, Float.MAX_VALUE);
      org.assertj.core.api.Assertions.assertThatThrownBy(() -> pass.learn(5))
          .isInstanceOf(DivergenceException.class)
          .hasMessageContaining("table x of step 5");
    }
    assertThat(model.weights()).isEqualTo(before);
    passes.close();
  }
}
