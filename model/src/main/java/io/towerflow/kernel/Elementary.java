package io.towerflow.kernel;

/**
 * Elementary functions of many numbers at once, by polynomials: {@link Math} has intrinsics that
 * another platform may round otherwise. Polynomials and the quotient are minimax fits in relative
 * error, made for these functions.
 *
 * <p>The compiler makes vector instructions of single-precision arithmetic, but not of a look at a
 * number's bits. So these have a loop of their own, and hand over in an array beside what they
 * found.
 */
public final class Elementary {

  /** 1.5 * 2^23: what is added to it is rounded to a whole number, found in the last bits. */
  private static final float ROUNDER = 12582912f;

  private static final float LOG2_E = 1.442695f;

  /** Below it e^x is 0, for less than the least normal number. */
  private static final float EXP_LEAST = -88f;

  /** Above it e^x is infinite. */
  private static final float EXP_GREATEST = 89f;

  /**
   * ln 2 = {@code HIGH + LOW}. The first part has so few bits that its product with an exponent is
   * exact; both are positive, so that an infinite exponent makes no NaN.
   */
  private static final float LN2_HIGH = 0.6928711f;

  private static final float LN2_LOW = 2.7608682e-4f;

  /** The bits of sqrt(1/2): mantissas are taken from [sqrt(1/2), sqrt(2)). */
  private static final int SQRT_HALF_BITS = 0x3f3504f3;

  private static final int LEAST_NORMAL_BITS = 0x00800000;

  private static final int INFINITY_BITS = 0x7f800000;

  /** From here on tanh is 1 in single precision. */
  private static final float TANH_SATURATED = 9.02f;

  private static final ThreadLocal<float[]> BESIDE = ThreadLocal.withInitial(() -> new float[0]);

  private Elementary() {}

  /**
   * Replaces x by {@code exp(x)}: relative error below 3e-7, and {@code exp(0) = 1}. Minus
   * infinity, and all below ln of the least normal number (-87.3), gives 0; above ln of the
   * greatest (88.7) it is infinite; NaN gives NaN.
   *
   * <p>{@code exp(x) = 2^w e^f} with {@code w = floor(x / ln 2)} and {@code f = x - w ln 2} in [0,
   * ln 2].
   */
  public static void exp(float[] x, int n) {
    float[] rounded = beside(n);
    expRound(x, rounded, n);
    expFraction(x, rounded, n);
    expScale(x, rounded, n);
  }

  /** {@code rounded = ROUNDER + w}, x clamped to where the bits of w + 127 are an exponent. */
  private static void expRound(float[] x, float[] rounded, int n) {
    for (int j = 0; j < n; j++) {
      float clamped = Math.min(Math.max(x[j], EXP_LEAST), EXP_GREATEST);
      rounded[j] = (clamped * LOG2_E - .5f) + ROUNDER;
      x[j] = clamped;
    }
  }

  private static void expFraction(float[] x, float[] rounded, int n) {
    for (int j = 0; j < n; j++) {
      float w = rounded[j] - ROUNDER;
      float f = (x[j] - w * LN2_HIGH) - w * LN2_LOW;
      float p = 1.9487700e-3f * f + 7.7922726e-3f;
      p = p * f + 4.1914992e-2f;
      p = p * f + 1.6661014e-1f;
      p = p * f + 5.0000584e-1f;
      p = p * f + .9999998f;
      x[j] = p * f + 1;
    }
  }

  /** Times 2^w: 0 has the exponent -127, an infinite number 128. */
  private static void expScale(float[] x, float[] rounded, int n) {
    for (int j = 0; j < n; j++) {
      x[j] *= Float.intBitsToFloat((Float.floatToRawIntBits(rounded[j]) + 127) << 23);
    }
  }

  /**
   * Replaces x by its natural logarithm: relative error below 3e-7. 0 gives minus infinity, what is
   * below 0 and NaN give NaN, infinity gives infinity.
   *
   * <p>{@code log(m 2^e) = log(1 + f) + e ln 2} with {@code f = m - 1}, m in [sqrt(1/2), sqrt(2)).
   */
  public static void log(float[] x, int n) {
    float[] exponents = beside(n);
    logSplit(x, exponents, n);
    logFraction(x, exponents, n);
  }

