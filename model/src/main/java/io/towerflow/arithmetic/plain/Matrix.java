package io.towerflow.arithmetic.plain;

import io.towerflow.arithmetic.Vectors;
import io.towerflow.kernel.Workers;

/**
 * Vectors in the Java heap.
 *
 * @param values shape (count, at least width)
 * @param gradients of what is minimized, shape as that of the values, complete once all that was
 *     computed of the vectors has gone backward; null where nothing is learnt
 * @param places of rows that were gathered, where each is in what they come from in the end; null
 *     where the rows are the matrix's own
 */
record Matrix(float[][] values, float[][] gradients, int count, int width, int[] places)
    implements Vectors {

  /** A power of two. */
  private static final int PARTS = 64;

  /** Odd, so that neighbours are far from each other, and every part is met. */
  private static final int STRIDE = 37;

  Matrix(float[][] values, float[][] gradients, int count, int width) {
    this(values, gradients, count, width, null);
  }

  /** Vectors as a matrix, computed now where they were only described. */
  static Matrix of(Vectors vectors) {
    return vectors instanceof Combination combination ? combination.matrix() : (Matrix) vectors;
  }

  /**
   * Runs a loop over parts of which each row of a matrix is in one, and in the same one wherever it
   * was gathered: who adds to gradients only where {@link #isIn} shares no row with another thread,
   * be it there several times, and each row's sum has the order that it has without threads.
   *
   * @param work about how many multiply-adds there are, all parts together
   */
  static void inParts(Workers workers, long work, Workers.Range body) {
    workers.run(PARTS, Math.max(1, PARTS / 2 / workers.threads()), work, body);
  }

  /** Whether a row is in the parts from one on and up to another. */
  boolean isIn(int i, int from, int to) {
    int part = place(i) * STRIDE & (PARTS - 1);
    return part >= from && part < to;
  }

  private int place(int i) {
    return places == null ? i : places[i];
  }

  /** Some of the rows, the very same. */
  Matrix gather(int[] chosen) {
    float[][] chosenValues = new float[chosen.length][];
    float[][] chosenGradients = isLearnt() ? new float[chosen.length][] : null;
    int[] chosenPlaces = new int[chosen.length];
    for (int i = 0; i < chosen.length; i++) {
      chosenValues[i] = values[chosen[i]];
      if (isLearnt()) {
        chosenGradients[i] = gradients[chosen[i]];
      }
      chosenPlaces[i] = place(chosen[i]);
    }
    return new Matrix(chosenValues, chosenGradients, chosen.length, width, chosenPlaces);
  }

  /**
   * What may be divided of some work where a range of this matrix's rows is a thread's: nothing,
   * where rows were gathered and one may be there several times.
   */
  long divisible(long work) {
    return places == null ? work : 0;
  }

  boolean isLearnt() {
    return gradients != null;
  }

  /** About how many multiply-adds a look at all numbers is. */
  long work() {
    return (long) count * width;
  }
}
