package io.towerflow.arithmetic.plain;

import io.towerflow.arithmetic.Arena;
import io.towerflow.arithmetic.Histories;
import io.towerflow.kernel.Elementary;
import io.towerflow.kernel.Products;
import io.towerflow.kernel.Workers;
import java.util.Arrays;
import java.util.Optional;

/**
 * The gated means of histories, forward and backward: {@code p_m = sum_k a_mk x_k}, {@code a_mk =
 * decayed_mk exp(gate_mk) / max(sum_k decayed_mk exp(gate_mk), least)}.
 *
 * <p>The gates of neighbours in a history are mostly those of the same rows: a history falls into a
 * few <em>runs</em> of items that share their gates. With {@code s_m = sum over a run of a_mk x_k},
 * the gradient of the run's gate in the mean m is {@code dp_m . s_m - (sum over the run of a_mk)
 * (dp_m . p_m)}: a dot product a run, not one an item.
 */
final class GatedMeans {

  private final Histories histories;
  private final Matrix items;
  private final Matrix means;
  private final Optional<Gate> times;
  private final Optional<Gate> ages;
  private final Arena arena;
  private final Workers workers;
  private final int scales;
  private final int width;

  /** Multiply-adds of all histories together, those of one thing that is done for each item. */
  private final long work;

  /** a of the history i at the rows from i * scales on, shape (histories * scales, h). */
  private final float[][] weights;

  /** Whether the sum of a mean's weights was less than the least. */
  private final boolean[] clamped;

  /** Exponents as a matrix, since threads are about to read them. */
  private record Gate(Matrix exponents, int[] places) {

    static Gate of(Histories.Gate gate) {
      return new Gate(Matrix.of(gate.exponents()), gate.places());
    }
  }

  GatedMeans(Histories histories, Matrix items, Matrix means, Arena arena, Workers workers) {
    this.histories = histories;
    this.items = items;
    this.means = means;
    this.times = histories.times().map(Gate::of);
    this.ages = histories.ages().map(Gate::of);
    this.arena = arena;
    this.workers = workers;
    this.scales = histories.scales();
    this.width = items.width();
    this.work = Arrays.stream(histories.lengths()).asLongStream().sum() * scales * width;
    this.weights = arena.rows(means.count(), histories.longest());
    this.clamped = new boolean[means.count()];
  }

  private float[][] of(float[][] rows, int history) {
    return Arrays.copyOfRange(rows, history * scales, (history + 1) * scales);
  }

  void forward(float least) {
    workers.run(histories.count(), work, (from, to) -> forward(least, from, to));
  }

  private void forward(float least, int from, int to) {
    int h = histories.longest();
    float[] gates = new float[h * scales];
    for (int i = from; i < to; i++) {
      int length = histories.lengths()[i];
      if (length == 0) {
        continue;
      }
      float[][] a = of(weights, i);
      weigh(i, length, a, gates);
      for (int m = 0; m < scales; m++) {
        float total = Elementary.sum(a[m], length);
        clamped[i * scales + m] = total < least;
        float share = 1 / Math.max(total, least);
        for (int k = 0; k < length; k++) {
          a[m][k] *= share;
        }
      }
      Products.addGathered(
          a,
          items.values(),
          histories.places(),
          i * h,
          0,
          length,
          of(means.values(), i),
          scales,
          width);
    }
  }

  /** The weights of a history before they are brought to a sum of 1. */
  private void weigh(int i, int length, float[][] a, float[] gates) {
    for (int m = 0; m < scales; m++) {
      System.arraycopy(histories.decayed()[m], 0, a[m], 0, length);
    }
    if (times.isEmpty() && ages.isEmpty()) {
      return;
    }
    int runs = 0;
    for (int from = 0; from < length; from = endOfRun(i, from, length)) {
      for (int m = 0; m < scales; m++) {
        gates[runs * scales + m] = exponent(i, from, m);
      }
      runs++;
    }
    Elementary.exp(gates, runs * scales);
    int run = 0;
    for (int from = 0; from < length; run++) {
      int to = endOfRun(i, from, length);
      for (int m = 0; m < scales; m++) {
        for (int k = from; k < to; k++) {
          a[m][k] *= gates[run * scales + m];
        }
      }
      from = to;
    }
  }

