package io.towerflow.kernel;

/**
 * Products of matrices. A matrix is an array of its rows: the compiler makes vector instructions of
 * a loop over several arrays where all have the same index, and of no loop that sums one array up.
 * So every sum runs over the rows of an operand, in their order, and the loop inside over a row.
 */
public final class Products {

  private Products() {}

  /**
   * {@code out += A B}: {@code out_i[j] += sum_k a_i[k] b_k[j]} for the rows i in [from, to).
   *
   * @param a shape (to, inner) at least
   * @param b shape (inner, width) at least
   * @param out shape (to, width) at least
   */
  public static void add(
      float[][] a, float[][] b, float[][] out, int from, int to, int inner, int width) {
    for (int i = from; i < to; i++) {
      for (int k = 0; k < inner; k++) {
        add(out[i], a[i][k], b[k], width);
      }
    }
  }

  /**
   * {@code out += A^T B}: {@code out_k[j] += sum_i a_i[k] b_i[j]} for the rows k in [from, to).
   *
   * @param a shape (rows, to) at least
   * @param b shape (rows, width) at least
   * @param out shape (to, width) at least
   */
  public static void addTransposed(
      float[][] a, float[][] b, float[][] out, int rows, int from, int to, int width) {
    for (int k = from; k < to; k++) {
      for (int i = 0; i < rows; i++) {
        add(out[k], a[i][k], b[i], width);
      }
    }
  }

  /**
   * Weighted sums of rows found by their places: {@code out_m[j] += sum_k a_m[k] rows[places[offset
   * + k]][j]} for k in [from, to).
   *
   * @param a shape (outs, to) at least
   * @param places where the rows are, from {@code offset} on
   * @param out shape (outs, width) at least
   */
  public static void addGathered(
      float[][] a,
      float[][] rows,
      int[] places,
      int offset,
      int from,
      int to,
      float[][] out,
      int outs,
      int width) {
    for (int m = 0; m < outs; m++) {
      for (int k = from; k < to; k++) {
        add(out[m], a[m][k], rows[places[offset + k]], width);
      }
    }
  }

  /**
   * The other way round, {@code rows[places[offset + k]][j] += sum_m a_m[k] in_m[j]} for k in
   * [from, to). A place may be there twice.
   *
   * @param a shape (ins, to) at least
   * @param in shape (ins, width) at least
   */
  public static void addScattered(
      float[][] a,
      float[][] in,
      int ins,
      float[][] rows,
      int[] places,
      int offset,
      int from,
      int to,
      int width) {
    for (int k = from; k < to; k++) {
      for (int m = 0; m < ins; m++) {
        add(rows[places[offset + k]], a[m][k], in[m], width);
      }
    }
  }

  /** {@code sums[j] += factor * row[j]} for j below n. */
  public static void add(float[] sums, float factor, float[] row, int n) {
    for (int j = 0; j < n; j++) {
      sums[j] += factor * row[j];
    }
  }

  /** {@code sum_j a[j] b[j]} for j below n, as the sum of eight sums over every eighth j. */
  public static float dot(float[] a, float[] b, int n) {
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
      s0 += a[j] * b[j];
      s1 += a[j + 1] * b[j + 1];
      s2 += a[j + 2] * b[j + 2];
      s3 += a[j + 3] * b[j + 3];
      s4 += a[j + 4] * b[j + 4];
      s5 += a[j + 5] * b[j + 5];
      s6 += a[j + 6] * b[j + 6];
      s7 += a[j + 7] * b[j + 7];
    }
    for (; j < n; j++) {
      s0 += a[j] * b[j];
    }
    return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
  }

  /** {@code out[j][i] = in[i][j]} for i below rows and j below width. */
  public static void transpose(float[][] in, float[][] out, int rows, int width) {
    for (int i = 0; i < rows; i++) {
      float[] row = in[i];
      for (int j = 0; j < width; j++) {
        out[j][i] = row[j];
      }
    }
  }
}
