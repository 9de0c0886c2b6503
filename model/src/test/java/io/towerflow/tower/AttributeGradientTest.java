package io.towerflow.tower;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.towerflow.spec.ModelSpecs;
import io.towerflow.table.RowTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Categories and numbers of both sides learn along the slope of the loss. */
class AttributeGradientTest {

  /** Rows of a table that are looked at: more than any of them uses. */
  private static final int ROWS = 12;

  private static final float H = 2e-3f;

  private static final List<QueryContext> QUERIES =
      List.of(
          query(1, new int[] {1}, 30, 8),
          query(2, new int[] {1, 2}, Double.NaN, 12), // several values, no age
          query(1, new int[] {2, 2, 3}, 55, 20), // one of them twice
          query(2, new int[] {}, 20, Double.NaN)); // no value

  private static final List<CandidateContext> CANDIDATES =
      List.of(
          candidate(1, new int[] {1}, 10, 1990),
          candidate(2, new int[] {1, 2, 3}, Double.NaN, 2000),
          candidate(3, new int[] {}, 100, 1970),
          candidate(4, new int[] {0}, -5, Double.NaN)); // out of vocabulary

  private static final int[] POSITIVES = {0, 1, 2, 3};

  private static QueryContext query(int user, int[] devices, double age, double hour) {
    return new QueryContext(
        user,
        0,
        new int[0],
        new long[0],
        0,
        new EncodedAttributes(new int[][] {devices}, new double[] {age, hour}));
  }

  private static CandidateContext candidate(int item, int[] genres, double price, double year) {
    return new CandidateContext(
        item,
        new int[0][],
        new EncodedAttributes(new int[][] {genres}, new double[] {price, year}),
        new float[0]);
  }

  private static TwoTowers towers() {
    TwoTowers towers =
        new TwoTowers(
            ModelSpecs.parse(
                """
                event: {user: u, item: i, time: t}
                query:
                  features:
                    - {kind: id, width: 2}
                    - {kind: category, field: device, width: 3}
                    - {kind: number, field: age, width: 2}
                    - {kind: number, field: hour}
                candidate:
                  features:
                    - {kind: category, field: genre, width: 3}
                    - {kind: number, field: price, width: 2, log: true}
                    - {kind: number, field: year}
                towers:
                  {combine: concat, layers: [5, 3], normalize: true, temperature: 0.5, item_bias: true}
                loss: {uniform_negatives: 20}
                optimizer: {kind: sgd, learning_rate: 1}
                """),
            () -> 100);
    for (double age : new double[] {20, 40}) {
      towers.contextNumbers().get(0).add(age);
    }
    for (double hour : new double[] {6, 18}) {
      towers.contextNumbers().get(1).add(hour);
    }
    for (double price : new double[] {1, 50}) {
      towers.itemNumbers().get(0).add(price);
    }
    for (double year : new double[] {1980, 2000}) {
      towers.itemNumbers().get(1).add(year);
    }
    // Embeddings as they start are so small that single precision hides slopes: begin with larger
    // ones.
    for (RowTable table : towers.tables()) {
      for (int row = 0; row < ROWS; row++) {
        float[] weights = read(table, row);
        for (int i = 0; i < weights.length; i++) {
          weights[i] = weights[i] * 6 + (float) Math.sin(row * 7 + i + table.name().length()) / 4;
        }
        write(table, row, weights);
      }
    }
    return towers;
  }

  private static float[] read(RowTable table, int row) {
    float[] weights = new float[table.width()];
    table.read(row, weights, 0);
    return weights;
  }

  private static void write(RowTable table, int row, float[] weights) {
    ByteBuffer bytes =
        ByteBuffer.allocate(weights.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(weights);
    table.restore(row, bytes.array());
  }

  /** The summed cross entropy, from the vectors as they leave. */
  private static double loss(TwoTowers towers) {
    float[] scores =
        towers.scores(towers.queryVectors(QUERIES), towers.candidateVectors(CANDIDATES));
    int m = CANDIDATES.size();
    double loss = 0;
    for (int i = 0; i < QUERIES.size(); i++) {
      double sum = 0;
      for (int j = 0; j < m; j++) {
        sum += Math.exp(scores[i * m + j]);
      }
      loss += Math.log(sum) - scores[i * m + POSITIVES[i]];
    }
    return loss;
  }

  private static double slope(TwoTowers towers, RowTable table, int row, int column) {
    float[] weights = read(table, row);
    float[] moved = weights.clone();
    moved[column] = weights[column] + H;
    write(table, row, moved);
    double above = loss(towers);
    moved[column] = weights[column] - H;
    write(table, row, moved);
    double below = loss(towers);
    write(table, row, weights);
    return (above - below) / (2 * H);
  }

  @Test
  void theGradientOfEveryCategoryAndNumberIsTheSlopeOfTheLoss() {
    try (TwoTowers trained = towers();
        TwoTowers probe = towers()) {
      double loss =
          trained.train(QUERIES, CANDIDATES, POSITIVES, new float[] {1, 1, 1, 1}, new float[16], 1);
      assertThat(4 * loss).isCloseTo(loss(probe), within(1e-5));
      List<String> learning = new ArrayList<>();
      for (int t = 0; t < probe.tables().size(); t++) {
        RowTable table = probe.tables().get(t);
        for (int row = 0; row < ROWS; row++) {
          float[] before = read(table, row);
          float[] after = read(trained.tables().get(t), row);
          for (int i = 0; i < before.length; i++) {
            double slope = slope(probe, table, row, i);
            assertThat((double) before[i] - after[i])
                .as("gradient of %s[%d][%d]", table.name(), row, i)
                .isCloseTo(slope, within(2e-3 + 1e-2 * Math.abs(slope)));
            if (Math.abs(slope) > 1e-2 && !learning.contains(table.name() + row)) {
              learning.add(table.name() + row);
            }
          }
        }
      }
      assertThat(learning)
          .as("rows with a slope worth the name")
          .contains(
              "context_category.device1",
              "context_category.device2",
              "context_category.device3",
              "context_number.age0",
              "category.genre0",
              "category.genre1",
              "category.genre2",
              "category.genre3",
              "number.price0");
    }
  }
}
