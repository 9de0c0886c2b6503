package io.towerflow.arithmetic.plain;

import io.towerflow.arithmetic.Vectors;
import io.towerflow.kernel.Products;
import io.towerflow.kernel.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * Vectors that are sums of rows, not computed before they are read: {@code y_i = sum_t factor_t
 * sum_(r in rows of t for i) x_tr}, the inner sum divided by the number of its rows where a term is
 * a mean. So what an item is, its own row and means over its words and categories, is one pass over
 * memory and not one a term, forward and backward.
 */
final class Combination implements Vectors {

  /**
   * What is added up.
   *
   * @param rows x_t
   * @param places of each vector, which of the rows it reads; null where it is the one at the
   *     vector's own place
   */
  private record Term(Matrix rows, int[][] places, float factor) {

    Term scaled(float by) {
      return new Term(rows, places, factor * by);
    }

    void addTo(float[] y, int i, int width) {
      if (places == null) {
        Products.add(y, factor, rows.values()[i], width);
        return;
      }
      float share = factor / places[i].length;
      for (int place : places[i]) {
        Products.add(y, share, rows.values()[place], width);
      }
    }

    /** Adds to the gradients of those rows that are in the parts from one on and up to another. */
    void backward(float[] gradient, int i, int width, int from, int to) {
      if (places == null) {
        if (rows.isIn(i, from, to)) {
          Products.add(rows.gradients()[i], factor, gradient, width);
        }
        return;
      }
      float share = factor / places[i].length;
      for (int place : places[i]) {
        if (rows.isIn(place, from, to)) {
          Products.add(rows.gradients()[place], share, gradient, width);
        }
      }
    }

    /** How many rows are added up, of all vectors together. */
    long rowsRead(int count) {
      if (places == null) {
        return count;
      }
      long read = 0;
      for (int[] each : places) {
        read += each.length;
      }
      return read;
    }
  }

  /** Where a combination is computed. */
  record Pad(
      BiFunction<Integer, Integer, Matrix> unwritten,
      Consumer<Runnable> onBackward,
      Workers workers) {}

  private final Pad pad;
  private final List<Term> terms;
  private final int count;
  private final int width;
  private Matrix computed;

  private Combination(Pad pad, List<Term> terms, int count, int width) {
    this.pad = pad;
    this.terms = terms;
    this.count = count;
    this.width = width;
  }

  /** Means of rows: one vector for each group of places. */
  static Combination means(Matrix rows, int[][] places, Pad pad) {
    return new Combination(pad, List.of(new Term(rows, places, 1)), places.length, rows.width());
  }

  /** The sum of vectors of one shape, some of them combinations perhaps. */
  static Combination sum(List<Vectors> parts, Pad pad) {
    List<Term> terms = new ArrayList<>();
    for (Vectors part : parts) {
      if (part instanceof Combination combination && combination.computed == null) {
        terms.addAll(combination.terms);
      } else {
        terms.add(new Term(Matrix.of(part), null, 1));
      }
    }
    return new Combination(pad, terms, parts.get(0).count(), parts.get(0).width());
  }

  /** The same times a number. */
  Combination scaled(float factor) {
    List<Term> scaled = terms.stream().map(term -> term.scaled(factor)).toList();
    return new Combination(pad, scaled, count, width);
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public int width() {
    return width;
  }

  Matrix matrix() {
    if (computed == null) {
      computed = compute();
    }
    return computed;
  }

  private Matrix compute() {
    Matrix y = pad.unwritten.apply(count, width);
    pad.workers.run(count, work(terms), (from, to) -> forward(y, from, to));
    List<Term> learnt = terms.stream().filter(term -> term.rows.isLearnt()).toList();
    pad.onBackward.accept(
        () ->
            Matrix.inParts(pad.workers, work(learnt), (from, to) -> backward(y, learnt, from, to)));
    return y;
  }

  private long work(List<Term> added) {
    return added.stream().mapToLong(term -> term.rowsRead(count)).sum() * width;
  }

  private void forward(Matrix y, int from, int to) {
    for (int i = from; i < to; i++) {
      Arrays.fill(y.values()[i], 0, width, 0); // here, where the row comes to the cache anyway
      for (Term term : terms) {
        term.addTo(y.values()[i], i, width);
      }
    }
  }

  private void backward(Matrix y, List<Term> learnt, int from, int to) {
    for (int i = 0; i < count; i++) {
      for (Term term : learnt) {
        term.backward(y.gradients()[i], i, width, from, to);
      }
    }
  }
}