  private static void logSplit(float[] x, float[] exponents, int n) {
    for (int j = 0; j < n; j++) {
      int bits = Float.floatToRawIntBits(x[j]);
      int shift = 0;
      if (bits < LEAST_NORMAL_BITS || bits >= INFINITY_BITS) {
        if (!(x[j] > 0) || bits >= INFINITY_BITS) {
          exponents[j] = x[j] == 0 ? Float.NEGATIVE_INFINITY : x[j] > 0 ? x[j] : Float.NaN;
          x[j] = 1;
          continue;
        }
        shift = 23;
        bits = Float.floatToRawIntBits(x[j] * 0x1p23f);
      }
      int exponent = (bits - SQRT_HALF_BITS) >> 23;
      exponents[j] = exponent - shift;
      x[j] = Float.intBitsToFloat(bits - (exponent << 23));
    }
  }

  private static void logFraction(float[] x, float[] exponents, int n) {
    for (int j = 0; j < n; j++) {
      float f = x[j] - 1;
      float p = -7.6344974e-2f * f + 1.2761578e-1f;
      p = p * f - 1.3160183e-1f;
      p = p * f + 1.4201757e-1f;
      p = p * f - 1.6623357e-1f;
      p = p * f + 2.0001227e-1f;
      p = p * f - 2.5000820e-1f;
      p = p * f + .3333333f;
      float square = f * f;
      float tail = (p * f - .5f) * square + exponents[j] * LN2_LOW;
      x[j] = (tail + f) + exponents[j] * LN2_HIGH;
    }
  }

  /**
   * Replaces x by its hyperbolic tangent: relative error below 4e-7, never beyond 1 or -1; NaN
   * gives NaN.
   *
   * <p>{@code tanh(x) = x p(x^2) / q(x^2)}.
   */
  public static void tanh(float[] x, int n) {
    for (int j = 0; j < n; j++) {
      float clamped = Math.min(Math.max(x[j], -TANH_SATURATED), TANH_SATURATED);
      float square = clamped * clamped;
      float p = 1.3318973e-8f * square + 2.0583406e-5f;
      p = p * square + 3.49403e-3f;
      p = p * square + 1.3379714e-1f;
      p = p * square + 1;
      float q = 7.761978e-7f * square + 3.2830855e-4f;
      q = q * square + 2.5871055e-2f;
      q = q * square + 4.6713030e-1f;
      q = q * square + 1;
      x[j] = Math.min(Math.max(clamped * p / q, -1), 1);
    }
  }

  /** The largest of x, minus infinity of none; NaN where one of them is. */
  public static float max(float[] x, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int j = 0; j < n; j++) {
      if (!(x[j] <= max)) {
        if (Float.isNaN(x[j])) {
          return Float.NaN;
        }
        max = x[j];
      }
    }
    return max;
  }

  /** The sum of x, as the sum of eight sums over every eighth number. */
  public static float sum(float[] x, int n) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    float s4 = 0;
    float s5 = 0;
    float s6 = 0;
    float s7 = 0;
    int j = 0;
    for (; j + 7 < n; j += 8) {
      s0 += x[j];
      s1 += x[j + 1];
      s2 += x[j + 2];
      s3 += x[j + 3];
      s4 += x[j + 4];
      s5 += x[j + 5];
      s6 += x[j + 6];
      s7 += x[j + 7];
    }
    s0 += j < n ? x[j] : 0;
    s1 += j + 1 < n ? x[j + 1] : 0;
    s2 += j + 2 < n ? x[j + 2] : 0;
    s3 += j + 3 < n ? x[j + 3] : 0;
    s4 += j + 4 < n ? x[j + 4] : 0;
    s5 += j + 5 < n ? x[j + 5] : 0;
    s6 += j + 6 < n ? x[j + 6] : 0;
    return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
  }

  /** An array of this thread's: with the same index as the numbers', as the compiler wants it. */
  private static float[] beside(int n) {
    float[] beside = BESIDE.get();
    if (beside.length < n) {
      beside = new float[n];
      BESIDE.set(beside);
    }
    return beside;
  }
}
