package io.towerflow.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class ElementaryTest {

  private static final float LN_LEAST_NORMAL = -87.33654f;

  private static final float LN_GREATEST = 88.72283f;

  /** Some 1.5 million numbers: every 2857th pattern of bits that is a finite number. */
  private static final int EVERY = 2857;

  private interface Function {
    void replace(float[] x, int n);
  }

  @Test
  void exponentialsAreExactTo3e7WhereTheyAreNormalNumbers() {
    sweep(Elementary::exp, StrictMath::exp, LN_LEAST_NORMAL, LN_GREATEST, 3e-7);
  }

  @Test
  void exponentialsAreZeroBelowTheLeastNormalNumberAndInfiniteAboveTheGreatest() {
    assertThat(
            all(
                Elementary::exp,
                Float.NEGATIVE_INFINITY,
                -Float.MAX_VALUE,
                -1e4f,
                -88,
                -87.34f,
                0,
                -0f,
                88.73f,
                1e4f,
                Float.POSITIVE_INFINITY,
                Float.NaN))
        .containsExactly(
            0,
            0,
            0,
            0,
            0,
            1,
            1,
            Float.POSITIVE_INFINITY,
            Float.POSITIVE_INFINITY,
            Float.POSITIVE_INFINITY,
            Float.NaN);
  }

  @Test
  void logarithmsAreExactTo3e7() {
    sweep(Elementary::log, StrictMath::log, Float.MIN_VALUE, Float.MAX_VALUE, 3e-7);
  }

  @Test
  void logarithmsOfWhatHasNoneSaySo() {
    assertThat(all(Elementary::log, 0, -0f, -1, Float.NEGATIVE_INFINITY, Float.NaN))
        .containsExactly(
            Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, Float.NaN, Float.NaN);
    assertThat(all(Elementary::log, 1, Float.POSITIVE_INFINITY))
        .containsExactly(0, Float.POSITIVE_INFINITY);
  }

  @Test
  void hyperbolicTangentsAreExactTo4e7() {
    sweep(Elementary::tanh, StrictMath::tanh, -Float.MAX_VALUE, Float.MAX_VALUE, 4e-7);
  }

  @Test
  void hyperbolicTangentsSaturate() {
    assertThat(
            all(
                Elementary::tanh,
                0,
                9.1f,
                -9.1f,
                Float.POSITIVE_INFINITY,
                Float.NEGATIVE_INFINITY,
                Float.NaN))
        .containsExactly(0, 1, -1, 1, -1, Float.NaN);
  }

  @Test
  void numbersBeyondTheCountStayAsTheyAre() {
    float[] x = {0, 0, 7};

    Elementary.exp(x, 2);

    assertThat(x).containsExactly(1, 1, 7);
  }

  @Test
  void aNumberIsReplacedByTheSameWhereverItStands() {
    float[] x = new float[100];
    Arrays.fill(x, -1.2345f);
    float[] alone = {-1.2345f};

    Elementary.exp(x, 100);
    Elementary.exp(alone, 1);

    assertThat(x).containsOnly(alone[0]);
  }

  @Test
  void theLargestIsFoundAnywhere() {
    assertThat(Elementary.max(new float[] {-3, -1, -2, 9}, 3)).isEqualTo(-1);
    assertThat(Elementary.max(new float[] {1, Float.NaN, 2}, 3)).isNaN();
    assertThat(Elementary.max(new float[0], 0)).isEqualTo(Float.NEGATIVE_INFINITY);
  }

  @Test
  void aSumIsTheSumOfEightSums() {
    // 1e8 swallows each 1 that is added to it: it is in the first sum, and so is the 9th number.
    float[] x = {1e8f, 1, 1, 1, 1, 1, 1, 1, 1, -1e8f};

    // ((1e8 + (1 - 1e8)) + (1 + 1)) + ((1 + 1) + (1 + 1)): 1 - 1e8 is -1e8.
    assertThat(Elementary.sum(x, 10)).isEqualTo(6);
  }

  private static float[] all(Function function, float... x) {
    function.replace(x, x.length);
    return x;
  }

  private static void sweep(
      Function function, DoubleUnaryOperator oracle, float from, float to, double bound) {
    int block = 1000;
    float[] x = new float[block];
    float[] y = new float[block];
    int n = 0;
    for (long bits = Integer.MIN_VALUE; bits <= Integer.MAX_VALUE; bits += EVERY) {
      float number = Float.intBitsToFloat((int) bits);
      if (number >= from && number <= to) {
        x[n++] = number;
      }
      if (n == block || bits + EVERY > Integer.MAX_VALUE) {
        System.arraycopy(x, 0, y, 0, n);
        function.replace(y, n);
        for (int j = 0; j < n; j++) {
          double expected = oracle.applyAsDouble(x[j]);
          double error = Math.abs(y[j] - expected);
          // Of numbers too small to be normal there are only multiples of the smallest.
          double allowed = Math.max(bound * Math.abs(expected), 2 * Float.MIN_VALUE);
          if (!(error <= allowed)) {
            assertThat(y[j]).as("of %s", x[j]).isEqualTo((float) expected);
          }
        }
        n = 0;
      }
    }
  }
}
