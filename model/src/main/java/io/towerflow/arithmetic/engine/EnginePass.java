package io.towerflow.arithmetic.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Activation;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.towerflow.arithmetic.Arena;
import io.towerflow.arithmetic.Histories;
import io.towerflow.arithmetic.Lease;
import io.towerflow.arithmetic.Pass;
import io.towerflow.arithmetic.Pool;
import io.towerflow.arithmetic.SoftmaxBatch;
import io.towerflow.arithmetic.Vectors;
import io.towerflow.kernel.Workers;
import io.towerflow.loss.HardNegatives;
import io.towerflow.table.RowTable;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A pass on the engine: rows become leaves of a graph, which the engine differentiates. Only the
 * pass's rows are ever on the device.
 */
final class EnginePass extends Pass {

  private final NDManager manager;
  private final Map<RowTable, NDArray> leaves = new LinkedHashMap<>();
  private final Map<Pool, NDArray> poolLeaves = new LinkedHashMap<>();
  private final List<NDArray> losses = new ArrayList<>();

  EnginePass(NDManager parent, boolean training, long seed, Arena arena) {
    super(training, seed, arena, Workers.CALLER);
    manager = parent.newSubManager();
    JniUtils.setGradMode(training);
  }

  @Override
  protected void loaded() {
    for (Lease lease : leases()) {
      if (lease.readAsRows()) {
        int width = lease.table().width();
        float[] data = new float[lease.rows().size() * width];
        for (int i = 0; i < lease.rows().size(); i++) {
          System.arraycopy(lease.values()[i], 0, data, i * width, width);
        }
        leaves.put(lease.table(), newLeaf(data, width));
      }
    }
    for (Pool pool : pools()) {
      poolLeaves.put(pool, newLeaf(means(pool, lease(pool.table()).values()), width(pool)));
    }
  }

  private static int width(Pool pool) {
    return pool.table().width();
  }

  private static float[] means(Pool pool, float[][] rows) {
    int width = width(pool);
    int[][] places = pool.places();
    float[] means = new float[places.length * width];
    for (int i = 0; i < places.length; i++) {
      float share = 1f / places[i].length;
      for (int place : places[i]) {
        for (int k = 0; k < width; k++) {
          means[i * width + k] += share * rows[place][k];
        }
      }
    }
    return means;
  }

  private NDArray newLeaf(float[] data, int width) {
    NDArray leaf = floats(data, data.length / width, width);
    if (training()) {
      leaf.setRequiresGradient(true);
    }
    return leaf;
  }

  @Override
  public Vectors leaf(RowTable table) {
    return new Tensor(leaves.get(table));
  }

  @Override
  public Vectors means(Pool pool) {
    return new Tensor(poolLeaves.get(pool));
  }

  @Override
  public Vectors constant(float[] numbers, int width) {
    return new Tensor(floats(numbers, numbers.length / width, width));
  }

  @Override
  public Vectors gather(Vectors x, int[] places) {
    return new Tensor(gather(Tensor.of(x), places, places.length));
  }

  /** Rows of an array of shape (rows, width) by their places, shape (shape of places, width). */
  private NDArray gather(NDArray rows, int[] places, long... shape) {
    NDArray indices = manager.create(IntBuffer.wrap(places), new Shape(shape), DataType.INT32);
    return indices
        .getNDArrayInternal()
        .embedding(indices, rows, SparseFormat.DENSE)
        .singletonOrThrow();
  }

  /**
   * A number as an operand, alive as long as the pass.
   *
   * <p>Operations that take a Java number are not for use in a graph: the engine's binding wraps
   * the number in memory of the Java heap's keeping, lets go of it as soon as the operation
   * returns, and the backward pass then reads whatever lies there after the next garbage
   * collection.
   */
  private NDArray number(float value) {
    return floats(new float[] {value}, 1);
  }

  private NDArray floats(float[] data, long... shape) {
    return manager.create(FloatBuffer.wrap(data), new Shape(shape), DataType.FLOAT32);
  }

  @Override
  public Vectors sum(List<Vectors> parts) {
    return new Tensor(added(parts.stream().map(Tensor::of).toList()));
  }

