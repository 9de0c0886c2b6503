package io.towerflow.arithmetic.plain;

import io.towerflow.arithmetic.Arena;
import io.towerflow.kernel.Products;
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
  private final int n;
  private final int in;
  private final int out;
  private final boolean turned;

  MatrixProduct(Matrix x, Matrix w, BiFunction<Integer, Integer, Matrix> zeros, Arena arena) {
    this.x = x;
    this.w = w;
    this.arena = arena;
    n = x.count();
    in = x.width();
    out = w.width();
    turned = out < NARROW && n >= NARROW;
    y = zeros.apply(n, out);
    if (turned) {
      float[][] products = arena.zeros(out, n);
      Products.add(transposed(w), transposed(x), products, 0, out, in, n);
      Products.transpose(products, y.values(), out, n);
    } else {
      Products.add(x.values(), w.values(), y.values(), 0, n, in, out);
    }
  }

  private float[][] transposed(Matrix matrix) {
    int height = matrix.width();
    float[][] rows = arena.rows(height, matrix.count());
    Products.transpose(matrix.values(), rows, matrix.count(), height);
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
      Products.add(y.gradients(), transposed(w), x.gradients(), 0, n, out, in);
    }
  }

  private void backwardToWeights() {
    if (!turned) {
      Products.addTransposed(x.values(), y.gradients(), w.gradients(), n, 0, in, out);
      return;
    }
    float[][] gradients = arena.zeros(out, in);
    Products.addTransposed(y.gradients(), x.values(), gradients, n, 0, out, in);
    for (int k = 0; k < in; k++) {
      float[] row = w.gradients()[k];
      for (int o = 0; o < out; o++) {
        row[o] += gradients[o][k];
      }
    }
  }
}
