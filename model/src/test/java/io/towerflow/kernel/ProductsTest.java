package io.towerflow.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProductsTest {

  @Test
  void aProductIsAddedToWhatIsThere() {
    float[][] a = {{1, 2}, {3, 4}};
    float[][] b = {{5, 6, 7}, {8, 9, 10}};
    float[][] out = {{100, 0, 0}, {0, 0, 0}};

    Products.add(a, b, out, 0, 2, 2, 3);

    // 1 * 5 + 2 * 8 = 21, 1 * 6 + 2 * 9 = 24, 1 * 7 + 2 * 10 = 27; 3 * 5 + 4 * 8 = 47, ...
    assertThat(out).isDeepEqualTo(new float[][] {{121, 24, 27}, {47, 54, 61}});
  }

  @Test
  void aTransposedProductSumsOverTheRows() {
    float[][] a = {{1, 3}, {2, 4}};
    float[][] b = {{5, 6, 7}, {8, 9, 10}};
    float[][] out = new float[2][3];

    Products.addTransposed(a, b, out, 2, 0, 2, 3);

    assertThat(out).isDeepEqualTo(new float[][] {{21, 24, 27}, {47, 54, 61}});
  }

  @Test
  void gatheredRowsAreWeightedAndSummed() {
    float[][] rows = {{1, 10}, {2, 20}, {3, 30}};
    int[] places = {9, 2, 0, 2};
    float[][] weights = {{1, 1, 1}, {.5f, 2, 0}};
    float[][] out = new float[2][2];

    Products.addGathered(weights, rows, places, 1, 0, 3, out, 2, 2);

    // rows 2, 0, 2: 3 + 1 + 3; .5 * 3 + 2 * 1
    assertThat(out).isDeepEqualTo(new float[][] {{7, 70}, {3.5f, 35}});
  }

  @Test
  void aPlaceThatIsThereTwiceIsAddedToTwice() {
    float[][] rows = {{0, 0}, {100, 0}};
    float[][] weights = {{1, 2}, {10, 20}};
    float[][] in = {{1, 0}, {0, 1}};

    Products.addScattered(weights, in, 2, rows, new int[] {1, 1}, 0, new int[] {0, 1}, 2, 2);

    assertThat(rows).isDeepEqualTo(new float[][] {{0, 0}, {103, 30}});
  }

  @Test
  void fiveProductsAreSummedBeforeTheyAreAdded() {
    // 2^24 + 1 is 2^24 in single precision, and 2^24 + 5 is 2^24 + 4.
    float big = 1 << 24;
    float[][] ones = {{1, 1, 1, 1, 1, 1, 1, 1}};
    float[][] b = {{1}, {1}, {1}, {1}, {1}, {1}, {1}, {1}};
    float[][] five = {{big}};
    float[][] eight = {{big}};

    Products.add(ones, b, five, 0, 1, 5, 1);
    Products.add(ones, b, eight, 0, 1, 8, 1);

    assertThat(five[0][0]).isEqualTo(big + 4);
    // then two: 2^24 + 6; and a last one: 2^24 + 7 is 2^24 + 8. One at a time all were lost.
    assertThat(eight[0][0]).isEqualTo(big + 8);
  }

  @Test
  void productsOfAnyShapeAreThoseOfDoublePrecision() {
    Random random = new Random(1);
    for (int round = 0; round < 200; round++) {
      int rows = 1 + random.nextInt(12);
      int inner = 1 + random.nextInt(40);
      int width = round % 20 == 0 ? 600 + random.nextInt(800) : 1 + random.nextInt(90);
      float[][] a = random(rows, inner, random);
      float[][] b = random(inner, width, random);
      float[][] start = random(rows, width, random);
      float[][] aTransposed = new float[inner][rows];
      Products.transpose(a, aTransposed, rows, 0, inner);
      float[][] sums = copy(start);
      float[][] transposedSums = copy(start);

      Products.add(a, b, sums, 0, rows, inner, width);
      Products.addTransposed(aTransposed, b, transposedSums, inner, 0, rows, width);

      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < width; j++) {
          double expected = start[i][j];
          for (int k = 0; k < inner; k++) {
            expected += (double) a[i][k] * b[k][j];
          }
          assertThat(Math.abs(sums[i][j] - expected)).isLessThan(inner * 1e-6);
        }
        assertThat(transposedSums[i]).containsExactly(sums[i]);
      }
    }
  }

  @Test
  void gatheringAndScatteringOfAnyShapeAreProductsWithTheRowsCopied() {
    Random random = new Random(2);
    for (int round = 0; round < 200; round++) {
      int sums = 1 + random.nextInt(8);
      int from = random.nextInt(5);
      int to = from + random.nextInt(30);
      int offset = random.nextInt(5);
      int width = 1 + random.nextInt(90);
      int[] places = random.ints(offset + to, 0, 50).toArray();
      float[][] rows = random(50, width, random);
      float[][] weights = random(sums, to, random);
      float[][] gathered = random(sums, width, random);
      double[][] expected = doubles(gathered);
      double[][] expectedRows = doubles(rows);
      for (int k = from; k < to; k++) {
        for (int m = 0; m < sums; m++) {
          for (int j = 0; j < width; j++) {
            expected[m][j] += (double) weights[m][k] * rows[places[offset + k]][j];
          }
        }
      }

      Products.addGathered(weights, rows, places, offset, from, to, gathered, sums, width);
      for (int k = from; k < to; k++) {
        for (int m = 0; m < sums; m++) {
          for (int j = 0; j < width; j++) {
            expectedRows[places[offset + k]][j] += (double) weights[m][k] * gathered[m][j];
          }
        }
      }
      int[] chosen = IntStream.range(from, to).toArray();
      Products.addScattered(
          weights, gathered, sums, rows, places, offset, chosen, chosen.length, width);

      assertNear(gathered, expected);
      assertNear(rows, expectedRows);
    }
  }

  @Test
  void itDoesNotMatterHowTheRowsAreDivided() {
    Random random = new Random(3);
    int rows = 23;
    int inner = 37;
    int width = 71;
    float[][] a = random(rows, inner, random);
    float[][] aTransposed = new float[inner][rows];
    Products.transpose(a, aTransposed, rows, 0, inner);
    float[][] b = random(inner, width, random);
    float[][] whole = new float[rows][width];
    Products.add(a, b, whole, 0, rows, inner, width);

    for (int cut = 0; cut <= rows; cut++) {
      float[][] divided = new float[rows][width];
      Products.add(a, b, divided, 0, cut, inner, width);
      Products.addTransposed(aTransposed, b, divided, inner, cut, rows, width);

      assertThat(divided).as("cut at %s", cut).isDeepEqualTo(whole);
    }
  }

  /** Seven sums each, so that a sum's first five products and its other two are apart. */
  @Test
  void itDoesNotMatterHowRowsThatAreThereTwiceAreDivided() {
    Random random = new Random(5);
    int count = 40;
    float[][] a = random(7, count, random);
    float[][] in = random(7, 33, random);
    float[][] start = random(4, 33, random);
    int[] places = random.ints(count, 0, 4).toArray();
    float[][] whole = copy(start);
    Products.addScattered(
        a, in, 7, whole, places, 0, IntStream.range(0, count).toArray(), count, 33);

    float[][] divided = copy(start);
    for (int place = 0; place < 4; place++) {
      int own = place;
      int[] chosen = IntStream.range(0, count).filter(k -> places[k] == own).toArray();
      Products.addScattered(a, in, 7, divided, places, 0, chosen, chosen.length, 33);
    }
    float[][] products = copy(start);
    float[][] sums = new float[count][];
    float[][] factors = new float[count][7];
    Products.transpose(a, factors, 7, 0, count);
    for (int k = 0; k < count; k++) {
      sums[k] = products[places[k]];
    }
    Products.add(factors, in, sums, 0, count, 7, 33);

    assertThat(divided).isDeepEqualTo(whole);
    assertThat(products).isDeepEqualTo(whole);
  }

  @Test
  void aDotProductIsTheSumOfEightSums() {
    Random random = new Random(4);
    for (int n = 0; n < 40; n++) {
      float[] a = random(1, n, random)[0];
      float[] b = random(1, n, random)[0];
      float[] products = new float[n];
      for (int j = 0; j < n; j++) {
        products[j] = a[j] * b[j];
      }

      assertThat(Products.dot(a, b, n)).isEqualTo(Elementary.sum(products, n));
    }
    assertThat(Products.dot(new float[] {1, 2, 3}, new float[] {4, 5, 6}, 3)).isEqualTo(32);
  }

  @Test
  void aTransposeHasRowsForColumns() {
    float[][] out = new float[3][2];

    Products.transpose(new float[][] {{1, 2, 3}, {4, 5, 6}}, out, 2, 0, 3);

    assertThat(out).isDeepEqualTo(new float[][] {{1, 4}, {2, 5}, {3, 6}});
  }

  private static void assertNear(float[][] actual, double[][] expected) {
    for (int i = 0; i < actual.length; i++) {
      for (int j = 0; j < actual[i].length; j++) {
        double error = Math.abs(actual[i][j] - expected[i][j]);
        assertThat(error).isLessThan(1e-4 * (1 + Math.abs(expected[i][j])));
      }
    }
  }

  private static float[][] random(int rows, int width, Random random) {
    float[][] matrix = new float[rows][width];
    for (float[] row : matrix) {
      for (int j = 0; j < width; j++) {
        row[j] = random.nextFloat() - .5f;
      }
    }
    return matrix;
  }

  private static float[][] copy(float[][] matrix) {
    float[][] copy = new float[matrix.length][];
    for (int i = 0; i < matrix.length; i++) {
      copy[i] = matrix[i].clone();
    }
    return copy;
  }

  private static double[][] doubles(float[][] matrix) {
    double[][] doubles = new double[matrix.length][];
    for (int i = 0; i < matrix.length; i++) {
      doubles[i] = new double[matrix[i].length];
      for (int j = 0; j < doubles[i].length; j++) {
        doubles[i][j] = matrix[i][j];
      }
    }
    return doubles;
  }
}
