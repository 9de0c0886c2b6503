package io.towerflow.learn;

import io.towerflow.loss.SoftmaxAdjustment;
import io.towerflow.table.RowSet;
import io.towerflow.tower.CandidateContext;
import io.towerflow.tower.QueryContext;
import java.util.ArrayList;
import java.util.List;

/**
 * What one training step sees: the instances to learn, and the distinct candidates among which each
 * one's item is to be found.
 *
 * @param instances none of them blank
 * @param columns the candidates, by position in the catalogue: the instances' items, then uniform
 *     draws
 * @param candidates what the tower reads of each column
 * @param positives the column of each instance's item
 * @param counts how many times each column was sampled
 * @param draws how many of the samples were drawn uniformly
 */
record TrainingSample(
    List<Instance> instances,
    RowSet columns,
    List<CandidateContext> candidates,
    int[] positives,
    int[] counts,
    int draws) {

  /** Gives the i-th uniform draw: a position in the catalogue. */
  @FunctionalInterface
  interface Draw {
    int position(int i);
  }

  /**
   * Samples for a step.
   *
   * @param now the ordinal that candidates are built for
   */
  static TrainingSample of(
      List<Instance> instances,
      Catalogue catalogue,
      Candidates candidates,
      long now,
      int draws,
      Draw draw) {
    RowSet columns = new RowSet();
    int[] positives = new int[instances.size()];
    for (int i = 0; i < positives.length; i++) {
      positives[i] = columns.add(catalogue.position(instances.get(i).item()));
    }
    int[] drawn = new int[draws];
    for (int i = 0; i < draws; i++) {
      drawn[i] = columns.add(draw.position(i));
    }
    int[] counts = new int[columns.size()];
    for (int column : positives) {
      counts[column]++;
    }
    for (int column : drawn) {
      counts[column]++;
    }
    List<CandidateContext> contexts = new ArrayList<>(columns.size());
    for (int column = 0; column < columns.size(); column++) {
      contexts.add(candidates.at(columns.row(column), now));
    }
    return new TrainingSample(instances, columns, contexts, positives, counts, draws);
  }

  /** The instances' queries. */
  List<QueryContext> queries() {
    return instances.stream().map(Instance::query).toList();
  }

  /** How often each column was expected among the samples, by the popularity as it stands. */
  double[] expected(Popularity popularity, int known) {
    double[] probabilities = new double[counts.length];
    for (int column = 0; column < probabilities.length; column++) {
      probabilities[column] =
          popularity.probability(Candidates.CORRECTION, columns.row(column), known);
    }
    return SoftmaxAdjustment.expected(instances.size(), probabilities, draws, known);
  }

  /** The columns of the items that an instance's user has taken. */
  SoftmaxAdjustment.SeenColumns seenColumns(Catalogue catalogue) {
    return (i, out) -> {
      int found = 0;
      for (int item : instances.get(i).taken()) {
        int column = columns.find(catalogue.position(item));
        if (column >= 0) {
          out[found++] = column;
        }
      }
      return found;
    };
  }
}
