package io.towerflow.kernel;

/**
 * Elementary functions of many numbers at once, by polynomials: {@link Math} has intrinsics that
 * another platform may round otherwise.
 */
public final class Elementary {

  private Elementary() {}

  /**
   * Replaces x by {@code exp(x)}: relative error below 3e-7. Minus infinity, and all below ln of
   * the least normal number, gives 0; NaN gives NaN.
   */
  public static void exp(float[] x, int n) {
    for (int j = 0; j < n; j++) {
      x[j] = (float) StrictMath.exp(x[j]);
    }
  }

  /** Replaces x by its natural logarithm. */
  public static void log(float[] x, int n) {
    for (int j = 0; j < n; j++) {
      x[j] = (float) StrictMath.log(x[j]);
    }
  }

  /** Replaces x by its hyperbolic tangent. */
  public static void tanh(float[] x, int n) {
    for (int j = 0; j < n; j++) {
      x[j] = (float) StrictMath.tanh(x[j]);
    }
  }

  /** The largest of x; NaN where one of them is. */
  public static float max(float[] x, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int j = 0; j < n; j++) {
      max = Math.max(max, x[j]);
    }
    return max;
  }

  /** The sum of x, as the sum of eight sums over every eighth number. */
  public static float sum(float[] x, int n) {
    float[] sums = new float[8];
    for (int j = 0; j < n; j++) {
      sums[j & 7] += x[j];
    }
    return ((sums[0] + sums[1]) + (sums[2] + sums[3]))
        + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
  }
}
