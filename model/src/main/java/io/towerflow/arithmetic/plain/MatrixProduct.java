package io.towerflow.arithmetic.plain;

import io.towerflow.arithmetic.Arena;
import io.towerflow.kernel.Products;
import io.towerflow.kernel.Workers;
import java.util.function.BiFunction;

/**
 * A matrix product, forward and backward: {@code Y = X W}, {@code dX = dY W^T}, {@code dW = X^T
 * dY}, with X of shape (n, in) and W of shape (in, out).
 *
 * <p>The kernels' inner loops run along rows, and rows of a few numbers are little for them. So a
 * narrow product of many vectors is computed the other way round, {@code Y^T = W^T X^T}, to the
 * same bits.
 */
final class MatrixProduct {

  /** Rows of fewer numbers than this are narrow. */
  private static final int NARROW = 64;

  private final Matrix x;
  private final Matrix w;
  private final Matrix y;
  private final Arena arena;
  private final Workers workers;
  private final int n;
  private final int in;
  private final int out;
  private final boolean turned;

  MatrixProduct(
      Matrix x,
      Matrix w,
      BiFunction<Integer, Integer, Matrix> zeros,
      Arena arena,
      Workers workers) {
    this.x = x;
    this.w = w;
    this.arena = arena;
    this.workers = workers;
    n = x.count();
    in = x.width();
    out = w.width();
    turned = out < NARROW && n >= NARROW;
    y = zeros.apply(n, out);
    if (turned) {
      forwardTurned();
    } else {
      workers.run(
          n,
          work(),
          (from, to) -> Products.add(x.values(), w.values(), y.values(), from, to, in, out));
    }
  }

  private void forwardTurned() {
    float[][] products = arena.zeros(out, n);
    float[][] turnedW = transposed(w);
    float[][] turnedX = transposed(x);
    workers.run(
        out, work(), (from, to) -> Products.add(turnedW, turnedX, products, from, to, in, n));
    workers.run(n, y.work(), (from, to) -> Products.transpose(products, y.values(), out, from, to));
  }

  private long work() {
    return (long) n * in * out;
  }

  private float[][] transposed(Matrix matrix) {
    int height = matrix.width();
    float[][] rows = arena.rows(height, matrix.count());
    workers.run(
        height,
        matrix.work(),
        (from, to) -> Products.transpose(matrix.values(), rows, matrix.count(), from, to));
    return rows;
  }

  /** Y, shape (n, out). */
  Matrix result() {
    return y;
  }

  void backward() {
    if (w.isLearnt()) {
      backwardToWeights();
    }
    if (x.isLearnt()) {
      float[][] turnedW = transposed(w);
      Matrix.inParts(workers, work(), (from, to) -> backwardToVectors(turnedW, from, to));
    }
  }

  private void backwardToVectors(float[][] turnedW, int from, int to) {
    float[][] gradients = new float[n][];
    float[][] sums = new float[n][];
    int count = 0;
    for (int i = 0; i < n; i++) {
      if (x.isIn(i, from, to)) {
        gradients[count] = y.gradients()[i];
        sums[count++] = x.gradients()[i];
      }
    }
    Products.add(gradients, turnedW, sums, 0, count, out, in);
  }

  private void backwardToWeights() {
    if (!turned) {
      workers.run(
          in,
          w.divisible(work()),
          (from, to) ->
              Products.addTransposed(x.values(), y.gradients(), w.gradients(), n, from, to, out));
      return;
    }
    float[][] gradients = arena.zeros(out, in);
    workers.run(
        out,
        work(),
        (from, to) ->
            Products.addTransposed(y.gradients(), x.values(), gradients, n, from, to, in));
    for (int k = 0; k < in; k++) {
      float[] row = w.gradients()[k];
      for (int o = 0; o < out; o++) {
        row[o] += gradients[o][k];
      }
    }
  }
}
