package io.towerflow.arithmetic;

import io.towerflow.kernel.Workers;
import io.towerflow.table.CounterRandom;
import io.towerflow.table.RowTable;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * One pass through the towers: what a training step is made of, operation by operation, each with
 * its forward and, where the pass learns, its backward computation.
 *
 * <p>Features first name the rows that they will read ({@link #row}, {@link #all}, {@link #pool});
 * {@link #load} fetches them; then come the operations, and for a training step at last the losses
 * and {@link #learn}, which updates each touched row once. All vectors live and die with the pass.
 */
public abstract class Pass implements AutoCloseable {

  /** What a vector is divided by at least where it is brought to length 1. */
  protected static final double LEAST_NORM = 1e-12;

  /** What the weights of a history's mean sum up to at least. */
  protected static final float LEAST_WEIGHT = 1e-6f;

  private final boolean training;
  private final long seed;
  private final Arena arena;
  private final Workers workers;
  private final Leases leases = new Leases();

  /**
   * A pass.
   *
   * @param training whether it learns
   * @param seed of what is random in it
   * @param arena where its rows lie, all of whose rows are free
   * @param workers who fetches rows and updates them
   */
  protected Pass(boolean training, long seed, Arena arena, Workers workers) {
    this.training = training;
    this.seed = seed;
    this.arena = arena;
    this.workers = workers;
  }

  /** Whether the pass learns. */
  protected final boolean training() {
    return training;
  }

  /** Where the pass's rows lie. */
  protected final Arena arena() {
    return arena;
  }

  /** Who shares the pass's loops. */
  protected final Workers workers() {
    return workers;
  }

  /** The rows announced, by table. */
  protected final Collection<Lease> leases() {
    return leases.all();
  }

  /** The rows announced of a table. */
  protected final Lease lease(RowTable table) {
    return leases.of(table);
  }

  /** The place of a table's row among the table's {@link #leaf}. Before {@link #load}. */
  public final int row(RowTable table, int row) {
    return leases.of(table).read(row);
  }

  /** Announces all rows of a dense parameter: its leaf is the parameter. Before {@link #load}. */
  public final void all(RowTable table, int rows) {
    Lease lease = leases.of(table);
    for (int row = 0; row < rows; row++) {
      lease.read(row);
    }
  }

  /**
   * Announces the means of groups of rows; an empty group's mean is zero. Before {@link #load}.
   *
   * @param groups row indices of each group
   */
  public final Pool pool(RowTable table, int[][] groups) {
    return leases.pool(table, groups);
  }

  /** Fetches everything announced. */
  public final void load() {
    leases.all().forEach(lease -> lease.load(arena, workers));
    loaded();
  }

  /** The rows announced are there. */
  protected abstract void loaded();

  /** The announced rows of a table in order of announcement, shape (rows, width). */
  public abstract Vectors leaf(RowTable table);

  /** The means of announced groups, shape (groups, width). */
  public abstract Vectors means(Pool pool);

  /**
   * Numbers that are not learnt.
   *
   * @param numbers shape (count, width), row by row
   */
  public abstract Vectors constant(float[] numbers, int width);

  /** Some of x, by their places, in any order and as often as wished: shape (places, width). */
  public abstract Vectors gather(Vectors x, int[] places);

  /** Rows of a table's leaf by their places. */
  public final Vectors gather(RowTable table, int[] places) {
    return gather(leaf(table), places);
  }

  /** The sum of vectors of one shape. */
  public abstract Vectors sum(List<Vectors> parts);

  /** Vectors of one count side by side. */
  public abstract Vectors joined(List<Vectors> parts);

  /** Groups of vectors that follow each other, side by side: shape (count / size, width * size). */
  public abstract Vectors grouped(Vectors x, int size);

  /** x times a number. */
  public abstract Vectors scaled(Vectors x, float factor);

  /** Each of x times a number of its own, which is not learnt: {@code y_i = factors_i x_i}. */
  public abstract Vectors weighed(Vectors x, float[] factors);

  /** Each of x plus a row, shape (1, width). */
  public abstract Vectors plusRow(Vectors x, Vectors row);

  /** Each of x times a row, dimension by dimension, shape (1, width). */
  public abstract Vectors timesRow(Vectors x, Vectors row);

  /** {@code x W}: shape (count, in) by (in, out). */
  public abstract Vectors product(Vectors x, Vectors weights);

  /** {@code max(0, x)}. */
  public abstract Vectors relu(Vectors x);

  /** The hyperbolic tangent. */
  public abstract Vectors tanh(Vectors x);

  /** {@code x / max(|x|, 1e-12)}. */
  public abstract Vectors normalized(Vectors x);

  /**
   * Inverted dropout (Srivastava et al., 2014): in training each number is zeroed with probability
   * {@code rate} and otherwise divided by {@code 1 - rate}. Which ones is a function of the step's
   * seed and of the place.
   */
  public final Vectors dropout(Vectors x, double rate, String place) {
    if (!training || rate == 0) {
      return x;
    }
    long placeSeed = CounterRandom.seedOf(seed, place);
    float[] mask = new float[x.count() * x.width()];
    float kept = (float) (1 / (1 - rate));
    for (int i = 0; i < mask.length; i++) {
      mask[i] = CounterRandom.uniform(placeSeed, 0, i) < rate ? 0 : kept;
    }
    return times(x, mask);
  }

  /** x times numbers that are not learnt, one by one, row by row. */
  protected abstract Vectors times(Vectors x, float[] mask);

  /**
   * Weighted means of the vectors of items taken, for each history one a scale: with {@code a_mk =
   * decayed_mk exp(time_mk + age_mk)}, {@code p_m = sum_k a_mk x_k / max(sum_k a_mk, 1e-6)}. A
   * history without items has means of 0.
   *
   * @param items x, the distinct ones
   * @return shape (histories * scales, width): the means of a history follow each other
   */
  public abstract Vectors historyMeans(Histories histories, Vectors items);

  /**
   * Means brought together, dimension by dimension: {@code y = sum_m exp(gate_m) mix_m p_m}.
   *
   * @param means p, shape (n * scales, width)
   * @param gates summed up, each of shape (n, scales); where there is none the factor is 1
   * @param mix shape (scales, width); where there is none the factor is 1
   * @return shape (n, width)
   */
  public abstract Vectors mixed(Vectors means, List<Vectors> gates, Optional<Vectors> mix);

  /**
   * Takes a softmax cross entropy into what is minimized.
   *
   * @return the loss summed over the queries, {@code -sum_i w_i ln softmax_i[positive_i]}, without
   *     the batch's scale
   */
  public abstract double crossEntropy(SoftmaxBatch batch);

  /**
   * Takes a squared error into what is minimized: {@code scale * sum_i w_i (x_i - value_i)^2}.
   *
   * @param x shape (count, 1)
   * @return what was taken in
   */
  public abstract double squaredError(Vectors x, float[] values, float[] weights, float scale);

  /**
   * The scores of queries by candidates, outside of any learning.
   *
   * @param queries shape (n, width), row by row
   * @param candidates shape (m, width), row by row
   * @return shape (n, m), row by row
   */
  public abstract float[] scores(float[] queries, float[] candidates, int width);

  /** The numbers of x, row by row. */
  public abstract float[] toArray(Vectors x);

  /**
   * Computes the gradient of what is minimized with respect to every row announced, and writes it
   * where {@link Lease#gradients} says.
   */
  protected abstract void backward();

  /**
   * Updates every row announced, once.
   *
   * @param step the training step, counted from 1
   * @throws DivergenceException if what would come of a weight or a slot is not finite; nothing is
   *     updated then
   */
  public final void learn(long step) {
    backward();
    leases.apply(step, arena, workers);
  }

  /** Ends the pass. */
  @Override
  public void close() {
    arena.reset();
  }

  /** All pools announced. */
  protected final List<Pool> pools() {
    return leases.pools();
  }
}
