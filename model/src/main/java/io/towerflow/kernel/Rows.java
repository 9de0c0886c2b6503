package io.towerflow.kernel;

/** Loops over a few rows of numbers, one index for all. */
public final class Rows {

  private Rows() {}

  /** {@code sums += x}. */
  public static void add(float[] sums, float[] x, int n) {
    add(sums, x, 0, n);
  }

  /** {@code sums += x} for the columns in [from, to). */
  public static void add(float[] sums, float[] x, int from, int to) {
    for (int j = from; j < to; j++) {
      sums[j] += x[j];
    }
  }

  /** {@code out = x + y}. */
  public static void sum(float[] out, float[] x, float[] y, int n) {
    for (int j = 0; j < n; j++) {
      out[j] = x[j] + y[j];
    }
  }

  /** {@code sums += x y}. */
  public static void addProduct(float[] sums, float[] x, float[] y, int n) {
    addProduct(sums, x, y, 0, n);
  }

  /** {@code sums += x y} for the columns in [from, to). */
  public static void addProduct(float[] sums, float[] x, float[] y, int from, int to) {
    for (int j = from; j < to; j++) {
      sums[j] += x[j] * y[j];
    }
  }

  /** {@code sums += factor x y}. */
  public static void addProduct(float[] sums, float factor, float[] x, float[] y, int n) {
    addProduct(sums, factor, x, y, 0, n);
  }

  /** {@code sums += factor x y} for the columns in [from, to). */
  public static void addProduct(
      float[] sums, float factor, float[] x, float[] y, int from, int to) {
    for (int j = from; j < to; j++) {
      sums[j] += factor * x[j] * y[j];
    }
  }

  /** {@code out = x y}. */
  public static void multiply(float[] out, float[] x, float[] y, int n) {
    for (int j = 0; j < n; j++) {
      out[j] = x[j] * y[j];
    }
  }

  /** {@code out = factor x}. */
  public static void scale(float[] out, float factor, float[] x, int n) {
    for (int j = 0; j < n; j++) {
      out[j] = factor * x[j];
    }
  }

  /** {@code x -= least}. */
  public static void subtract(float[] x, float least, int n) {
    for (int j = 0; j < n; j++) {
      x[j] -= least;
    }
  }
}
