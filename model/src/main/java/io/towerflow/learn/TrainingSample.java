package io.towerflow.learn;

import io.towerflow.loss.SoftmaxAdjustment;
import io.towerflow.table.RowSet;
import io.towerflow.tower.CandidateContext;
import io.towerflow.tower.QueryContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one training step sees: the queries of a batch, and the distinct candidates among which each
 * query's item is to be found.
 *
 * @param examples the batch's examples, without those whose query is blank
 * @param queries their queries
 * @param columns the candidates, by position in the catalogue: the examples' items, then uniform
 *     draws
 * @param candidates what the tower reads of each column
 * @param positives the column of each example's item
 * @param counts how many times each column was sampled
 * @param draws how many of the samples were drawn uniformly
 */
record TrainingSample(
    List<Example> examples,
    List<QueryContext> queries,
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
   * Samples for a batch.
   *
   * @param examples whose queries are not blank
   * @param now the ordinal that candidates are built for
   */
  static TrainingSample of(
      List<Example> examples,
      Catalogue catalogue,
      Candidates candidates,
      long now,
      int draws,
      Draw draw) {
    RowSet columns = new RowSet();
    int[] positives = new int[examples.size()];
    List<QueryContext> queries = new ArrayList<>(examples.size());
    for (int i = 0; i < positives.length; i++) {
      positives[i] = columns.add(catalogue.position(examples.get(i).itemIndex()));
      queries.add(Scorer.context(examples.get(i)));
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
    return new TrainingSample(examples, queries, columns, contexts, positives, counts, draws);
  }

  /** How often each column was expected among the samples, by the popularity as it stands. */
  double[] expected(Popularity popularity, int known) {
    double[] probabilities = new double[counts.length];
    for (int column = 0; column < probabilities.length; column++) {
      probabilities[column] =
          popularity.probability(Candidates.CORRECTION, columns.row(column), known);
    }
    return SoftmaxAdjustment.expected(examples.size(), probabilities, draws, known);
  }

  /** The columns of the items that an example's user has taken by the end of the batch. */
  SoftmaxAdjustment.SeenColumns seenColumns(Catalogue catalogue) {
    Map<Integer, Example> latest = new HashMap<>();
    for (Example example : examples) {
      latest.put(example.before().index(), example);
    }
    return (i, out) -> {
      Example last = latest.get(examples.get(i).before().index());
      int found = 0;
      for (int item : last.before().seen()) {
        int column = columns.find(catalogue.position(item));
        if (column >= 0) {
          out[found++] = column;
        }
      }
      if (!last.before().hasSeen(last.itemIndex())) {
        out[found++] = columns.find(catalogue.position(last.itemIndex()));
      }
      return found;
    };
  }
}
