package io.towerflow.learn;

import io.towerflow.loss.SoftmaxAdjustment;
import io.towerflow.spec.LossSpec;
import io.towerflow.table.RowSet;
import io.towerflow.tower.CandidateContext;
import io.towerflow.tower.QueryContext;
import io.towerflow.tower.Ratings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What one training step sees: the instances to learn, and the distinct candidates among which each
 * one's item is to be found.
 *
 * @param instances those whose item is to be found
 * @param queries of the instances, then of those that are there for their ratings alone
 * @param columns the candidates, by position in the catalogue: the instances' items, then uniform
 *     draws; or the whole catalogue
 * @param candidates what the tower reads of each column, then of each other item that is rated
 * @param positives the column of each instance's item
 * @param counts how many times each column was sampled
 * @param draws how many of the samples were drawn uniformly
 * @param ratings what the rating head learns, by the places of queries and candidates
 * @param full whether the candidates are the whole catalogue, each item once, and so no sample
 */
record TrainingSample(
    List<Instance> instances,
    List<QueryContext> queries,
    RowSet columns,
    List<CandidateContext> candidates,
    int[] positives,
    int[] counts,
    int draws,
    Ratings ratings,
    boolean full) {

  /** Gives the i-th uniform draw: a position in the catalogue. */
  @FunctionalInterface
  interface Draw {
    int position(int i);
  }

  /**
   * Samples for a step, as the loss declares.
   *
   * @param all what is to be learnt: none of it blank or without anything to teach
   * @param now the ordinal that candidates are built for
   * @param draw is asked only where the loss needs uniform draws
   */
  static TrainingSample of(
      List<Instance> all,
      Catalogue catalogue,
      Candidates candidates,
      long now,
      LossSpec loss,
      Draw draw) {
    List<Instance> instances = all.stream().filter(Instance::positive).toList();
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
    List<Instance> ordered = new ArrayList<>(instances);
    all.stream().filter(instance -> !instance.positive()).forEach(ordered::add);
    RowSet others = new RowSet();
    Ratings ratings = ratings(ordered, catalogue, columns, others);
    List<CandidateContext> contexts = candidates.at(columns.toArray(), now);
    contexts.addAll(candidates.at(others.toArray(), now));
    return new TrainingSample(
        instances,
        ordered.stream().map(Instance::query).toList(),
        columns,
        contexts,
        positives,
        counts,
        draws,
        ratings,
        full);
  }

  /**
   * The ratings of instances, and the items among them that are no columns: their candidates come
   * after those of the columns.
   */
  private static Ratings ratings(
      List<Instance> ordered, Catalogue catalogue, RowSet columns, RowSet others) {
    int[] rated =
        IntStream.range(0, ordered.size()).filter(i -> ordered.get(i).isRated()).toArray();
    int[] places = new int[rated.length];
    float[] values = new float[rated.length];
    float[] weights = new float[rated.length];
    for (int r = 0; r < rated.length; r++) {
      Instance instance = ordered.get(rated[r]);
      int position = catalogue.position(instance.item());
      int column = columns.find(position);
      places[r] = column >= 0 ? column : columns.size() + others.add(position);
      values[r] = instance.value();
      weights[r] = instance.weight();
    }
    return new Ratings(rated, places, values, weights);
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
  SoftmaxAdjustment.SeenColumns seenColumns() {
    RowSet items = new RowSet();
    for (int column = 0; column < columns.size(); column++) {
      items.add(candidates.get(column).item());
    }
    Map<Taken, int[]> ofEach = new HashMap<>();
    return i -> ofEach.computeIfAbsent(instances.get(i).taken(), taken -> columns(taken, items));
  }

  private static int[] columns(Taken taken, RowSet items) {
    RowSet found = new RowSet();
    taken.among(items, found::add);
    return found.toArray();
  }
}
