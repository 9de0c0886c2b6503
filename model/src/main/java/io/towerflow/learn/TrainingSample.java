package io.towerflow.learn;

import io.towerflow.loss.SoftmaxAdjustment;
import io.towerflow.spec.LossSpec;
import io.towerflow.table.RowSet;
import io.towerflow.tower.CandidateContext;
import io.towerflow.tower.QueryContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What one training step sees: the instances to learn, and the distinct candidates among which each
 * one's item is to be found.
 *
 * @param instances none of them blank or without weight
 * @param columns the candidates, by position in the catalogue: the instances' items, then uniform
 *     draws; or the whole catalogue
 * @param candidates what the tower reads of each column
 * @param positives the column of each instance's item
 * @param counts how many times each column was sampled
 * @param draws how many of the samples were drawn uniformly
 * @param full whether the candidates are the whole catalogue, each item once, and so no sample
 */
record TrainingSample(
    List<Instance> instances,
    RowSet columns,
    List<CandidateContext> candidates,
    int[] positives,
    int[] counts,
    int draws,
    boolean full) {

  /** Gives the i-th uniform draw: a position in the catalogue. */
  @FunctionalInterface
  interface Draw {
    int position(int i);
  }

  /**
   * Samples for a step, as the loss declares.
   *
   * @param now the ordinal that candidates are built for
   * @param draw is asked only where the loss needs uniform draws
   */
  static TrainingSample of(
      List<Instance> instances,
      Catalogue catalogue,
      Candidates candidates,
      long now,
      LossSpec loss,
      Draw draw) {
    boolean full = catalogue.size() <= loss.fullCatalogueUntil();
    int draws = full ? 0 : loss.uniformNegatives();
    RowSet columns = new RowSet();
    for (int position = 0; full && position < catalogue.size(); position++) {
      columns.add(position);
    }
    int[] positives = new int[instances.size()];
    for (int i = 0; i < positives.length; i++) {
      positives[i] = columns.add(catalogue.position(instances.get(i).item()));
    }
    int[] drawn = new int[draws];
    for (int i = 0; i < draws; i++) {
      drawn[i] = columns.add(draw.position(i));
    }
    int[] counts = new int[columns.size()];
    if (full) {
      Arrays.fill(counts, 1);
    } else {
      for (int column : positives) {
        counts[column]++;
      }
      for (int column : drawn) {
        counts[column]++;
      }
    }
    List<CandidateContext> contexts = new ArrayList<>(columns.size());
    for (int column = 0; column < columns.size(); column++) {
      contexts.add(candidates.at(columns.row(column), now));
    }
    return new TrainingSample(instances, columns, contexts, positives, counts, draws, full);
  }

  /** The instances' queries. */
  List<QueryContext> queries() {
    return instances.stream().map(Instance::query).toList();
  }

  /** What each instance's loss is multiplied by. */
  float[] weights() {
    float[] weights = new float[instances.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = instances.get(i).weight();
    }
    return weights;
  }

  /**
   * How often each column was expected among the samples, by the popularity as it stands: once
   * where the columns are the whole catalogue, so that there is nothing to correct.
   */
  double[] expected(Popularity popularity, int known) {
    double[] probabilities = new double[counts.length];
    if (full) {
      Arrays.fill(probabilities, 1);
      return probabilities;
    }
    for (int column = 0; column < probabilities.length; column++) {
      probabilities[column] = popularity.frequency(columns.row(column), known);
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
