package io.towerflow.tower;

import io.towerflow.arithmetic.Pass;
import io.towerflow.arithmetic.Pool;
import io.towerflow.table.RowTable;
import java.util.List;
import java.util.function.Function;

/**
 * The mean of embeddings: of a text's tokens, or of a category's values. Zero where there are none.
 *
 * @param table the embeddings
 * @param rows which rows an input reads
 */
record MeanFeature<C>(RowTable table, Function<C, int[]> rows) implements Feature<C> {

  @Override
  public int width() {
    return table.width();
  }

  @Override
  public boolean isBlank(C input) {
    return rows.apply(input).length == 0;
  }

  @Override
  public Encoded encode(List<C> inputs, Pass pass) {
    int[][] groups = inputs.stream().map(rows).toArray(int[][]::new);
    Pool pool = pass.pool(table, groups);
    return loaded -> loaded.means(pool);
  }
}
