package io.towerflow.tower;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.spec.AttributeFields;
import io.towerflow.spec.FeatureSpec;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;
import io.towerflow.table.CounterRandom;
import io.towerflow.table.RowTable;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Java learns what the engine learns, whatever the preset. */
class PresetArithmeticTest {

  private static final int QUERIES = 20;
  private static final int ITEMS = 30;
  private static final int STEPS = 3;
  private static final long NOW = 890_000_000_000L;

  static List<String> presets() {
    return ModelSpecs.presets();
  }

  private static int draw(int bound, long what, long i) {
    return CounterRandom.below(bound, 99, what, i);
  }

  private static EncodedAttributes attributes(AttributeFields fields, int i) {
    int[][] categories = new int[fields.categories().size()][];
    for (int field = 0; field < categories.length; field++) {
      categories[field] = new int[draw(3, field, i)];
      for (int k = 0; k < categories[field].length; k++) {
        categories[field][k] = draw(5, 10 + field, 3L * i + k);
      }
    }
    double[] numbers = new double[fields.numbers().size()];
    for (int field = 0; field < numbers.length; field++) {
      numbers[field] = draw(100, 20 + field, i);
    }
    return new EncodedAttributes(categories, numbers);
  }

  private static QueryContext query(ModelSpec spec, int i) {
    int length = i == 0 ? 0 : draw(spec.historyItems() + 1, 30, i);
    int[] items = new int[length];
    long[] times = new long[length];
    long time = NOW + i * 1000L;
    for (int k = 0; k < length; k++) {
      items[k] = 1 + draw(ITEMS, 31, 1000L * i + k);
      time -= (1L << draw(20, 32, 1000L * i + k));
      times[k] = time;
    }
    return new QueryContext(
        1 + i % 7, NOW + i * 1000L, items, times, length, attributes(spec.event().context(), i));
  }

  private static CandidateContext candidate(ModelSpec spec, int item) {
    int[][] tokens = new int[spec.event().texts().size()][];
    for (int field = 0; field < tokens.length; field++) {
      tokens[field] = new int[draw(4, 40, item)];
      for (int k = 0; k < tokens[field].length; k++) {
        tokens[field][k] = draw(15, 41, 10L * item + k);
      }
    }
    float[] popularity = new float[spec.popularity().map(FeatureSpec.Popularity::width).orElse(0)];
    for (int k = 0; k < popularity.length; k++) {
      popularity[k] = CounterRandom.uniform(42, item, k) - 0.5f;
    }
    return new CandidateContext(
        item, tokens, attributes(spec.event().itemAttributes(), item), popularity);
  }

  /** All that is computed of a few steps. */
  private record Learnt(List<Double> losses, float[] queries, float[] items, List<float[]> rows) {}

  private static Learnt learn(ModelSpec spec, Arithmetic arithmetic) {
    List<QueryContext> queries = new ArrayList<>();
    List<CandidateContext> candidates = new ArrayList<>();
    int[] positives = new int[QUERIES];
    float[] weights = new float[QUERIES];
    float[] adjustments = new float[QUERIES * ITEMS];
    for (int item = 1; item <= ITEMS; item++) {
      candidates.add(candidate(spec, item));
    }
    for (int i = 0; i < QUERIES; i++) {
      queries.add(query(spec, i));
      positives[i] = draw(ITEMS, 50, i);
      weights[i] = 1 + draw(2, 51, i);
      for (int j = 0; j < ITEMS; j++) {
        boolean masked = draw(5, 52, 100L * i + j) == 0 && j != positives[i];
        adjustments[i * ITEMS + j] = masked ? Float.NEGATIVE_INFINITY : draw(10, 53, j) * 0.1f;
      }
    }
    try (TwoTowers towers =
        new TwoTowers(
            spec, () -> 1000, item -> candidates.get(item == 0 ? 0 : item - 1), arithmetic)) {
      List<Double> losses = new ArrayList<>();
      for (int step = 1; step <= STEPS; step++) {
        losses.add(towers.train(queries, candidates, positives, weights, adjustments, step));
      }
      List<float[]> rows = new ArrayList<>();
      for (RowTable table : towers.tables()) {
        for (int row = 0; row <= ITEMS; row++) {
          float[] weightsOfRow = new float[table.width()];
          table.read(row, weightsOfRow, 0);
          rows.add(weightsOfRow);
        }
      }
      return new Learnt(
          losses, towers.queryVectors(queries), towers.candidateVectors(candidates), rows);
    }
  }

  @ParameterizedTest
  @MethodSource("presets")
  void aFewStepsComeToTheSame(String preset) {
    ModelSpec spec = ModelSpecs.load(preset);
    Learnt oracle = learn(spec, Arithmetic.ENGINE);
    Learnt java = learn(spec, Arithmetic.JAVA);

    for (int step = 0; step < STEPS; step++) {
      assertThat(java.losses.get(step)).isCloseTo(oracle.losses.get(step), within(1e-4));
    }
    assertThat(java.losses.get(STEPS - 1)).as("it learns").isLessThan(java.losses.get(0));
    for (int row = 0; row < oracle.rows.size(); row++) {
      assertThat(java.rows.get(row))
          .as("row %d of all tables", row)
          .containsExactly(oracle.rows.get(row), within(2e-3f));
    }
    assertThat(java.queries).containsExactly(oracle.queries, within(2e-2f));
    assertThat(java.items).containsExactly(oracle.items, within(5e-3f));
  }
}
