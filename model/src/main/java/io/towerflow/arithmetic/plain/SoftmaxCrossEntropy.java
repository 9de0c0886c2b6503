package io.towerflow.arithmetic.plain;

import io.towerflow.arithmetic.Arena;
import io.towerflow.arithmetic.SoftmaxBatch;
import io.towerflow.kernel.Elementary;
import io.towerflow.kernel.Products;
import io.towerflow.kernel.Rows;
import io.towerflow.loss.HardNegatives;
import java.util.Arrays;

/**
 * A softmax cross entropy. With scores s of shape (n, m), {@code loss = sum_i w_i (ln sum_j
 * exp(s_ij) - s_i,positive)}, and its gradient by the scores is {@code g_ij = w_i (softmax_ij - [j
 * is the positive])}: from there {@code du = g v / t}, {@code dv = g^T u / t}, {@code db = g^T 1},
 * {@code dc = g phi}. Loss and gradient are computed a block of queries at a time, so that the
 * scores stay in the cache.
 */
final class SoftmaxCrossEntropy {

  /** Queries in a block. */
  private static final int BLOCK = 128;

  private final SoftmaxBatch batch;
  private final Arena arena;
  private final Matrix queries;
  private final Matrix candidates;
  private final int n;
  private final int m;
  private final int width;

  SoftmaxCrossEntropy(SoftmaxBatch batch, Arena arena) {
    this.batch = batch;
    this.arena = arena;
    this.queries = Matrix.of(batch.queries());
    this.candidates = Matrix.of(batch.candidates());
    this.n = batch.n();
    this.m = batch.m();
    this.width = queries.width();
  }

  /**
   * Adds the gradient to those of the operands.
   *
   * @return the summed loss
   */
  double run() {
    int read = width + (batch.biases().isPresent() ? 1 : 0) + numbers();
    float[][] byDimension = byDimension(read);
    float[][] extended = arena.rows(BLOCK, read);
    float[][] scores = arena.rows(BLOCK, m);
    float[][] ofQueries = arena.rows(BLOCK, width);
    float[] ofBiases = arena.zeros(1, m)[0];
    double loss = 0;
    for (int from = 0; from < n; from += BLOCK) {
      int count = Math.min(BLOCK, n - from);
      for (int i = 0; i < count; i++) {
        extend(from + i, extended[i]);
        System.arraycopy(batch.adjustments(), (from + i) * m, scores[i], 0, m);
      }
      Products.add(extended, byDimension, scores, 0, count, read, m);
      for (int i = 0; i < count; i++) {
        loss += softmax(from + i, scores[i]);
        Rows.add(ofBiases, scores[i], m);
        Arrays.fill(ofQueries[i], 0, width, 0);
      }
      Products.add(scores, candidates.values(), ofQueries, 0, count, m, width);
      Products.addTransposed(scores, extended, candidates.gradients(), count, 0, m, width);
      for (int i = 0; i < count; i++) {
        Products.add(queries.gradients()[from + i], 1 / batch.temperature(), ofQueries[i], width);
        addToTastes(from + i, scores[i], byDimension, read);
      }
    }
    addToBiases(ofBiases);
    return loss;
  }

  private int numbers() {
    return batch.tastes().isPresent() ? batch.numbers() : 0;
  }

  /** {@code (v, b, phi)} with a row for each dimension: shape (read, m). */
  private float[][] byDimension(int read) {
    float[][] rows = arena.rows(read, m);
    Products.transpose(candidates.values(), rows, m, width);
    int at = width;
    if (batch.biases().isPresent()) {
      float[][] biases = Matrix.of(batch.biases().get()).values();
      for (int j = 0; j < m; j++) {
        rows[at][j] = biases[j][0];
      }
      at++;
    }
    int numbers = numbers();
    for (int number = 0; number < numbers; number++) {
      for (int j = 0; j < m; j++) {
        rows[at + number][j] = batch.popularity()[j * numbers + number];
      }
    }
    return rows;
  }

  /** {@code (u / t, 1, c)} of a query. */
  private void extend(int i, float[] out) {
    Rows.scale(out, 1 / batch.temperature(), queries.values()[i], width);
    int at = width;
    if (batch.biases().isPresent()) {
      out[at++] = 1;
    }
    if (batch.tastes().isPresent()) {
      System.arraycopy(Matrix.of(batch.tastes().get()).values()[i], 0, out, at, numbers());
    }
  }

  /** Turns a query's scores into their gradient; gives the query's loss. */
  private double softmax(int i, float[] scores) {
    int positive = batch.positives()[i];
    if (batch.hardNegatives() > 0) {
      float[] mask =
          HardNegatives.mask(Arrays.copyOf(scores, m), new int[] {positive}, batch.hardNegatives());
      Rows.add(scores, mask, m);
    }
    float own = scores[positive];
    float max = Elementary.max(scores, m);
    Rows.subtract(scores, max, m);
    Elementary.exp(scores, m);
    float sum = Elementary.sum(scores, m);
    float weight = batch.weights()[i] * batch.scale();
    Rows.scale(scores, weight / sum, scores, m);
    scores[positive] -= weight;
    return batch.weights()[i] * (StrictMath.log(sum) + max - own);
  }

  private void addToTastes(int i, float[] gradient, float[][] byDimension, int read) {
    if (batch.tastes().isPresent()) {
      float[] tastes = Matrix.of(batch.tastes().get()).gradients()[i];
      int numbers = numbers();
      for (int number = 0; number < numbers; number++) {
        tastes[number] += Products.dot(gradient, byDimension[read - numbers + number], m);
      }
    }
  }

  private void addToBiases(float[] gradient) {
    if (batch.biases().isPresent()) {
      float[][] biases = Matrix.of(batch.biases().get()).gradients();
      for (int j = 0; j < m; j++) {
        biases[j][0] += gradient[j];
      }
    }
  }
}
