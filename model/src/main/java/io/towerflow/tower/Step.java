package io.towerflow.tower;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.towerflow.table.CounterRandom;
import io.towerflow.table.RowSet;
import io.towerflow.table.RowTable;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One pass through the towers. Features first name the rows that they will read ({@link #row},
 * {@link #pool}); {@link #load} brings the distinct rows of each table to the device as leaves of
 * the graph; after {@link #backward}, {@link #apply} scatters the leaves' gradients back and
 * updates each touched row once. All arrays live and die with the step.
 */
final class Step implements AutoCloseable {

  /** The rows of one table that this step touches. */
  private static final class Lease {
    final RowSet rows = new RowSet();
    NDArray leaf;
    boolean readAsRows;
    float[] gradients = new float[0];
    float[] moved = new float[0];
  }

  /** Weighted means of rows, computed before the graph: a leaf with a gradient of its own. */
  static final class Pool {
    private final RowTable table;
    private final int[][] rows;
    private NDArray leaf;

    private Pool(RowTable table, int[][] rows) {
      this.table = table;
      this.rows = rows;
    }

    /** The means, shape (rows.length, width). */
    NDArray leaf() {
      return leaf;
    }
  }

  private static final int EXPONENT = 0x7f800000;

  private final NDManager manager;
  private final boolean training;
  private final long seed;
  private final Map<RowTable, Lease> leases = new LinkedHashMap<>();
  private final List<Pool> pools = new ArrayList<>();

  private Step(NDManager parent, boolean training, long seed) {
    this.manager = parent.newSubManager();
    this.training = training;
    this.seed = seed;
    JniUtils.setGradMode(training);
  }

  /**
   * A pass that will be followed by {@link #backward} and {@link #apply}.
   *
   * @param seed of what is random in this step
   */
  static Step training(NDManager parent, long seed) {
    return new Step(parent, true, seed);
  }

  /** A pass that only looks. */
  static Step inference(NDManager parent) {
    return new Step(parent, false, 0);
  }

  /** The position of a table's row in the table's leaf. Before {@link #load}. */
  int row(RowTable table, int row) {
    Lease lease = lease(table);
    lease.readAsRows = true;
    return lease.rows.add(row);
  }

  /** Announces all rows of a dense parameter: its leaf is the parameter. Before {@link #load}. */
  void all(RowTable table, int rows) {
    for (int row = 0; row < rows; row++) {
      row(table, row);
    }
  }

  /**
   * Announces the means of groups of rows; an empty group's mean is zero. Before {@link #load}.
   *
   * @param groups row indices of each group
   */
  Pool pool(RowTable table, int[][] groups) {
    if (training) {
      RowSet rows = lease(table).rows;
      for (int[] group : groups) {
        for (int row : group) {
          rows.add(row);
        }
      }
    }
    Pool pool = new Pool(table, groups);
    pools.add(pool);
    return pool;
  }

  private Lease lease(RowTable table) {
    return leases.computeIfAbsent(table, ignored -> new Lease());
  }

  /** Brings everything announced to the device. */
  void load() {
    leases.forEach(
        (table, lease) -> {
          if (lease.readAsRows) {
            int width = table.width();
            float[] data = new float[lease.rows.size() * width];
            for (int i = 0; i < lease.rows.size(); i++) {
              table.read(lease.rows.row(i), data, i * width);
            }
            lease.leaf = leaf(data, width);
          }
        });
    for (Pool pool : pools) {
      int width = pool.table.width();
      float[] data = new float[pool.rows.length * width];
      for (int i = 0; i < pool.rows.length; i++) {
        float share = 1f / pool.rows[i].length;
        for (int row : pool.rows[i]) {
          pool.table.addTo(row, share, data, i * width);
        }
      }
      pool.leaf = leaf(data, width);
    }
  }

  private NDArray leaf(float[] data, int width) {
    NDArray leaf = floats(data, data.length / width, width);
    if (training) {
      leaf.setRequiresGradient(true);
    }
    return leaf;
  }

  /** The leaf of a table: its announced rows in order of announcement, shape (rows, width). */
  NDArray leaf(RowTable table) {
    return leases.get(table).leaf;
  }

  /** Rows of a table's leaf by position, shape (shape of positions, width). */
  NDArray gather(RowTable table, int[] positions, long... shape) {
    return gather(leaf(table), positions, shape);
  }

  /** Rows of an array of shape (rows, width) by position, shape (shape of positions, width). */
  NDArray gather(NDArray rows, int[] positions, long... shape) {
    NDArray indices = ints(positions, shape);
    return indices
        .getNDArrayInternal()
        .embedding(indices, rows, SparseFormat.DENSE)
        .singletonOrThrow();
  }

  /**
   * A number as an operand, alive as long as the step.
   *
   * <p>Operations that take a Java number are not for use in a graph: the engine's binding wraps
   * the number in memory of the Java heap's keeping, lets go of it as soon as the operation
   * returns, and the backward pass then reads whatever lies there after the next garbage
   * collection.
   */
  NDArray number(float value) {
    return floats(new float[] {value}, 1);
  }

  NDArray floats(float[] data, long... shape) {
    return manager.create(FloatBuffer.wrap(data), new Shape(shape), DataType.FLOAT32);
  }

  NDArray ints(int[] data, long... shape) {
    return manager.create(IntBuffer.wrap(data), new Shape(shape), DataType.INT32);
  }

  NDArray longs(long[] data, long... shape) {
    return manager.create(java.nio.LongBuffer.wrap(data), new Shape(shape), DataType.INT64);
  }

  /**
   * Inverted dropout (Srivastava et al., 2014): in training each element is zeroed with probability
   * {@code rate} and otherwise divided by {@code 1 - rate}. Which ones is a function of the step's
   * seed and of the place.
   *
   * @param x shape (n, width)
   */
  NDArray dropout(NDArray x, double rate, String place) {
    if (!training || rate == 0) {
      return x;
    }
    long placeSeed = CounterRandom.seedOf(seed, place);
    float[] mask = new float[(int) x.size()];
    float kept = (float) (1 / (1 - rate));
    for (int i = 0; i < mask.length; i++) {
      mask[i] = CounterRandom.uniform(placeSeed, 0, i) < rate ? 0 : kept;
    }
    return x.mul(manager.create(FloatBuffer.wrap(mask), x.getShape(), DataType.FLOAT32));
  }

  /** Computes the gradient of a scalar with respect to every leaf. */
  void backward(NDArray loss) {
    JniUtils.backward((PtNDArray) loss, (PtNDArray) loss.onesLike(), false, false);
  }

  /**
   * Updates every touched row once, tables in order of announcement, rows likewise. Rows are moved
   * aside and only then, all of them, put in place: a number that is not finite never enters a
   * table, be it a gradient's or come of it.
   *
   * @throws DivergenceException if there is one; no row is changed then
   */
  void apply(long step) {
    leases.forEach(
        (table, lease) ->
            lease.gradients =
                lease.readAsRows
                    ? lease.leaf.getGradient().toFloatArray()
                    : new float[lease.rows.size() * table.width()]);
    for (Pool pool : pools) {
      scatter(pool);
    }
    leases.forEach(
        (table, lease) -> {
          int stride = table.stride();
          lease.moved = new float[lease.rows.size() * stride];
          for (int i = 0; i < lease.rows.size(); i++) {
            int row = lease.rows.row(i);
            table.copy(row, lease.moved, i * stride);
            table
                .optimizer()
                .update(
                    lease.moved,
                    i * stride,
                    table.width(),
                    lease.gradients,
                    i * table.width(),
                    step);
          }
          if (!allFinite(lease.moved)) {
            throw new DivergenceException("An update of table " + table.name(), step);
          }
        });
    leases.forEach(
        (table, lease) -> {
          for (int i = 0; i < lease.rows.size(); i++) {
            table.put(lease.rows.row(i), lease.moved, i * table.stride());
          }
        });
  }

  private static boolean allFinite(float[] values) {
    // The exponent's bits are all set in infinities and NaN, and in nothing else. A loop without a
    // way out goes several numbers at a time.
    int largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Float.floatToRawIntBits(value) & EXPONENT);
    }
    return largest != EXPONENT;
  }

  /** The mean's gradient, shared out: each row of a group gets its share. */
  private void scatter(Pool pool) {
    int width = pool.table.width();
    Lease lease = leases.get(pool.table);
    float[] gradients = pool.leaf.getGradient().toFloatArray();
    for (int i = 0; i < pool.rows.length; i++) {
      float share = 1f / pool.rows[i].length;
      for (int row : pool.rows[i]) {
        int target = lease.rows.find(row) * width;
        for (int k = 0; k < width; k++) {
          lease.gradients[target + k] += share * gradients[i * width + k];
        }
      }
    }
  }

  @Override
  public void close() {
    JniUtils.setGradMode(false);
    manager.close();
  }
}