  private float exponent(int i, int k, int m) {
    float exponent = 0;
    if (times.isPresent()) {
      exponent += times.get().exponents.values()[timePlace(i, k)][m];
    }
    if (ages.isPresent()) {
      exponent += ages.get().exponents.values()[ages.get().places[k]][m];
    }
    return exponent;
  }

  private int timePlace(int i, int k) {
    return times.get().places[i * histories.longest() + k];
  }

  /** Where the run of items ends that share the gates of one. */
  private int endOfRun(int i, int from, int length) {
    int to = from + 1;
    while (to < length && sharesGates(i, from, to)) {
      to++;
    }
    return to;
  }

  private boolean sharesGates(int i, int k, int other) {
    return (times.isEmpty() || timePlace(i, k) == timePlace(i, other))
        && (ages.isEmpty() || ages.get().places[k] == ages.get().places[other]);
  }

  void backward() {
    Matrix.inParts(workers, work, this::backwardToItems);
    if (times.isPresent() || ages.isPresent()) {
      float[][] slopes = arena.rows(histories.count(), histories.longest() * scales);
      workers.run(histories.count(), work, (from, to) -> slopesOfGates(slopes, from, to));
      for (int i = 0; i < histories.count(); i++) {
        addToGates(i, slopes[i]);
      }
    }
  }

  /** To the items that are in some parts. */
  private void backwardToItems(int from, int to) {
    int h = histories.longest();
    int[] chosen = new int[h];
    for (int i = 0; i < histories.count(); i++) {
      int count = 0;
      for (int k = 0; k < histories.lengths()[i]; k++) {
        if (items.isIn(histories.places()[i * h + k], from, to)) {
          chosen[count++] = k;
        }
      }
      if (count > 0) {
        Products.addScattered(
            of(weights, i),
            of(means.gradients(), i),
            scales,
            items.gradients(),
            histories.places(),
            i * h,
            chosen,
            count,
            width);
      }
    }
  }

  /** The gradients of the gates of some histories, run by run. */
  private void slopesOfGates(float[][] slopes, int first, int end) {
    float[][] sums = new float[scales][width];
    float[] along = new float[scales];
    for (int i = first; i < end; i++) {
      int length = histories.lengths()[i];
      float[][] a = of(weights, i);
      float[][] gradients = of(means.gradients(), i);
      for (int m = 0; m < scales && length > 0; m++) {
        along[m] =
            clamped[i * scales + m]
                ? 0
                : Products.dot(gradients[m], means.values()[i * scales + m], width);
      }
      int at = 0;
      for (int from = 0; from < length; at += scales) {
        int to = endOfRun(i, from, length);
        slopesOfRun(i, from, to, a, gradients, sums, along, slopes[i], at);
        from = to;
      }
    }
  }

  private void slopesOfRun(
      int i,
      int from,
      int to,
      float[][] a,
      float[][] gradients,
      float[][] sums,
      float[] along,
      float[] slopes,
      int at) {
    if (to == from + 1) {
      float[] item = items.values()[histories.places()[i * histories.longest() + from]];
      for (int m = 0; m < scales; m++) {
        slopes[at + m] = a[m][from] * (Products.dot(gradients[m], item, width) - along[m]);
      }
      return;
    }
    sumRun(i, from, to, a, sums);
    for (int m = 0; m < scales; m++) {
      float share = 0;
      for (int k = from; k < to; k++) {
        share += a[m][k];
      }
      slopes[at + m] = Products.dot(gradients[m], sums[m], width) - share * along[m];
    }
  }

  private void sumRun(int i, int from, int to, float[][] a, float[][] sums) {
    for (float[] sum : sums) {
      Arrays.fill(sum, 0, width, 0);
    }
    Products.addGathered(
        a,
        items.values(),
        histories.places(),
        i * histories.longest(),
        from,
        to,
        sums,
        scales,
        width);
  }

  private void addToGates(int i, float[] slopes) {
    int length = histories.lengths()[i];
    int at = 0;
    for (int from = 0; from < length; from = endOfRun(i, from, length)) {
      for (int m = 0; m < scales; m++, at++) {
        if (times.isPresent()) {
          times.get().exponents.gradients()[timePlace(i, from)][m] += slopes[at];
        }
        if (ages.isPresent()) {
          ages.get().exponents.gradients()[ages.get().places[from]][m] += slopes[at];
        }
      }
    }
  }
}
