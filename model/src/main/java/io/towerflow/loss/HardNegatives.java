package io.towerflow.loss;

import java.util.Arrays;

/**
 * Which negatives of an example are hard: those that score highest, and so push the loss most. With
 * only them in the softmax, what the example has settled already costs it no gradient ({@code
 * num_hard_negatives} of TensorFlow Recommenders).
 *
 * <p>A candidate that was sampled several times is one negative: what it weighs is in its score.
 */
public final class HardNegatives {

  private HardNegatives() {}

  /**
   * What is added to scores so that only the hard negatives and the example's own item are left.
   *
   * @param scores as the softmax sees them, every adjustment included: shape (n, m), row by row
   * @param positives the column of each example's item, length n
   * @param count how many negatives an example keeps, at least 1; among equal ones the smaller
   *     column is kept
   * @return shape (n, m): 0 where a column stays, minus infinity where it goes
   */
  public static float[] mask(float[] scores, int[] positives, int count) {
    int m = scores.length / positives.length;
    float[] mask = new float[scores.length];
    if (count >= m - 1) {
      return mask;
    }
    float[] negatives = new float[m - 1];
    for (int i = 0; i < positives.length; i++) {
      int row = i * m;
      int own = row + positives[i];
      System.arraycopy(scores, row, negatives, 0, positives[i]);
      System.arraycopy(scores, own + 1, negatives, positives[i], m - 1 - positives[i]);
      float least = largest(negatives, count);
      int ties = count;
      for (float negative : negatives) {
        ties -= negative > least ? 1 : 0;
      }
      Arrays.fill(mask, row, row + m, Float.NEGATIVE_INFINITY);
      for (int at = row; at < row + m; at++) {
        if (at == own || scores[at] > least) {
          mask[at] = 0;
        } else if (scores[at] == least && ties > 0) {
          mask[at] = 0;
          ties--;
        }
      }
    }
    return mask;
  }

  /** The {@code count}-th largest value: quickselect (Hoare, 1961), which reorders the values. */
  private static float largest(float[] values, int count) {
    int wanted = count - 1;
    int low = 0;
    int high = values.length - 1;
    while (low < high) {
      float pivot = values[(low + high) >>> 1];
      int left = low;
      int right = high;
      while (left <= right) {
        while (values[left] > pivot) {
          left++;
        }
        while (values[right] < pivot) {
          right--;
        }
        if (left <= right) {
          float swapped = values[left];
          values[left++] = values[right];
          values[right--] = swapped;
        }
      }
      if (wanted <= right) {
        high = right;
      } else if (wanted >= left) {
        low = left;
      } else {
        break;
      }
    }
    return values[wanted];
  }
}