  private static NDArray added(List<NDArray> arrays) {
    NDArray sum = arrays.get(0);
    for (NDArray array : arrays.subList(1, arrays.size())) {
      sum = sum.add(array);
    }
    return sum;
  }

  @Override
  public Vectors joined(List<Vectors> parts) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    NDList list = new NDList();
    parts.forEach(part -> list.add(Tensor.of(part)));
    return new Tensor(NDArrays.concat(list, 1));
  }

  @Override
  public Vectors grouped(Vectors x, int size) {
    return new Tensor(Tensor.of(x).reshape(x.count() / size, (long) x.width() * size));
  }

  @Override
  public Vectors scaled(Vectors x, float factor) {
    return new Tensor(Tensor.of(x).mul(number(factor)));
  }

  @Override
  public Vectors weighed(Vectors x, float[] factors) {
    return new Tensor(Tensor.of(x).mul(floats(factors, factors.length, 1)));
  }

  @Override
  public Vectors plusRow(Vectors x, Vectors row) {
    return new Tensor(Tensor.of(x).add(Tensor.of(row)));
  }

  @Override
  public Vectors timesRow(Vectors x, Vectors row) {
    return new Tensor(Tensor.of(x).mul(Tensor.of(row)));
  }

  @Override
  public Vectors product(Vectors x, Vectors weights) {
    return new Tensor(Tensor.of(x).matMul(Tensor.of(weights)));
  }

  @Override
  public Vectors relu(Vectors x) {
    return new Tensor(Activation.relu(Tensor.of(x)));
  }

  @Override
  public Vectors tanh(Vectors x) {
    return new Tensor(Tensor.of(x).tanh());
  }

  @Override
  public Vectors normalized(Vectors x) {
    return new Tensor(Tensor.of(x).normalize(2, 1, LEAST_NORM));
  }

  @Override
  protected Vectors times(Vectors x, float[] mask) {
    return new Tensor(Tensor.of(x).mul(floats(mask, x.count(), x.width())));
  }

  @Override
  public Vectors historyMeans(Histories histories, Vectors items) {
    int n = histories.count();
    int h = histories.longest();
    int scales = histories.scales();
    NDArray a = floats(padded(histories), n, scales, h);
    List<NDArray> gates = new ArrayList<>();
    histories.times().ifPresent(gate -> gates.add(exponents(gate, n, h)));
    histories.ages().ifPresent(gate -> gates.add(exponents(gate, 1, h)));
    if (!gates.isEmpty()) {
      a = a.mul(added(gates).exp().transpose(0, 2, 1));
    }
    NDArray total = a.sum(new int[] {2}, true).maximum(number(LEAST_WEIGHT));
    NDArray rows = gather(Tensor.of(items), histories.places(), n, h);
    NDArray means = a.batchMatMul(rows).div(total);
    return new Tensor(means.reshape((long) n * scales, items.width()));
  }

  /** The weights before the gates, 0 behind a history's end: shape (n, scales, h). */
  private static float[] padded(Histories histories) {
    int h = histories.longest();
    int scales = histories.scales();
    float[] weights = new float[histories.count() * scales * h];
    for (int i = 0; i < histories.count(); i++) {
      for (int m = 0; m < scales; m++) {
        System.arraycopy(
            histories.decayed()[m], 0, weights, (i * scales + m) * h, histories.lengths()[i]);
      }
    }
    return weights;
  }

  private NDArray exponents(Histories.Gate gate, int n, int h) {
    return gather(Tensor.of(gate.exponents()), gate.places(), n, h);
  }

  @Override
  public Vectors mixed(Vectors means, List<Vectors> gates, Optional<Vectors> mix) {
    int scales = scales(means, gates, mix);
    int n = means.count() / scales;
    NDArray x = Tensor.of(means).reshape(n, scales, means.width());
    if (!gates.isEmpty()) {
      x = x.mul(Tensor.of(sum(gates)).exp().reshape(n, scales, 1));
    }
    if (mix.isPresent()) {
      x = x.mul(Tensor.of(mix.get()));
    }
    return new Tensor(x.sum(new int[] {1}));
  }

  private static int scales(Vectors means, List<Vectors> gates, Optional<Vectors> mix) {
    if (mix.isPresent()) {
      return mix.get().count();
    }
    return gates.isEmpty() ? 1 : means.count() / gates.get(0).count();
  }

  @Override
  public double crossEntropy(SoftmaxBatch batch) {
    int n = batch.n();
    int m = batch.m();
    NDArray adjusted = scores(batch).add(floats(batch.adjustments(), n, m));
    if (batch.hardNegatives() > 0) {
      float[] mask =
          HardNegatives.mask(adjusted.toFloatArray(), batch.positives(), batch.hardNegatives());
      adjusted = adjusted.add(floats(mask, n, m));
    }
    NDArray positives =
        manager.create(
            LongBuffer.wrap(widened(batch.positives())), new Shape(n, 1), DataType.INT64);
    NDArray loss =
        adjusted.logSoftmax(1).gather(positives, 1).mul(floats(batch.weights(), n, 1)).sum().neg();
    losses.add(batch.scale() == 1 ? loss : loss.mul(number(batch.scale())));
    return loss.getFloat();
  }

  /** Shape (n, m). */
  private NDArray scores(SoftmaxBatch batch) {
    int m = batch.m();
    NDArray u = first(batch.n(), Tensor.of(batch.queries()));
    NDArray v = first(m, Tensor.of(batch.candidates()));
    NDArray scores = u.matMul(v.transpose()).div(number(batch.temperature()));
    if (batch.biases().isPresent()) {
      scores = scores.add(Tensor.of(batch.biases().get()).reshape(1, m));
    }
    if (batch.tastes().isPresent()) {
      NDArray numbers = floats(batch.popularity(), m, batch.numbers());
      scores = scores.add(Tensor.of(batch.tastes().get()).matMul(numbers.transpose()));
    }
    return scores;
  }

  private static NDArray first(int rows, NDArray all) {
    return rows == all.getShape().get(0) ? all : all.get(new NDIndex("0:" + rows));
  }

  private static long[] widened(int[] values) {
    long[] wide = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  @Override
  public double squaredError(Vectors x, float[] values, float[] weights, float scale) {
    NDArray error = Tensor.of(x).sub(floats(values, values.length, 1));
    NDArray loss =
        error.mul(error).mul(floats(weights, weights.length, 1)).sum().mul(number(scale));
    losses.add(loss);
    return loss.getFloat();
  }

  @Override
  public float[] scores(float[] queries, float[] candidates, int width) {
    NDArray left = floats(queries, queries.length / width, width);
    NDArray right = floats(candidates, candidates.length / width, width);
    return left.matMul(right.transpose()).toFloatArray();
  }

  @Override
  public float[] toArray(Vectors x) {
    return Tensor.of(x).toFloatArray();
  }

  @Override
  protected void backward() {
    NDArray loss = added(losses);
    JniUtils.backward((PtNDArray) loss, (PtNDArray) loss.onesLike(), false, false);
    for (Lease lease : leases()) {
      int width = lease.table().width();
      float[][] gradients = arena().zeros(lease.rows().size(), width);
      if (lease.readAsRows()) {
        float[] flat = leaves.get(lease.table()).getGradient().toFloatArray();
        for (int i = 0; i < gradients.length; i++) {
          System.arraycopy(flat, i * width, gradients[i], 0, width);
        }
      }
      lease.gradients(gradients);
    }
    poolLeaves.forEach(this::scatter);
  }

  /** The mean's gradient, shared out: each row of a group gets its share. */
  private void scatter(Pool pool, NDArray leaf) {
    int width = pool.table().width();
    float[][] gradients = lease(pool.table()).gradients();
    float[] ofMeans = leaf.getGradient().toFloatArray();
    for (int i = 0; i < pool.places().length; i++) {
      float share = 1f / pool.places()[i].length;
      for (int place : pool.places()[i]) {
        float[] target = gradients[place];
        for (int k = 0; k < width; k++) {
          target[k] += share * ofMeans[i * width + k];
        }
      }
    }
  }

  @Override
  public void close() {
    JniUtils.setGradMode(false);
    manager.close();
    super.close();
  }
}
