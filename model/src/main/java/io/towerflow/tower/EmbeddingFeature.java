package io.towerflow.tower;

import io.towerflow.arithmetic.Pass;
import io.towerflow.table.RowTable;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * An embedding by index: of an id, or of a bucket of time.
 *
 * @param table the embeddings
 * @param index which row an input reads
 */
record EmbeddingFeature<C>(RowTable table, ToIntFunction<C> index) implements Feature<C> {

  @Override
  public int width() {
    return table.width();
  }

  @Override
  public Encoded encode(List<C> inputs, Pass pass) {
    int[] places = new int[inputs.size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = pass.row(table, index.applyAsInt(inputs.get(i)));
    }
    return loaded -> loaded.gather(table, places);
  }
}
