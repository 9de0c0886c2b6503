package io.towerflow.tower;

import io.towerflow.arithmetic.Pass;
import io.towerflow.table.Initializer;
import io.towerflow.table.RowTable;
import java.util.List;

/**
 * What popularity adds to a score: {@code c . phi}, phi being an item's popularity numbers and c
 * the query's weights of them, {@code c = base + gap[bucket(time since the last item)] +
 * taken[bucket(items taken)]}, all learned from 0.
 */
final class PopularityTerm {

  private final RowTable base;
  private final RowTable gaps;
  private final RowTable taken;

  PopularityTerm(int width, Parameters parameters) {
    base = parameters.table("popularity_base", width, Initializer.constant(0));
    gaps = parameters.table("popularity_gap", width, Initializer.constant(0));
    taken = parameters.table("popularity_taken", width, Initializer.constant(0));
  }

  /** Names the rows; the result gives the queries' weights, shape (inputs, width). */
  Feature.Encoded encode(List<QueryContext> inputs, Pass pass) {
    int n = inputs.size();
    int[] gapRows = new int[n];
    int[] takenRows = new int[n];
    pass.all(base, 1);
    for (int i = 0; i < n; i++) {
      QueryContext input = inputs.get(i);
      gapRows[i] = pass.row(gaps, HistoryFeature.pause(input));
      takenRows[i] = pass.row(taken, HistoryFeature.taken(input));
    }
    return loaded ->
        loaded.plusRow(
            loaded.sum(List.of(loaded.gather(gaps, gapRows), loaded.gather(taken, takenRows))),
            loaded.leaf(base));
  }
}
