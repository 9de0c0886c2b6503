package io.towerflow.arithmetic.plain;

import io.towerflow.arithmetic.Arena;
import io.towerflow.arithmetic.SoftmaxBatch;
import io.towerflow.kernel.Elementary;
import io.towerflow.kernel.Products;
import io.towerflow.kernel.Rows;
import io.towerflow.kernel.Workers;
import io.towerflow.loss.HardNegatives;
import java.util.Arrays;
import java.util.Optional;

/**
 * A softmax cross entropy. With scores s of shape (n, m), {@code loss = sum_i w_i (ln sum_j
 * exp(s_ij) - s_i,positive)}, and its gradient by the scores is {@code g_ij = w_i (softmax_ij - [j
 * is the positive])}: from there {@code du = g v / t}, {@code dv = g^T u / t}, {@code db = g^T 1},
 * {@code dc = g phi}. Loss and gradient are computed a block of queries at a time, so that the
 * scores stay in the cache.
 *
 * <p>The kernels' inner loops run along rows. Of narrow vectors the gradients are therefore
 * computed the other way round, {@code du^T = v^T g^T} and {@code dv^T = u^T g}, whose rows are as
 * long as there are queries in a block and candidates.
 */
final class SoftmaxCrossEntropy {

  /** Queries in a block. */
  private static final int BLOCK = 128;

  /** Vectors of fewer numbers than this are narrow. */
  private static final int NARROW = 96;

  private final SoftmaxBatch batch;
  private final Matrix queries;
  private final Matrix candidates;
  private final Optional<Matrix> biases;
  private final Optional<Matrix> tastes;
  private final Workers workers;
  private final int n;
  private final int m;
  private final int width;
  private final int numbers;

  /** The length of what is multiplied to a score. */
  private final int read;

  private final float[][] byDimension;

  /** What a block of queries needs, a row for each of its queries. */
  private final float[][] extended;

  private final float[][] scores;
  private final float[][] ofQueries;
  private final float[][] ofTastes;
  private final float[] ofBiases;
  private final double[] losses = new double[BLOCK];

  /** Of narrow vectors: g^T, du^T and dv^T. */
  private final float[][] turnedScores;

  private final float[][] turnedQueries;
  private final float[][] turnedCandidates;
  private final boolean turned;

  SoftmaxCrossEntropy(SoftmaxBatch batch, Arena arena, Workers workers) {
    this.batch = batch;
    this.workers = workers;
    this.queries = Matrix.of(batch.queries());
    this.candidates = Matrix.of(batch.candidates());
    this.biases = batch.biases().map(Matrix::of);
    this.tastes = batch.tastes().map(Matrix::of);
    this.n = batch.n();
    this.m = batch.m();
    this.width = queries.width();
    this.numbers = tastes.isPresent() ? batch.numbers() : 0;
    this.read = width + (biases.isPresent() ? 1 : 0) + numbers;
    this.byDimension = arena.rows(read, m);
    this.extended = arena.rows(BLOCK, read);
    this.scores = arena.rows(BLOCK, m);
    this.ofQueries = arena.rows(BLOCK, width);
    this.ofTastes = arena.rows(BLOCK, numbers);
    this.ofBiases = arena.zeros(1, m)[0];
    this.turned = width < NARROW && Math.min(n, m) >= width;
    this.turnedScores = arena.rows(turned ? m : 0, BLOCK);
    this.turnedQueries = arena.rows(turned ? width : 0, BLOCK);
    this.turnedCandidates = arena.zeros(turned ? width : 0, m);
  }

