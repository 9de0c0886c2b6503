package io.towerflow.tower;

import io.towerflow.table.RowTable;
import java.util.List;

/**
 * The mean of the embeddings of a text's tokens.
 *
 * @param table the tokens' embeddings
 * @param field which of the candidate's texts
 */
record TextFeature(RowTable table, int field) implements Feature<CandidateContext> {

  @Override
  public int width() {
    return table.width();
  }

  @Override
  public Encoded encode(List<CandidateContext> inputs, Step step) {
    int[][] groups = inputs.stream().map(input -> input.tokens()[field]).toArray(int[][]::new);
    Step.Pool pool = step.pool(table, groups);
    return loaded -> pool.leaf();
  }
}
