package io.towerflow.arithmetic.plain;

import io.towerflow.arithmetic.Arena;
import io.towerflow.kernel.Elementary;
import io.towerflow.kernel.Products;
import io.towerflow.kernel.Rows;
import io.towerflow.kernel.Workers;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Means brought together, forward and backward: {@code y_i = sum_m f_im mix_m p_im}, {@code f_im =
 * exp(gate_im)}, dimension by dimension.
 */
final class MixedMeans {

  /** Columns that one thread adds up are as many as a multiple of this. */
  private static final int COLUMNS = 32;

  private final Matrix means;
  private final Optional<Matrix> gates;
  private final Optional<Matrix> mix;
  private final Matrix result;
  private final float[] ones;
  private final Arena arena;
  private final Workers workers;

  /** f, shape (n, scales). */
  private final float[][] factors;

  private final int scales;

  MixedMeans(
      Matrix means,
      Optional<Matrix> gates,
      Optional<Matrix> mix,
      BiFunction<Integer, Integer, Matrix> zeros,
      Arena arena,
      Workers workers) {
    this.means = means;
    this.arena = arena;
    this.workers = workers;
    this.gates = gates;
    this.mix = mix;
    this.scales =
        mix.isPresent()
            ? mix.get().count()
            : gates.map(each -> means.count() / each.count()).orElse(1);
    int n = means.count() / scales;
    this.result = zeros.apply(n, means.width());
    this.ones = arena.rows(1, Math.max(scales, means.width()))[0];
    Arrays.fill(ones, 1);
    this.factors = arena.rows(n, scales);
    workers.run(n, means.work(), this::forward);
  }

  private void forward(int from, int to) {
    for (int i = from; i < to; i++) {
      factors(i);
      for (int m = 0; m < scales; m++) {
        Rows.addProduct(
            result.values()[i],
            factors[i][m],
            weights(m),
            means.values()[i * scales + m],
            means.width());
      }
    }
  }

  private void factors(int i) {
    System.arraycopy(gates.map(each -> each.values()[i]).orElse(ones), 0, factors[i], 0, scales);
    if (gates.isPresent()) {
      Elementary.exp(factors[i], scales);
    }
  }

  private float[] weights(int m) {
    return mix.map(each -> each.values()[m]).orElse(ones);
  }

  /** y, shape (n, width). */
  Matrix result() {
    return result;
  }

  void backward() {
    float[][] slopes = arena.rows(result.count(), scales);
    Matrix.inParts(workers, 2 * means.work(), (from, to) -> backwardToMeans(slopes, from, to));
    if (mix.isPresent()) {
      workers.run(means.width(), COLUMNS, means.work(), this::backwardToMix);
    }
    for (int i = 0; i < result.count() && gates.isPresent(); i++) {
      Rows.add(gates.get().gradients()[i], slopes[i], scales);
    }
  }

  /** To the means that are in some parts; of their gates the gradients are kept aside. */
  private void backwardToMeans(float[][] slopes, int from, int to) {
    int width = means.width();
    float[] products = new float[width];
    for (int at = 0; at < means.count(); at++) {
      if (!means.isIn(at, from, to)) {
        continue;
      }
      int i = at / scales;
      int m = at % scales;
      float[] gradient = result.gradients()[i];
      Rows.addProduct(means.gradients()[at], factors[i][m], weights(m), gradient, width);
      if (gates.isPresent()) {
        Rows.multiply(products, means.values()[at], gradient, width);
        slopes[i][m] = factors[i][m] * Products.dot(products, weights(m), width);
      }
    }
  }

  private void backwardToMix(int left, int right) {
    for (int at = 0; at < means.count(); at++) {
      int i = at / scales;
      int m = at % scales;
      Rows.addProduct(
          mix.get().gradients()[m],
          factors[i][m],
          means.values()[at],
          result.gradients()[i],
          left,
          right);
    }
  }
}