  /**
   * Adds the gradient to those of the operands.
   *
   * @return the summed loss
   */
  double run() {
    fillByDimension();
    double loss = 0;
    for (int first = 0; first < n; first += BLOCK) {
      int block = first;
      int count = Math.min(BLOCK, n - first);
      long work = (long) count * m * read;
      workers.run(count, 2 * work, (from, to) -> scoreQueries(block, from, to));
      if (turned) {
        workers.run(m, work / width, (from, to) -> turnScores(count, from, to));
        workers.run(width, 2 * work, (from, to) -> toTurned(count, from, to));
        Products.transpose(turnedQueries, ofQueries, width, 0, count);
      } else {
        workers.run(m, candidates.divisible(work), (from, to) -> toCandidates(count, from, to));
      }
      for (int i = 0; i < count; i++) {
        loss += losses[i];
        Products.add(queries.gradients()[first + i], 1 / batch.temperature(), ofQueries[i], width);
        if (tastes.isPresent()) {
          Rows.add(tastes.get().gradients()[first + i], ofTastes[i], numbers);
        }
      }
    }
    if (turned) {
      addTurnedCandidates();
    }
    for (int j = 0; j < m && biases.isPresent(); j++) {
      biases.get().gradients()[j][0] += ofBiases[j];
    }
    return loss;
  }

  /** Losses of some queries of a block, their scores' gradients, and their own. */
  private void scoreQueries(int block, int from, int to) {
    for (int i = from; i < to; i++) {
      extend(block + i, extended[i]);
      System.arraycopy(batch.adjustments(), (block + i) * m, scores[i], 0, m);
    }
    Products.add(extended, byDimension, scores, from, to, read, m);
    for (int i = from; i < to; i++) {
      losses[i] = softmax(block + i, scores[i]);
      for (int number = 0; number < numbers; number++) {
        ofTastes[i][number] = Products.dot(scores[i], byDimension[read - numbers + number], m);
      }
    }
    if (!turned) {
      for (int i = from; i < to; i++) {
        Arrays.fill(ofQueries[i], 0, width, 0);
      }
      Products.add(scores, candidates.values(), ofQueries, from, to, m, width);
    }
  }

  /** Turns the columns of some candidates round, and adds them to their biases' gradients. */
  private void turnScores(int count, int from, int to) {
    Products.transpose(scores, turnedScores, count, from, to);
    for (int i = 0; i < count; i++) {
      Rows.add(ofBiases, scores[i], from, to);
    }
  }

  /** What a block of queries adds to some dimensions of all gradients. */
  private void toTurned(int count, int from, int to) {
    for (int k = from; k < to; k++) {
      Arrays.fill(turnedQueries[k], 0, count, 0);
    }
    Products.addTransposed(candidates.values(), turnedScores, turnedQueries, m, from, to, count);
    Products.addTransposed(extended, scores, turnedCandidates, count, from, to, m);
  }

  private void addTurnedCandidates() {
    for (int j = 0; j < m; j++) {
      float[] gradient = candidates.gradients()[j];
      for (int k = 0; k < width; k++) {
        gradient[k] += turnedCandidates[k][j];
      }
    }
  }

  /** What a block of queries adds to some candidates' gradients and their biases'. */
  private void toCandidates(int count, int from, int to) {
    Products.addTransposed(scores, extended, candidates.gradients(), count, from, to, width);
    for (int i = 0; i < count; i++) {
      Rows.add(ofBiases, scores[i], from, to);
    }
  }

  /** {@code (v, b, phi)} with a row for each dimension: shape (read, m). */
  private void fillByDimension() {
    workers.run(
        width,
        (long) m * width,
        (from, to) -> Products.transpose(candidates.values(), byDimension, m, from, to));
    for (int j = 0; j < m && biases.isPresent(); j++) {
      byDimension[width][j] = biases.get().values()[j][0];
    }
    for (int number = 0; number < numbers; number++) {
      for (int j = 0; j < m; j++) {
        byDimension[read - numbers + number][j] = batch.popularity()[j * numbers + number];
      }
    }
  }

  /** {@code (u / t, 1, c)} of a query. */
  private void extend(int i, float[] out) {
    Rows.scale(out, 1 / batch.temperature(), queries.values()[i], width);
    int at = width;
    if (biases.isPresent()) {
      out[at++] = 1;
    }
    if (tastes.isPresent()) {
      System.arraycopy(tastes.get().values()[i], 0, out, at, numbers);
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
}
