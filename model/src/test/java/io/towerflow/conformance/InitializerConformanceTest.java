package io.towerflow.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.towerflow.spec.ModelSpecs;
import io.towerflow.table.RowTable;
import io.towerflow.tower.TwoTowers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The weights that the tutorial's model starts from: Keras' {@code Embedding} draws uniformly from
 * {@code [-0.05, 0.05)}, its {@code Dense} from {@code [-l, l)} with {@code l = sqrt(6 / (in +
 * out))} (Glorot uniform), and its biases are 0.
 *
 * <p>A uniform number in [-a, a) has mean 0 and variance a^2 / 3. Over n draws their mean deviates
 * by {@code a / sqrt(3 n)}, and the mean of their squares, whose own variance is {@code a^4 / 5 -
 * a^4 / 9}, by {@code a^2 sqrt(4 / (45 n))}. The draws are seeded, so four deviations are a margin
 * and not a chance.
 */
class InitializerConformanceTest {

  private static RowTable table(TwoTowers towers, String name) {
    return towers.tables().stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
  }

  private static void isUniform(RowTable table, int rows, double limit) {
    float[] row = new float[table.width()];
    double sum = 0;
    double squares = 0;
    double least = 0;
    double most = 0;
    for (int r = 0; r < rows; r++) {
      table.read(r, row, 0);
      for (float w : row) {
        sum += w;
        squares += (double) w * w;
        least = Math.min(least, w);
        most = Math.max(most, w);
      }
    }
    double n = (double) rows * table.width();
    // Within the limit, in single precision, and close to it: of n draws the least is expected
    // 2 a / n above -a, and is 20 times farther off with a probability of exp(-20).
    float bound = (float) limit;
    assertThat(least).isBetween((double) -bound, -limit + 40 * limit / n);
    assertThat(most).isBetween(limit - 40 * limit / n, (double) bound);
    assertThat(sum / n).isCloseTo(0, within(4 * limit / Math.sqrt(3 * n)));
    assertThat(squares / n)
        .isCloseTo(limit * limit / 3, within(4 * limit * limit * Math.sqrt(4 / (45 * n))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"user", "item", "time_bucket", "token.movie_title"})
  void embeddingsAreUniformWithinATwentieth(String name) {
    try (TwoTowers towers = new TwoTowers(ModelSpecs.load("tutorial"), () -> 100)) {
      assertThat(table(towers, name).width()).isEqualTo(32);
      isUniform(table(towers, name), 2000, 0.05);
    }
  }

  @ParameterizedTest
  @CsvSource({
    // The query's inputs are two embeddings of 32 and one number, the candidate's two embeddings.
    "query.dense0, 65, 64",
    "query.dense1, 64, 32",
    "candidate.dense0, 64, 64",
    "candidate.dense1, 64, 32"
  })
  void denseLayersAreGlorotUniformAndTheirBiasesZero(String name, int in, int out) {
    try (TwoTowers towers = new TwoTowers(ModelSpecs.load("tutorial"), () -> 100)) {
      RowTable weights = table(towers, name + ".weights");
      assertThat(weights.width()).isEqualTo(out);
      isUniform(weights, in, Math.sqrt(6.0 / (in + out)));
      float[] bias = new float[out];
      table(towers, name + ".bias").read(0, bias, 0);
      assertThat(bias).containsOnly(0);
    }
  }

  @Test
  void noTwoTablesStartAlike() {
    try (TwoTowers towers = new TwoTowers(ModelSpecs.load("tutorial"), () -> 100)) {
      float[] user = new float[32];
      float[] item = new float[32];
      table(towers, "user").read(1, user, 0);
      table(towers, "item").read(1, item, 0);
      double product = 0;
      for (int i = 0; i < 32; i++) {
        product += user[i] * item[i];
      }
      // Each of 32 products has the deviation 0.05^2 / 3.
      assertThat(product).isCloseTo(0, within(4 * 0.0025 / 3 * Math.sqrt(32)));
      assertThat(user).isNotEqualTo(item);
    }
  }
}
