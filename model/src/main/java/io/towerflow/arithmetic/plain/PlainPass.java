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
import io.towerflow.table.RowTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A pass in Java. Each operation computes its vectors at once and, where the pass learns, notes how
 * their gradient goes back to what it read; {@link #backward} does so in the opposite order. A
 * gradient is only ever added to, so vectors may be read by several operations, and the rows that
 * {@link #gather} gives are those of its operand, values and gradients.
 */
final class PlainPass extends Pass {

  private final Map<RowTable, Matrix> leaves = new LinkedHashMap<>();
  private final List<Runnable> tape = new ArrayList<>();

  PlainPass(boolean training, long seed, Arena arena) {
    super(training, seed, arena);
  }

  private Matrix zeros(int count, int width) {
    return new Matrix(
        arena().zeros(count, width), training() ? arena().zeros(count, width) : null, count, width);
  }

  /** Notes how a gradient goes back, in a pass that learns. */
  private void onBackward(Runnable operation) {
    if (training()) {
      tape.add(operation);
    }
  }

  @Override
  public void load() {
    for (Lease lease : leases()) {
      RowTable table = lease.table();
      Matrix leaf = zeros(lease.rows().size(), table.width());
      for (int i = 0; i < leaf.count(); i++) {
        table.read(lease.rows().row(i), leaf.values()[i], 0);
      }
      lease.gradients(leaf.gradients());
      leaves.put(table, leaf);
    }
  }

  @Override
  public Vectors leaf(RowTable table) {
    return leaves.get(table);
  }

  @Override
  public Vectors means(Pool pool) {
    Matrix rows = leaves.get(pool.table());
    int[][] places = pool.places();
    Matrix y = zeros(places.length, rows.width());
    for (int i = 0; i < places.length; i++) {
      float share = 1f / places[i].length;
      for (int place : places[i]) {
        Products.add(y.values()[i], share, rows.values()[place], y.width());
      }
    }
    onBackward(
        () -> {
          for (int i = 0; i < places.length; i++) {
            float share = 1f / places[i].length;
            for (int place : places[i]) {
              Products.add(rows.gradients()[place], share, y.gradients()[i], y.width());
            }
          }
        });
    return y;
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
    Matrix x = Matrix.of(vectors);
    float[][] values = new float[places.length][];
    float[][] gradients = x.isLearnt() ? new float[places.length][] : null;
    for (int i = 0; i < places.length; i++) {
      values[i] = x.values()[places[i]];
      if (gradients != null) {
        gradients[i] = x.gradients()[places[i]];
      }
    }
    return new Matrix(values, gradients, places.length, x.width());
  }

  @Override
  public Vectors sum(List<Vectors> parts) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    Matrix y = zeros(parts.get(0).count(), parts.get(0).width());
    for (Vectors part : parts) {
      add(y.values(), Matrix.of(part).values(), y);
    }
    onBackward(
        () -> {
          for (Vectors part : parts) {
            if (Matrix.of(part).isLearnt()) {
              add(Matrix.of(part).gradients(), y.gradients(), y);
            }
          }
        });
    return y;
  }

  private static void add(float[][] sums, float[][] x, Matrix shape) {
    for (int i = 0; i < shape.count(); i++) {
      Rows.add(sums[i], x[i], shape.width());
    }
  }

  @Override
  public Vectors joined(List<Vectors> parts) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    Matrix y = zeros(parts.get(0).count(), parts.stream().mapToInt(Vectors::width).sum());
    int at = 0;
    for (Vectors part : parts) {
      Matrix x = Matrix.of(part);
      int from = at;
      for (int i = 0; i < y.count(); i++) {
        System.arraycopy(x.values()[i], 0, y.values()[i], from, x.width());
      }
      if (x.isLearnt()) {
        onBackward(() -> addPart(x.gradients(), y.gradients(), from, x));
      }
      at += part.width();
    }
    return y;
  }

  /** Adds the columns of y from an offset on to x. */
  private static void addPart(float[][] x, float[][] y, int from, Matrix shape) {
    for (int i = 0; i < shape.count(); i++) {
      for (int j = 0; j < shape.width(); j++) {
        x[i][j] += y[i][from + j];
      }
    }
  }

  @Override
  public Vectors grouped(Vectors vectors, int size) {
    Matrix x = Matrix.of(vectors);
    int width = x.width();
    Matrix y = zeros(x.count() / size, width * size);
    for (int i = 0; i < x.count(); i++) {
      System.arraycopy(x.values()[i], 0, y.values()[i / size], i % size * width, width);
    }
    onBackward(
        () -> {
          float[] part = arena().rows(1, width)[0];
          for (int i = 0; i < x.count(); i++) {
            System.arraycopy(y.gradients()[i / size], i % size * width, part, 0, width);
            Rows.add(x.gradients()[i], part, width);
          }
        });
    return y;
  }

  @Override
  public Vectors scaled(Vectors vectors, float factor) {
    float[] factors = new float[vectors.count()];
    Arrays.fill(factors, factor);
    return weighed(vectors, factors);
  }

  @Override
  public Vectors weighed(Vectors vectors, float[] factors) {
    Matrix x = Matrix.of(vectors);
    Matrix y = zeros(x.count(), x.width());
    for (int i = 0; i < x.count(); i++) {
      Rows.scale(y.values()[i], factors[i], x.values()[i], x.width());
    }
    if (x.isLearnt()) {
      onBackward(
          () -> {
            for (int i = 0; i < x.count(); i++) {
              Products.add(x.gradients()[i], factors[i], y.gradients()[i], x.width());
            }
          });
    }
    return y;
  }

  @Override
  public Vectors plusRow(Vectors vectors, Vectors row) {
    Matrix x = Matrix.of(vectors);
    Matrix r = Matrix.of(row);
    Matrix y = zeros(x.count(), x.width());
    for (int i = 0; i < x.count(); i++) {
      Rows.add(y.values()[i], x.values()[i], x.width());
      Rows.add(y.values()[i], r.values()[0], x.width());
    }
    onBackward(
        () -> {
          for (int i = 0; i < x.count(); i++) {
            if (x.isLearnt()) {
              Rows.add(x.gradients()[i], y.gradients()[i], x.width());
            }
            Rows.add(r.gradients()[0], y.gradients()[i], x.width());
          }
        });
    return y;
  }

  @Override
  public Vectors timesRow(Vectors vectors, Vectors row) {
    Matrix x = Matrix.of(vectors);
    Matrix r = Matrix.of(row);
    Matrix y = zeros(x.count(), x.width());
    for (int i = 0; i < x.count(); i++) {
      Rows.multiply(y.values()[i], x.values()[i], r.values()[0], x.width());
    }
    onBackward(
        () -> {
          for (int i = 0; i < x.count(); i++) {
            if (x.isLearnt()) {
              Rows.addProduct(x.gradients()[i], y.gradients()[i], r.values()[0], x.width());
            }
            Rows.addProduct(r.gradients()[0], y.gradients()[i], x.values()[i], x.width());
          }
        });
    return y;
  }

  @Override
  public Vectors product(Vectors vectors, Vectors weights) {
    Matrix x = Matrix.of(vectors);
    Matrix w = Matrix.of(weights);
    int n = x.count();
    int in = x.width();
    int out = w.width();
    Matrix y = zeros(n, out);
    Products.add(x.values(), w.values(), y.values(), 0, n, in, out);
    onBackward(
        () -> {
          if (w.isLearnt()) {
            Products.addTransposed(x.values(), y.gradients(), w.gradients(), n, 0, in, out);
          }
          if (x.isLearnt()) {
            float[][] transposed = arena().rows(out, in);
            Products.transpose(w.values(), transposed, in, out);
            Products.add(y.gradients(), transposed, x.gradients(), 0, n, out, in);
          }
        });
    return y;
  }

  @Override
  public Vectors relu(Vectors vectors) {
    Matrix x = Matrix.of(vectors);
    Matrix y = zeros(x.count(), x.width());
    for (int i = 0; i < x.count(); i++) {
      for (int j = 0; j < x.width(); j++) {
        y.values()[i][j] = Math.max(0, x.values()[i][j]);
      }
    }
    onBackward(
        () -> {
          for (int i = 0; i < x.count(); i++) {
            for (int j = 0; j < x.width(); j++) {
              x.gradients()[i][j] += y.values()[i][j] > 0 ? y.gradients()[i][j] : 0;
            }
          }
        });
    return y;
  }

  @Override
  public Vectors tanh(Vectors vectors) {
    Matrix x = Matrix.of(vectors);
    Matrix y = zeros(x.count(), x.width());
    for (int i = 0; i < x.count(); i++) {
      System.arraycopy(x.values()[i], 0, y.values()[i], 0, x.width());
      Elementary.tanh(y.values()[i], x.width());
    }
    onBackward(
        () -> {
          for (int i = 0; i < x.count(); i++) {
            addTanhGradient(x.gradients()[i], y.values()[i], y.gradients()[i], x.width());
          }
        });
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
    Matrix y = zeros(x.count(), width);
    float[] lengths = new float[x.count()];
    for (int i = 0; i < x.count(); i++) {
      lengths[i] = (float) Math.sqrt(Products.dot(x.values()[i], x.values()[i], width));
      Rows.scale(y.values()[i], 1 / atLeast(lengths[i]), x.values()[i], width);
    }
    onBackward(
        () -> {
          // d|x| = y.dx, so that dy = (dx - y (y.dx)) / |x|.
          for (int i = 0; i < x.count(); i++) {
            float share = 1 / atLeast(lengths[i]);
            Products.add(x.gradients()[i], share, y.gradients()[i], width);
            if (lengths[i] > LEAST_NORM) {
              float along = Products.dot(y.values()[i], y.gradients()[i], width);
              Products.add(x.gradients()[i], -share * along, y.values()[i], width);
            }
          }
        });
    return y;
  }

  private static float atLeast(float length) {
    return Math.max(length, (float) LEAST_NORM);
  }

  @Override
  protected Vectors times(Vectors vectors, float[] mask) {
    Matrix x = Matrix.of(vectors);
    Matrix factors = Matrix.of(constant(mask, x.width()));
    Matrix y = zeros(x.count(), x.width());
    for (int i = 0; i < x.count(); i++) {
      Rows.multiply(y.values()[i], x.values()[i], factors.values()[i], x.width());
    }
    onBackward(
        () -> {
          for (int i = 0; i < x.count() && x.isLearnt(); i++) {
            Rows.addProduct(x.gradients()[i], y.gradients()[i], factors.values()[i], x.width());
          }
        });
    return y;
  }

  @Override
  public Vectors historyMeans(Histories histories, Vectors items) {
    Matrix x = Matrix.of(items);
    Matrix means = zeros(histories.count() * histories.scales(), x.width());
    GatedMeans operation = new GatedMeans(histories, x, means, arena());
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
        new MixedMeans(means, exponents, mix.map(Matrix::of), this::zeros, arena());
    onBackward(operation::backward);
    return operation.result();
  }

  @Override
  public double crossEntropy(SoftmaxBatch batch) {
    // Its gradient is known as soon as its loss, and goes back before all others.
    return new SoftmaxCrossEntropy(batch, arena()).run();
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
    Products.transpose(right.values(), byDimension, m, width);
    Matrix scores = zeros(n, m);
    Products.add(left.values(), byDimension, scores.values(), 0, n, width, m);
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
