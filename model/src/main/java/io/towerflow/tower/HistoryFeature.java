package io.towerflow.tower;

import ai.djl.ndarray.NDArray;
import io.towerflow.optimizer.Optimizer;
import io.towerflow.spec.FeatureSpec;
import io.towerflow.table.Initializer;
import io.towerflow.table.RowTable;
import java.util.List;

/**
 * Decayed means of the embeddings of the last items, one mean a decay, mixed dimension by
 * dimension.
 *
 * <p>With items k = 0, 1, ... newest first, {@code dt_k} the time since item k was taken, and
 * decays m: {@code a_mk = decay_m^k * exp(gate[bucket(dt_k), m])}, {@code p_m = sum_k a_mk E_k /
 * sum_k a_mk}, {@code x = sum_m mix_m * p_m} where {@code mix_m} has a weight for each dimension. A
 * query without history has x = 0.
 */
final class HistoryFeature implements Feature<QueryContext> {

  private static final float LEAST_WEIGHT = 1e-6f;

  private final RowTable items;
  private final int length;
  private final float[][] decayed;
  private final RowTable gates;
  private final RowTable mix;

  /**
   * Describes the feature.
   *
   * @param items the items' embeddings, the candidates' own
   */
  HistoryFeature(FeatureSpec.History spec, RowTable items, Optimizer optimizer, long seed) {
    this.items = items;
    this.length = spec.items();
    int scales = spec.decays().size();
    this.decayed = new float[scales][length];
    for (int m = 0; m < scales; m++) {
      for (int k = 0; k < length; k++) {
        decayed[m][k] = (float) Math.pow(spec.decays().get(m), k);
      }
    }
    this.gates =
        spec.timeGate()
            ? new RowTable("history_gate", scales, Initializer.constant(0), optimizer, seed)
            : null;
    this.mix =
        scales > 1
            ? new RowTable(
                "history_mix", items.width(), blocks(scales, items.width()), optimizer, seed)
            : null;
  }

  /** Each scale starts out speaking for its own block of dimensions, and softly for the others. */
  private static Initializer blocks(int scales, int width) {
    return (seed, scale, column) ->
        column >= scale * width / scales && column < (scale + 1) * width / scales ? 1f : 0.1f;
  }

  /** The tables that this feature owns, besides the items' embeddings. */
  List<RowTable> ownTables() {
    return java.util.stream.Stream.of(gates, mix).filter(java.util.Objects::nonNull).toList();
  }

  @Override
  public int width() {
    return items.width();
  }

  @Override
  public boolean isBlank(QueryContext input) {
    return input.recentItems().length == 0;
  }

  @Override
  public Encoded encode(List<QueryContext> inputs, Step step) {
    int n = inputs.size();
    int scales = decayed.length;
    int longest = 1;
    for (QueryContext input : inputs) {
      longest = Math.max(longest, Math.min(length, input.recentItems().length));
    }
    int h = longest;
    int[] positions = new int[n * h];
    int[] gaps = new int[n * h];
    float[] weights = new float[n * scales * h];
    // Padding reads row 0 with weight 0.
    int padding = step.row(items, 0);
    int noGap = gates == null ? 0 : step.row(gates, 0);
    for (int i = 0; i < n; i++) {
      QueryContext input = inputs.get(i);
      int taken = Math.min(h, input.recentItems().length);
      for (int k = 0; k < h; k++) {
        boolean there = k < taken;
        positions[i * h + k] = there ? step.row(items, input.recentItems()[k]) : padding;
        if (gates != null) {
          gaps[i * h + k] =
              there
                  ? step.row(gates, LogBuckets.gap(input.time() - input.recentTimes()[k]))
                  : noGap;
        }
        if (there) {
          for (int m = 0; m < scales; m++) {
            weights[(i * scales + m) * h + k] = decayed[m][k];
          }
        }
      }
    }
    if (mix != null) {
      step.all(mix, scales);
    }
    return loaded -> vectors(loaded, n, h, positions, gaps, weights);
  }

  private NDArray vectors(Step step, int n, int h, int[] positions, int[] gaps, float[] weights) {
    int scales = decayed.length;
    NDArray rows = step.gather(items, positions, n, h);
    NDArray a = step.floats(weights, n, scales, h);
    if (gates != null) {
      a = a.mul(step.gather(gates, gaps, n, h).exp().transpose(0, 2, 1));
    }
    NDArray means =
        a.batchMatMul(rows).div(a.sum(new int[] {2}, true).maximum(step.number(LEAST_WEIGHT)));
    return mix == null ? means.reshape(n, width()) : means.mul(step.leaf(mix)).sum(new int[] {1});
  }
}
