package io.towerflow.tower;

import io.towerflow.arithmetic.Pass;
import io.towerflow.table.RowTable;
import java.util.List;

/**
 * Another feature's vectors, multiplied by learned factors, one a dimension: what says little can
 * begin softly, and grow where it proves its worth.
 *
 * @param feature gives the vectors
 * @param gains one row of as many factors as the vectors are wide
 */
record GainedFeature<C>(Feature<C> feature, RowTable gains) implements Feature<C> {

  @Override
  public int width() {
    return feature.width();
  }

  @Override
  public boolean isBlank(C input) {
    return feature.isBlank(input);
  }

  @Override
  public Encoded encode(List<C> inputs, Pass pass) {
    Encoded vectors = feature.encode(inputs, pass);
    pass.all(gains, 1);
    return loaded -> loaded.timesRow(vectors.vectors(loaded), loaded.leaf(gains));
  }
}
