package io.towerflow.kernel;

/**
 * Products of matrices. A matrix is an array of its rows: the compiler makes vector instructions of
 * a loop over several arrays where all have the same index, and of no loop that sums one array up.
 * So every sum runs over the rows of an operand, and the loop inside over a row.
 *
 * <p>The order of a sum of products is fixed by its operands alone, never by the place of a row or
 * a column among others: products are taken five at a time from the first on, added up from the
 * left and then added to the sum, {@code s += (((p0 + p1) + p2) + p3) + p4}; of those left over two
 * at a time, {@code s += p0 + p1}, and a last one alone. So it does not matter how callers divide
 * rows among threads.
 *
 * <p>Operands are read in blocks that stay in the first cache: {@value #INNER} of the rows that are
 * summed up, {@value #COLUMNS} columns of them.
 */
public final class Products {

  /** Two groups of five. */
  private static final int INNER = 10;

  private static final int COLUMNS = 640;

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
    for (int left = 0; left < width; left += COLUMNS) {
      int right = Math.min(width, left + COLUMNS);
      for (int first = 0; first < inner; first += INNER) {
        int end = Math.min(inner, first + INNER);
        for (int i = from; i < to; i++) {
          addRows(out[i], a[i], b, first, end, left, right);
        }
      }
    }
  }

  private static void addRows(
      float[] sums, float[] a, float[][] b, int from, int to, int left, int right) {
    int k = from;
    for (; k + 4 < to; k += 5) {
      add5(
          sums, a[k], b[k], a[k + 1], b[k + 1], a[k + 2], b[k + 2], a[k + 3], b[k + 3], a[k + 4],
          b[k + 4], left, right);
    }
    for (; k + 1 < to; k += 2) {
      add2(sums, a[k], b[k], a[k + 1], b[k + 1], left, right);
    }
    if (k < to) {
      add1(sums, a[k], b[k], left, right);
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
    for (int left = 0; left < width; left += COLUMNS) {
      int right = Math.min(width, left + COLUMNS);
      for (int first = 0; first < rows; first += INNER) {
        int end = Math.min(rows, first + INNER);
        for (int k = from; k < to; k++) {
          addColumn(out[k], a, k, b, first, end, left, right);
        }
      }
    }
  }

  private static void addColumn(
      float[] sums, float[][] a, int k, float[][] b, int from, int to, int left, int right) {
    int i = from;
    for (; i + 4 < to; i += 5) {
      add5(
          sums,
          a[i][k],
          b[i],
          a[i + 1][k],
          b[i + 1],
          a[i + 2][k],
          b[i + 2],
          a[i + 3][k],
          b[i + 3],
          a[i + 4][k],
          b[i + 4],
          left,
          right);
    }
    for (; i + 1 < to; i += 2) {
      add2(sums, a[i][k], b[i], a[i + 1][k], b[i + 1], left, right);
    }
    if (i < to) {
      add1(sums, a[i][k], b[i], left, right);
    }
  }

  /**
   * Weighted sums of rows found by their places: {@code out_m[j] += sum_k a_m[k] rows[places[offset
   * + k]][j]} for k in [from, to). Groups of products are counted from {@code from}.
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
    int k = from;
    for (; k + 4 < to; k += 5) {
      int place = offset + k;
      float[] v0 = rows[places[place]];
      float[] v1 = rows[places[place + 1]];
      float[] v2 = rows[places[place + 2]];
      float[] v3 = rows[places[place + 3]];
      float[] v4 = rows[places[place + 4]];
      for (int m = 0; m < outs; m++) {
        float[] c = a[m];
        add5(out[m], c[k], v0, c[k + 1], v1, c[k + 2], v2, c[k + 3], v3, c[k + 4], v4, 0, width);
      }
    }
    for (; k + 1 < to; k += 2) {
      float[] v0 = rows[places[offset + k]];
      float[] v1 = rows[places[offset + k + 1]];
      for (int m = 0; m < outs; m++) {
        add2(out[m], a[m][k], v0, a[m][k + 1], v1, 0, width);
      }
    }
    if (k < to) {
      float[] v0 = rows[places[offset + k]];
      for (int m = 0; m < outs; m++) {
        add1(out[m], a[m][k], v0, 0, width);
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
      addColumn(rows[places[offset + k]], a, k, in, 0, ins, 0, width);
    }
  }

  /** {@code sums[j] += factor * row[j]} for j below n. */
  public static void add(float[] sums, float factor, float[] row, int n) {
    add1(sums, factor, row, 0, n);
  }

  private static void add1(float[] sums, float a, float[] v, int from, int to) {
    for (int j = from; j < to; j++) {
      sums[j] += a * v[j];
    }
  }

  private static void add2(
      float[] sums, float a0, float[] v0, float a1, float[] v1, int from, int to) {
    for (int j = from; j < to; j++) {
      sums[j] += a0 * v0[j] + a1 * v1[j];
    }
  }

  /**
   * Five, since with six the loop is too large for the compiler to unroll it ({@code
   * LoopUnrollLimit}), and so to make vector instructions of it.
   */
  private static void add5(
      float[] sums,
      float a0,
      float[] v0,
      float a1,
      float[] v1,
      float a2,
      float[] v2,
      float a3,
      float[] v3,
      float a4,
      float[] v4,
      int from,
      int to) {
    for (int j = from; j < to; j++) {
      sums[j] += a0 * v0[j] + a1 * v1[j] + a2 * v2[j] + a3 * v3[j] + a4 * v4[j];
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
