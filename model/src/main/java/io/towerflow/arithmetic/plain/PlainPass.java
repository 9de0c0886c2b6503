package io.towerflow.arithmetic.plain;

import io.towerflow.arithmetic.Arena;
import io.towerflow.arithmetic.Histories;
import io.towerflow.arithmetic.Lease;
import io.towerflow.arithmetic.Pass;
import io.towerflow.arithmetic.Pool;
import io.towerflow.arithmetic.SoftmaxBatch;
import io.towerflow.arithmetic.Vectors;
import io.towerflow.kernel.Elementary;
import io.towerflow.kernel.Products;
import io.towerflow.kernel.Rows;
import io.towerflow.kernel.Workers;
import io.towerflow.table.RowTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * A pass in Java. Each operation computes its vectors at once and, where the pass learns, notes how
 * their gradient goes back to what it read; {@link #backward} does so in the opposite order. A
 * gradient is only ever added to, so vectors may be read by several operations, and the rows that
 * {@link #gather} gives are those of its operand, values and gradients.
 *
 * <p>Threads share the loops of an operation, and wait for each other before the next one. Each
 * number is written by one thread, in the order of a single one: what is written to vectors of
 * their own goes by ranges of them, what is added to gradients by {@link Matrix#inParts parts}.
 */
final class PlainPass extends Pass {

  /** Multiply-adds of a product that take as long as one number's read and written once. */
  private static final int SIMPLE_WORK = 4;

  /** Columns that one thread adds up are as many as a multiple of this. */
  private static final int COLUMNS = 32;

  private final Map<RowTable, Matrix> leaves = new LinkedHashMap<>();
  private final List<Runnable> tape = new ArrayList<>();
  private final Combination.Pad pad;

  PlainPass(boolean training, long seed, Arena arena, Workers workers) {
    super(training, seed, arena, workers);
    pad = new Combination.Pad(this::unwritten, this::onBackward, workers);
  }

  private Matrix zeros(int count, int width) {
    return new Matrix(zeroRows(count, width), gradients(count, width), count, width);
  }

  /** Vectors whose numbers are yet to be written, all of them. */
  private Matrix unwritten(int count, int width) {
    return new Matrix(arena().rows(count, width), gradients(count, width), count, width);
  }

  private float[][] gradients(int count, int width) {
    return training() ? zeroRows(count, width) : null;
  }

  private float[][] zeroRows(int count, int width) {
    float[][] rows = arena().rows(count, width);
    workers()
        .run(
            count,
            (long) count * width,
            (from, to) -> {
              for (int i = from; i < to; i++) {
                Arrays.fill(rows[i], 0, width, 0);
              }
            });
    return rows;
  }

  /** Notes how a gradient goes back, in a pass that learns. */
  private void onBackward(Runnable operation) {
    if (training()) {
      tape.add(operation);
    }
  }

  /** Writes each of y, several at once. */
  private void forEach(Matrix y, IntConsumer write) {
    workers()
        .run(
            y.count(),
            SIMPLE_WORK * y.work(),
            (from, to) -> {
              for (int i = from; i < to; i++) {
                write.accept(i);
              }
            });
  }

  /** Adds to the gradient of each of x, several at once but none twice at once. */
  private void addToEach(Matrix x, IntConsumer add) {
    Matrix.inParts(
        workers(),
        SIMPLE_WORK * x.work(),
        (from, to) -> {
          for (int i = 0; i < x.count(); i++) {
            if (x.isIn(i, from, to)) {
              add.accept(i);
            }
          }
        });
  }

  /** Something about a row's columns from one on and up to another. */
  private interface Columns {
    void add(int i, int left, int right);
  }

  /** Adds all of y up in one row, several columns at once. */
  private void inColumns(Matrix y, Columns columns) {
    workers()
        .run(
            y.width(),
            COLUMNS,
            SIMPLE_WORK * y.work(),
            (left, right) -> {
              for (int i = 0; i < y.count(); i++) {
                columns.add(i, left, right);
              }
            });
  }

  @Override
  protected void loaded() {
    for (Lease lease : leases()) {
      int count = lease.rows().size();
      int width = lease.table().width();
      lease.gradients(gradients(count, width));
      leaves.put(lease.table(), new Matrix(lease.values(), lease.gradients(), count, width));
    }
  }

  @Override
  public Vectors leaf(RowTable table) {
    return leaves.get(table);
  }

  @Override
  public Vectors means(Pool pool) {
    return Combination.means(leaves.get(pool.table()), pool.places(), pad);
  }

  @Override
  public Vectors constant(float[] numbers, int width) {
    int count = numbers.length / width;
    float[][] values = arena().rows(count, width);
    for (int i = 0; i < count; i++) {
      System.arraycopy(numbers, i * width, values[i], 0, width);
    }
    return new Matrix(values, null, count, width);
  }

  @Override
  public Vectors gather(Vectors vectors, int[] places) {
    return Matrix.of(vectors).gather(places);
  }

  @Override
  public Vectors sum(List<Vectors> parts) {
    return parts.size() == 1 ? parts.get(0) : Combination.sum(parts, pad);
  }

  @Override
  public Vectors joined(List<Vectors> parts) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    Matrix y = unwritten(parts.get(0).count(), parts.stream().mapToInt(Vectors::width).sum());
    int at = 0;
    for (Vectors part : parts) {
      Matrix x = Matrix.of(part);
      int from = at;
      forEach(x, i -> System.arraycopy(x.values()[i], 0, y.values()[i], from, x.width()));
      if (x.isLearnt()) {
        onBackward(
            () -> addToEach(x, i -> addPart(x.gradients()[i], y.gradients()[i], from, x.width())));
      }
      at += part.width();
    }
    return y;
  }

  /** Adds the columns of y from an offset on to x. */
  private static void addPart(float[] x, float[] y, int offset, int n) {
    for (int j = 0; j < n; j++) {
      x[j] += y[offset + j];
    }
  }

  @Override
  public Vectors grouped(Vectors vectors, int size) {
    Matrix x = Matrix.of(vectors);
    int width = x.width();
    Matrix y = unwritten(x.count() / size, width * size);
    forEach(
        x, i -> System.arraycopy(x.values()[i], 0, y.values()[i / size], i % size * width, width));
    onBackward(
        () ->
            addToEach(
                x,
                i -> addPart(x.gradients()[i], y.gradients()[i / size], i % size * width, width)));
    return y;
  }

  @Override
  public Vectors scaled(Vectors vectors, float factor) {
    if (vectors instanceof Combination combination) {
      return combination.scaled(factor);
    }
    float[] factors = new float[vectors.count()];
    Arrays.fill(factors, factor);
    return weighed(vectors, factors);
  }

  @Override
  public Vectors weighed(Vectors vectors, float[] factors) {
    Matrix x = Matrix.of(vectors);
    Matrix y = unwritten(x.count(), x.width());
    forEach(y, i -> Rows.scale(y.values()[i], factors[i], x.values()[i], x.width()));
    if (x.isLearnt()) {
      onBackward(
          () ->
              addToEach(
                  x, i -> Products.add(x.gradients()[i], factors[i], y.gradients()[i], x.width())));
    }
    return y;
  }

  @Override
  public Vectors plusRow(Vectors vectors, Vectors row) {
    Matrix x = Matrix.of(vectors);
    Matrix r = Matrix.of(row);
    Matrix y = unwritten(x.count(), x.width());
    forEach(y, i -> Rows.sum(y.values()[i], x.values()[i], r.values()[0], x.width()));
    onBackward(
        () -> {
          if (x.isLearnt()) {
            addToEach(x, i -> Rows.add(x.gradients()[i], y.gradients()[i], x.width()));
          }
          inColumns(
              y, (i, left, right) -> Rows.add(r.gradients()[0], y.gradients()[i], left, right));
        });
    return y;
  }

  @Override
  public Vectors timesRow(Vectors vectors, Vectors row) {
    Matrix x = Matrix.of(vectors);
    Matrix r = Matrix.of(row);
    Matrix y = unwritten(x.count(), x.width());
    forEach(y, i -> Rows.multiply(y.values()[i], x.values()[i], r.values()[0], x.width()));
    onBackward(
        () -> {
          if (x.isLearnt()) {
            addToEach(
                x,
                i -> Rows.addProduct(x.gradients()[i], y.gradients()[i], r.values()[0], x.width()));
          }
          inColumns(
              y,
              (i, left, right) ->
                  Rows.addProduct(r.gradients()[0], y.gradients()[i], x.values()[i], left, right));
        });
    return y;
  }

  @Override
  public Vectors product(Vectors vectors, Vectors weights) {
    MatrixProduct operation =
        new MatrixProduct(Matrix.of(vectors), Matrix.of(weights), this::zeros, arena(), workers());
    onBackward(operation::backward);
    return operation.result();
  }

  @Override
  public Vectors relu(Vectors vectors) {
    Matrix x = Matrix.of(vectors);
    Matrix y = unwritten(x.count(), x.width());
    forEach(y, i -> relu(y.values()[i], x.values()[i], x.width()));
    onBackward(
        () ->
            addToEach(
                x,
                i ->
                    addReluGradient(x.gradients()[i], y.values()[i], y.gradients()[i], x.width())));
    return y;
  }

  private static void relu(float[] y, float[] x, int n) {
    for (int j = 0; j < n; j++) {
      y[j] = Math.max(0, x[j]);
    }
  }

  /** {@code dx += [y > 0] dy}. */
  private static void addReluGradient(float[] dx, float[] y, float[] dy, int n) {
    for (int j = 0; j < n; j++) {
      dx[j] += y[j] > 0 ? dy[j] : 0;
    }
  }

  @Override
  public Vectors tanh(Vectors vectors) {
    Matrix x = Matrix.of(vectors);
    Matrix y = unwritten(x.count(), x.width());
    forEach(
        y,
        i -> {
          System.arraycopy(x.values()[i], 0, y.values()[i], 0, x.width());
          Elementary.tanh(y.values()[i], x.width());
        });
    onBackward(
        () ->
            addToEach(
                x,
                i ->
                    addTanhGradient(x.gradients()[i], y.values()[i], y.gradients()[i], x.width())));
    return y;
  }

  /** {@code dx += (1 - y^2) dy}. */
  private static void addTanhGradient(float[] dx, float[] y, float[] dy, int n) {
    for (int j = 0; j < n; j++) {
      dx[j] += (1 - y[j] * y[j]) * dy[j];
    }
  }

  @Override
  public Vectors normalized(Vectors vectors) {
    Matrix x = Matrix.of(vectors);
    int width = x.width();
    Matrix y = unwritten(x.count(), width);
    float[] lengths = new float[x.count()];
    forEach(
        y,
        i -> {
          lengths[i] = (float) Math.sqrt(Products.dot(x.values()[i], x.values()[i], width));
          Rows.scale(y.values()[i], 1 / atLeast(lengths[i]), x.values()[i], width);
        });
    onBackward(
        () ->
            addToEach(
                x,
                i -> {
                  // d|x| = y.dx, so that dy = (dx - y (y.dx)) / |x|.
                  float share = 1 / atLeast(lengths[i]);
                  Products.add(x.gradients()[i], share, y.gradients()[i], width);
                  if (lengths[i] > LEAST_NORM) {
                    float along = Products.dot(y.values()[i], y.gradients()[i], width);
                    Products.add(x.gradients()[i], -share * along, y.values()[i], width);
                  }
                }));
    return y;
  }

  private static float atLeast(float length) {
    return Math.max(length, (float) LEAST_NORM);
  }

  @Override
  protected Vectors times(Vectors vectors, float[] mask) {
    Matrix x = Matrix.of(vectors);
    Matrix factors = Matrix.of(constant(mask, x.width()));
    Matrix y = unwritten(x.count(), x.width());
    forEach(y, i -> Rows.multiply(y.values()[i], x.values()[i], factors.values()[i], x.width()));
    if (x.isLearnt()) {
      onBackward(
          () ->
              addToEach(
                  x,
                  i ->
                      Rows.addProduct(
                          x.gradients()[i], y.gradients()[i], factors.values()[i], x.width())));
    }
    return y;
  }

  @Override
  public Vectors historyMeans(Histories histories, Vectors items) {
    Matrix x = Matrix.of(items);
    Matrix means = zeros(histories.count() * histories.scales(), x.width());
    GatedMeans operation = new GatedMeans(histories, x, means, arena(), workers());
    operation.forward(LEAST_WEIGHT);
    onBackward(operation::backward);
    return means;
  }

  @Override
  public Vectors mixed(Vectors vectors, List<Vectors> gates, Optional<Vectors> mix) {
    Matrix means = Matrix.of(vectors);
    Optional<Matrix> exponents =
        gates.isEmpty() ? Optional.empty() : Optional.of(Matrix.of(sum(gates)));
    MixedMeans operation =
        new MixedMeans(means, exponents, mix.map(Matrix::of), this::zeros, arena(), workers());
    onBackward(operation::backward);
    return operation.result();
  }

  @Override
  public double crossEntropy(SoftmaxBatch batch) {
    // Its gradient is known as soon as its loss, and goes back before all others.
    return new SoftmaxCrossEntropy(batch, arena(), workers()).run();
  }

  @Override
  public double squaredError(Vectors vectors, float[] values, float[] weights, float scale) {
    Matrix x = Matrix.of(vectors);
    double loss = 0;
    for (int i = 0; i < values.length; i++) {
      float error = x.values()[i][0] - values[i];
      loss += (double) scale * weights[i] * error * error;
      x.gradients()[i][0] += 2 * scale * weights[i] * error;
    }
    return loss;
  }

  @Override
  public float[] scores(float[] queries, float[] candidates, int width) {
    Matrix left = Matrix.of(constant(queries, width));
    Matrix right = Matrix.of(constant(candidates, width));
    int n = left.count();
    int m = right.count();
    float[][] byDimension = arena().rows(width, m);
    workers()
        .run(
            width,
            right.work(),
            (from, to) -> Products.transpose(right.values(), byDimension, m, from, to));
    Matrix scores = zeros(n, m);
    workers()
        .run(
            n,
            (long) n * m * width,
            (from, to) ->
                Products.add(left.values(), byDimension, scores.values(), from, to, width, m));
    return toArray(scores);
  }

  @Override
  public float[] toArray(Vectors vectors) {
    Matrix x = Matrix.of(vectors);
    float[] all = new float[x.count() * x.width()];
    for (int i = 0; i < x.count(); i++) {
      System.arraycopy(x.values()[i], 0, all, i * x.width(), x.width());
    }
    return all;
  }

  @Override
  protected void backward() {
    for (int i = tape.size() - 1; i >= 0; i--) {
      tape.get(i).run();
    }
  }
}
