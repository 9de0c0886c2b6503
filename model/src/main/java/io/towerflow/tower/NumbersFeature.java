package io.towerflow.tower;

import io.towerflow.arithmetic.Pass;
import io.towerflow.arithmetic.Vectors;
import io.towerflow.table.RowTable;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A few numbers x of an input as they are, or projected: {@code x W}, so that they can be added to
 * embeddings.
 *
 * @param count how many numbers
 * @param numbers gives them
 * @param projection W, a row a number; without it the feature is {@code count} wide
 * @param blank whether an input has none of them
 */
record NumbersFeature<C>(
    int count, Numbers<C> numbers, Optional<RowTable> projection, Predicate<C> blank)
    implements Feature<C> {

  /** Writes an input's numbers from an offset on. */
  @FunctionalInterface
  interface Numbers<C> {
    void write(C input, float[] out, int offset);
  }

  @Override
  public int width() {
    return projection.map(RowTable::width).orElse(count);
  }

  @Override
  public boolean isBlank(C input) {
    return blank.test(input);
  }

  @Override
  public Encoded encode(List<C> inputs, Pass pass) {
    float[] x = new float[inputs.size() * count];
    for (int i = 0; i < inputs.size(); i++) {
      numbers.write(inputs.get(i), x, i * count);
    }
    projection.ifPresent(table -> pass.all(table, count));
    return loaded -> {
      Vectors read = loaded.constant(x, count);
      return projection.map(table -> loaded.product(read, loaded.leaf(table))).orElse(read);
    };
  }
}
