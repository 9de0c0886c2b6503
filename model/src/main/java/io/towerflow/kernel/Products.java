package io.towerflow.kernel;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

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
 * <p>Two sums at a time share what is loaded for them, which is half as fast again. The compiler
 * makes vector instructions of so large a loop only where it may unroll it: with {@code
 * -XX:LoopUnrollLimit=}{@value #PAIRS_NEED} or more, which the launcher sets. Without it sums are
 * taken one by one, to the same bits.
 *
 * <p>Operands are read in blocks that stay in the first cache: {@value #INNER} of the rows that are
 * summed up, {@value #COLUMNS} columns of them.
 */
public final class Products {

  /** Two groups of five. */
  private static final int INNER = 10;

  private static final int COLUMNS = 640;

  /** The least {@code LoopUnrollLimit} that two sums at a time ask for. */
  public static final int PAIRS_NEED = 120;

  private static final boolean IN_PAIRS = inPairs();

  private Products() {}

  /** Whether the virtual machine lets two sums be taken at a time. */
  public static boolean inPairs() {
    try {
      String limit =
          ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
              .getVMOption("LoopUnrollLimit")
              .getValue();
      return Integer.parseInt(limit) >= PAIRS_NEED;
    } catch (IllegalArgumentException | NullPointerException e) {
      return false; // another virtual machine, which has no such option
    }
  }

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
        int i = from;
        while (i < to) {
          if (isPair(out, i, to)) {
            addRowPair(out[i], out[i + 1], a[i], a[i + 1], b, first, end, left, right);
            i += 2;
          } else {
            addRows(out[i], a[i], b, first, end, left, right);
            i++;
          }
        }
      }
    }
  }

  /** A row that is there twice in a row is added to twice, one after the other. */
  private static boolean isPair(float[][] out, int i, int to) {
    return IN_PAIRS && i + 1 < to && out[i] != out[i + 1];
  }

  private static void addRowPair(
      float[] sums,
      float[] others,
      float[] a,
      float[] c,
      float[][] b,
      int from,
      int to,
      int left,
      int right) {
    int k = from;
    for (; k + 4 < to; k += 5) {
      add5(sums, others, a, c, k, b[k], b[k + 1], b[k + 2], b[k + 3], b[k + 4], left, right);
    }
    addRows(sums, a, b, k, to, left, right);
    addRows(others, c, b, k, to, left, right);
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
        int k = from;
        while (k < to) {
          if (isPair(out, k, to)) {
            addColumnPair(out[k], out[k + 1], a, k, k + 1, b, first, end, left, right);
            k += 2;
          } else {
            addColumn(out[k], a, k, b, first, end, left, right);
            k++;
          }
        }
      }
    }
  }

  private static void addColumnPair(
      float[] sums,
      float[] others,
      float[][] a,
      int k,
      int l,
      float[][] b,
      int from,
      int to,
      int left,
      int right) {
    int i = from;
    for (; i + 4 < to; i += 5) {
      add5(
          sums, others, a[i], a[i + 1], a[i + 2], a[i + 3], a[i + 4], k, l, b[i], b[i + 1],
          b[i + 2], b[i + 3], b[i + 4], left, right);
    }
    addColumn(sums, a, k, b, i, to, left, right);
    addColumn(others, a, l, b, i, to, left, right);
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
      addFive(
          a,
          k,
          rows[places[place]],
          rows[places[place + 1]],
          rows[places[place + 2]],
          rows[places[place + 3]],
          rows[places[place + 4]],
          out,
          outs,
          width);
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

  private static void addFive(
      float[][] a,
      int k,
      float[] v0,
      float[] v1,
      float[] v2,
      float[] v3,
      float[] v4,
      float[][] out,
      int outs,
      int width) {
    int m = 0;
    for (; IN_PAIRS && m + 1 < outs; m += 2) {
      add5(out[m], out[m + 1], a[m], a[m + 1], k, v0, v1, v2, v3, v4, 0, width);
    }
    for (; m < outs; m++) {
      float[] c = a[m];
      add5(out[m], c[k], v0, c[k + 1], v1, c[k + 2], v2, c[k + 3], v3, c[k + 4], v4, 0, width);
    }
  }

  /**
   * The other way round, {@code rows[places[offset + k]][j] += sum_m a_m[k] in_m[j]} for some k. A
   * place may be there twice.
   *
   * @param a shape (ins, all of k) at least
   * @param in shape (ins, width) at least
   * @param chosen the first {@code count} are k, in the order in which sums are added
   */
  public static void addScattered(
      float[][] a,
      float[][] in,
      int ins,
      float[][] rows,
      int[] places,
      int offset,
      int[] chosen,
      int count,
      int width) {
    int i = 0;
    while (i < count) {
      int k = chosen[i];
      float[] sums = rows[places[offset + k]];
      if (IN_PAIRS && i + 1 < count && sums != rows[places[offset + chosen[i + 1]]]) {
        int l = chosen[i + 1];
        addColumnPair(sums, rows[places[offset + l]], a, k, l, in, 0, ins, 0, width);
        i += 2;
      } else {
        addColumn(sums, a, k, in, 0, ins, 0, width);
        i++;
      }
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

  /** Two sums at a time: their factors are {@code a[k..k + 4]} and {@code c[k..k + 4]}. */
  private static void add5(
      float[] sums,
      float[] others,
      float[] a,
      float[] c,
      int k,
      float[] v0,
      float[] v1,
      float[] v2,
      float[] v3,
      float[] v4,
      int from,
      int to) {
    float a0 = a[k];
    float a1 = a[k + 1];
    float a2 = a[k + 2];
    float a3 = a[k + 3];
    float a4 = a[k + 4];
    float c0 = c[k];
    float c1 = c[k + 1];
    float c2 = c[k + 2];
    float c3 = c[k + 3];
    float c4 = c[k + 4];
    for (int j = from; j < to; j++) {
      float x0 = v0[j];
      float x1 = v1[j];
      float x2 = v2[j];
      float x3 = v3[j];
      float x4 = v4[j];
      sums[j] += a0 * x0 + a1 * x1 + a2 * x2 + a3 * x3 + a4 * x4;
      others[j] += c0 * x0 + c1 * x1 + c2 * x2 + c3 * x3 + c4 * x4;
    }
  }

  /** Two sums at a time: their factors are {@code p0[k], ..., p4[k]} and those at l. */
  private static void add5(
      float[] sums,
      float[] others,
      float[] p0,
      float[] p1,
      float[] p2,
      float[] p3,
      float[] p4,
      int k,
      int l,
      float[] v0,
      float[] v1,
      float[] v2,
      float[] v3,
      float[] v4,
      int from,
      int to) {
    float a0 = p0[k];
    float a1 = p1[k];
    float a2 = p2[k];
    float a3 = p3[k];
    float a4 = p4[k];
    float c0 = p0[l];
    float c1 = p1[l];
    float c2 = p2[l];
    float c3 = p3[l];
    float c4 = p4[l];
    for (int j = from; j < to; j++) {
      float x0 = v0[j];
      float x1 = v1[j];
      float x2 = v2[j];
      float x3 = v3[j];
      float x4 = v4[j];
      sums[j] += a0 * x0 + a1 * x1 + a2 * x2 + a3 * x3 + a4 * x4;
      others[j] += c0 * x0 + c1 * x1 + c2 * x2 + c3 * x3 + c4 * x4;
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
    s0 += j < n ? a[j] * b[j] : 0;
    s1 += j + 1 < n ? a[j + 1] * b[j + 1] : 0;
    s2 += j + 2 < n ? a[j + 2] * b[j + 2] : 0;
    s3 += j + 3 < n ? a[j + 3] * b[j + 3] : 0;
    s4 += j + 4 < n ? a[j + 4] * b[j + 4] : 0;
    s5 += j + 5 < n ? a[j + 5] * b[j + 5] : 0;
    s6 += j + 6 < n ? a[j + 6] * b[j + 6] : 0;
    return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
  }

  /** {@code out[j][i] = in[i][j]} for i below rows and j in [from, to). */
  public static void transpose(float[][] in, float[][] out, int rows, int from, int to) {
    int i = 0;
    for (; i + 7 < rows; i += 8) {
      transposeEight(in, out, i, from, to);
    }
    for (; i < rows; i++) {
      float[] row = in[i];
      for (int j = from; j < to; j++) {
        out[j][i] = row[j];
      }
    }
  }

  /** Eight rows: half a line of the cache is written where one row would write a single number. */
  private static void transposeEight(float[][] in, float[][] out, int i, int from, int to) {
    float[] r0 = in[i];
    float[] r1 = in[i + 1];
    float[] r2 = in[i + 2];
    float[] r3 = in[i + 3];
    float[] r4 = in[i + 4];
    float[] r5 = in[i + 5];
    float[] r6 = in[i + 6];
    float[] r7 = in[i + 7];
    for (int j = from; j < to; j++) {
      float[] row = out[j];
      row[i] = r0[j];
      row[i + 1] = r1[j];
      row[i + 2] = r2[j];
      row[i + 3] = r3[j];
      row[i + 4] = r4[j];
      row[i + 5] = r5[j];
      row[i + 6] = r6[j];
      row[i + 7] = r7[j];
    }
  }
}
