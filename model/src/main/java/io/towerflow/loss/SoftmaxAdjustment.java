package io.towerflow.loss;

import io.towerflow.spec.LossSpec;
import java.util.Arrays;

/**
 * What is added to the scores of a batch before the softmax, so that a softmax over the
 * <em>distinct</em> candidates is the loss over all sampled ones.
 *
 * <p>A candidate j that was sampled {@code c_j} times stands for {@code c_j} equal columns, and
 * {@code c_j exp(s) = exp(s + ln c_j)}. With the sampling correction (Bengio and Senecal, 2008; Yi
 * et al., RecSys 2019) its score loses {@code lambda ln Q_j}, {@code Q_j} being how often it was
 * expected among the samples. For the example's own item the {@code c_j - 1} further occurrences
 * are accidental hits: masked, they do not count. An item that the user has already taken is no
 * negative: minus infinity.
 *
 * <p>Where accidental hits count, the example's own item stands for {@code c_j} positives, and the
 * loss is lower by the constant {@code ln c_j} than over the columns one by one; no gradient is
 * another for it.
 */
public final class SoftmaxAdjustment {

  private final LossSpec spec;

  /** Adjusts as a spec declares. */
  public SoftmaxAdjustment(LossSpec spec) {
    this.spec = spec;
  }

  /** Gives the columns of the candidates that an example's user has already taken. */
  @FunctionalInterface
  public interface SeenColumns {
    /** The columns, in any order. */
    int[] of(int example);
  }

  /**
   * The adjustments of a batch.
   *
   * @param positives the column of each example's item, length n
   * @param counts how many times each candidate was sampled, length m, all positive
   * @param expected how often each candidate was expected among the samples, length m
   * @param seen the columns that an example's user has already taken
   * @return shape (n, m), row by row
   */
  public float[] of(int[] positives, int[] counts, double[] expected, SeenColumns seen) {
    int m = counts.length;
    float[] columns = new float[m];
    for (int j = 0; j < m; j++) {
      columns[j] = (float) StrictMath.log(counts[j]) - correction(expected[j]);
    }
    float[] adjustments = new float[positives.length * m];
    for (int i = 0; i < positives.length; i++) {
      int row = i * m;
      System.arraycopy(columns, 0, adjustments, row, m);
      if (spec.maskSeen()) {
        for (int column : seen.of(i)) {
          adjustments[row + column] = Float.NEGATIVE_INFINITY;
        }
      }
      int own = positives[i];
      adjustments[row + own] =
          spec.maskAccidentalHits() ? 0 - correction(expected[own]) : columns[own];
    }
    return adjustments;
  }

  private float correction(double expected) {
    return spec.samplingCorrection() == 0
        ? 0
        : (float) (spec.samplingCorrection() * StrictMath.log(expected));
  }

  /**
   * How often candidates are expected among the samples of a batch: {@code n p_j + u / k}.
   *
   * @param examples n, the examples of the batch
   * @param probabilities p, how probable each candidate is as an example's item
   * @param uniform u, the candidates drawn uniformly
   * @param catalogue k, the items they are drawn from
   */
  public static double[] expected(
      int examples, double[] probabilities, int uniform, int catalogue) {
    double[] expected = Arrays.copyOf(probabilities, probabilities.length);
    for (int j = 0; j < expected.length; j++) {
      expected[j] = examples * expected[j] + (double) uniform / catalogue;
    }
    return expected;
  }
}
