package io.towerflow.tower;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
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
  void announce(Step step) {
    layers.forEach(layer -> layer.announce(step));
  }

  /**
   * The ratings foretold.
   *
   * @param queries the query tower's outputs, shape (k, query width)
   * @param candidates the candidate tower's outputs, shape (k, candidate width)
   * @return shape (k, 1)
   */
  NDArray forward(NDArray queries, NDArray candidates, Step step) {
    NDArray x = queries.concat(candidates, 1);
    for (int i = 0; i < layers.size(); i++) {
      x = layers.get(i).forward(x, step);
      if (i < layers.size() - 1) {
        x = Activation.relu(x);
      }
    }
    return x;
  }

  /**
   * The head's part of a step's loss: {@code weight sum_i w_i (predicted_i - value_i)^2}, divided
   * by {@code sum_i w_i} for the mean.
   *
   * @param queries the query tower's outputs of all queries
   * @param candidates the candidate tower's outputs of all candidates
   * @return a scalar
   */
  NDArray loss(NDArray queries, NDArray candidates, Ratings ratings, boolean mean, Step step) {
    int k = ratings.size();
    NDArray predicted =
        forward(
            step.gather(queries, ratings.queries(), k),
            step.gather(candidates, ratings.candidates(), k),
            step);
    NDArray error = predicted.sub(step.floats(ratings.values(), k, 1));
    double weights = 0;
    for (float each : ratings.weights()) {
      weights += each;
    }
    return error
        .mul(error)
        .mul(step.floats(ratings.weights(), k, 1))
        .sum()
        .mul(step.number((float) (mean ? weight / weights : weight)));
  }
}
