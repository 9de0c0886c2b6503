package io.towerflow.arithmetic.plain;

import io.towerflow.arithmetic.Arena;
import io.towerflow.kernel.Elementary;
import io.towerflow.kernel.Products;
import io.towerflow.kernel.Rows;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Means brought together, forward and backward: {@code y_i = sum_m f_im mix_m p_im}, {@code f_im =
 * exp(gate_im)}, dimension by dimension.
 */
final class MixedMeans {

  private final Matrix means;
  private final Optional<Matrix> gates;
  private final Optional<Matrix> mix;
  private final Matrix result;
  private final float[] ones;
  private final float[] products;

  /** f, shape (n, scales). */
  private final float[][] factors;

  private final int scales;

  MixedMeans(
      Matrix means,
      Optional<Matrix> gates,
      Optional<Matrix> mix,
      BiFunction<Integer, Integer, Matrix> zeros,
      Arena arena) {
    this.means = means;
    this.gates = gates;
    this.mix = mix;
    this.scales =
        mix.isPresent()
            ? mix.get().count()
            : gates.map(each -> means.count() / each.count()).orElse(1);
    int n = means.count() / scales;
    this.result = zeros.apply(n, means.width());
    this.products = arena.rows(1, means.width())[0];
    this.ones = arena.rows(1, Math.max(scales, means.width()))[0];
    Arrays.fill(ones, 1);
    this.factors = arena.rows(n, scales);
    for (int i = 0; i < n; i++) {
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
    int width = means.width();
    for (int i = 0; i < result.count(); i++) {
      float[] gradient = result.gradients()[i];
      for (int m = 0; m < scales; m++) {
        int at = i * scales + m;
        Rows.addProduct(means.gradients()[at], factors[i][m], weights(m), gradient, width);
        if (mix.isPresent()) {
          Rows.addProduct(
              mix.get().gradients()[m], factors[i][m], means.values()[at], gradient, width);
        }
        if (gates.isPresent()) {
          Rows.multiply(products, means.values()[at], gradient, width);
          gates.get().gradients()[i][m] +=
              factors[i][m] * Products.dot(products, weights(m), width);
        }
      }
    }
  }
}
