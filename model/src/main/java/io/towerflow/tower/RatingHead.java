package io.towerflow.tower;

import io.towerflow.arithmetic.Pass;
import io.towerflow.arithmetic.Vectors;
import io.towerflow.spec.RatingSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Foretells a rating from the towers' outputs, joined: dense layers with ReLU, then one of a single
 * number without, as in the multitask tutorial of TensorFlow Recommenders.
 */
final class RatingHead {

  private final List<DenseLayer> layers = new ArrayList<>();
  private final double weight;

  /**
   * An untrained head.
   *
   * @param width the width of the two towers' outputs together
   */
  RatingHead(RatingSpec spec, int width, Parameters parameters) {
    weight = spec.weight();
    List<Integer> sizes = new ArrayList<>(spec.layers());
    sizes.add(1);
    int in = width;
    for (int i = 0; i < sizes.size(); i++) {
      layers.add(new DenseLayer("rating.dense" + i, in, sizes.get(i), parameters));
      in = sizes.get(i);
    }
  }

  /** Names the rows that the head reads. */
  void announce(Pass pass) {
    layers.forEach(layer -> layer.announce(pass));
  }

  /**
   * The ratings foretold.
   *
   * @param queries the query tower's outputs, shape (k, query width)
   * @param candidates the candidate tower's outputs, shape (k, candidate width)
   * @return shape (k, 1)
   */
  Vectors forward(Vectors queries, Vectors candidates, Pass pass) {
    Vectors x = pass.joined(List.of(queries, candidates));
    for (int i = 0; i < layers.size(); i++) {
      x = layers.get(i).forward(x, pass);
      if (i < layers.size() - 1) {
        x = pass.relu(x);
      }
    }
    return x;
  }

  /**
   * Takes the head's part of a step's loss into what is minimized: {@code weight sum_i w_i
   * (predicted_i - value_i)^2}, divided by {@code sum_i w_i} for the mean.
   *
   * @param queries the query tower's outputs of all queries
   * @param candidates the candidate tower's outputs of all candidates
   * @return that part
   */
  double loss(Vectors queries, Vectors candidates, Ratings ratings, boolean mean, Pass pass) {
    Vectors predicted =
        forward(
            pass.gather(queries, ratings.queries()),
            pass.gather(candidates, ratings.candidates()),
            pass);
    double weights = 0;
    for (float each : ratings.weights()) {
      weights += each;
    }
    return pass.squaredError(
        predicted, ratings.values(), ratings.weights(), (float) (mean ? weight / weights : weight));
  }
}
