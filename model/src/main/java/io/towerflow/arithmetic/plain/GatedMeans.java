package io.towerflow.arithmetic.plain;

import io.towerflow.arithmetic.Arena;
import io.towerflow.arithmetic.Histories;
import io.towerflow.kernel.Elementary;
import io.towerflow.kernel.Products;
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
  private final Arena arena;
  private final int scales;
  private final int width;

  /** a of the history i at the rows from i * scales on, shape (histories * scales, h). */
  private final float[][] weights;

  /** Whether the sum of a mean's weights was less than the least. */
  private final boolean[] clamped;

  GatedMeans(Histories histories, Matrix items, Matrix means, Arena arena) {
    this.histories = histories;
    this.items = items;
    this.means = means;
    this.arena = arena;
    this.scales = histories.scales();
    this.width = items.width();
    this.weights = arena.rows(means.count(), histories.longest());
    this.clamped = new boolean[means.count()];
  }

  private float[][] of(float[][] rows, int history) {
    return Arrays.copyOfRange(rows, history * scales, (history + 1) * scales);
  }

  void forward(float least) {
    int h = histories.longest();
    float[] gates = arena.rows(1, h * scales)[0];
    for (int i = 0; i < histories.count(); i++) {
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
    if (histories.times().isEmpty() && histories.ages().isEmpty()) {
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
    if (histories.times().isPresent()) {
      Histories.Gate gate = histories.times().get();
      exponent += Matrix.of(gate.exponents()).values()[timePlace(gate, i, k)][m];
    }
    if (histories.ages().isPresent()) {
      Histories.Gate gate = histories.ages().get();
      exponent += Matrix.of(gate.exponents()).values()[gate.places()[k]][m];
    }
    return exponent;
  }

  private int timePlace(Histories.Gate gate, int i, int k) {
    return gate.places()[i * histories.longest() + k];
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
    Optional<Histories.Gate> times = histories.times();
    Optional<Histories.Gate> ages = histories.ages();
    return (times.isEmpty() || timePlace(times.get(), i, k) == timePlace(times.get(), i, other))
        && (ages.isEmpty() || ages.get().places()[k] == ages.get().places()[other]);
  }

  void backward() {
    boolean gated = histories.times().isPresent() || histories.ages().isPresent();
    float[][] sums = arena.rows(scales, width);
    float[] along = new float[scales];
    for (int i = 0; i < histories.count(); i++) {
      int length = histories.lengths()[i];
      if (length == 0) {
        continue;
      }
      float[][] a = of(weights, i);
      float[][] gradients = of(means.gradients(), i);
      Products.addScattered(
          a,
          gradients,
          scales,
          items.gradients(),
          histories.places(),
          i * histories.longest(),
          0,
          length,
          width);
      if (gated) {
        backwardToGates(i, length, a, gradients, sums, along);
      }
    }
  }

  private void backwardToGates(
      int i, int length, float[][] a, float[][] gradients, float[][] sums, float[] along) {
    for (int m = 0; m < scales; m++) {
      along[m] =
          clamped[i * scales + m]
              ? 0
              : Products.dot(gradients[m], means.values()[i * scales + m], width);
    }
    for (int from = 0; from < length; ) {
      int to = endOfRun(i, from, length);
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
      for (int m = 0; m < scales; m++) {
        float share = 0;
        for (int k = from; k < to; k++) {
          share += a[m][k];
        }
        float gradient = Products.dot(gradients[m], sums[m], width) - share * along[m];
        addToGates(i, from, m, gradient);
      }
      from = to;
    }
  }

  private void addToGates(int i, int k, int m, float gradient) {
    if (histories.times().isPresent()) {
      Histories.Gate gate = histories.times().get();
      Matrix.of(gate.exponents()).gradients()[timePlace(gate, i, k)][m] += gradient;
    }
    if (histories.ages().isPresent()) {
      Histories.Gate gate = histories.ages().get();
      Matrix.of(gate.exponents()).gradients()[gate.places()[k]][m] += gradient;
    }
  }
}
