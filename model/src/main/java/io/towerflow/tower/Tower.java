package io.towerflow.tower;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Activation;
import io.towerflow.spec.TowerSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * One tower: features combined into one vector, dense layers with ReLU on all but the last,
 * optionally scaled to length 1.
 *
 * @param <C> what the tower's vectors are built from
 */
final class Tower<C> {

  private static final double LEAST_NORM = 1e-12;

  private final List<Feature<C>> features;
  private final List<DenseLayer> layers = new ArrayList<>();
  private final TowerSpec spec;
  private final String name;
  private final int width;

  Tower(String name, List<Feature<C>> features, TowerSpec spec, Parameters parameters) {
    this.features = List.copyOf(features);
    this.spec = spec;
    this.name = parameters.named(name); // members leave out different inputs
    int in =
        spec.combine() == TowerSpec.Combine.SUM
            ? features.get(0).width()
            : features.stream().mapToInt(Feature::width).sum();
    for (int i = 0; i < spec.layers().size(); i++) {
      DenseLayer layer = new DenseLayer(name + ".dense" + i, in, spec.layers().get(i), parameters);
      layers.add(layer);
      in = layer.out();
    }
    width = in;
  }

  /** The output's width. */
  int width() {
    return width;
  }

  /** Whether an input carries nothing for any feature, so that its vector says nothing. */
  boolean isBlank(C input) {
    for (Feature<C> feature : features) {
      if (!feature.isBlank(input)) {
        return false;
      }
    }
    return true;
  }

  /** Names the rows that the inputs need; the result gives vectors of shape (inputs, width). */
  Feature.Encoded encode(List<C> inputs, Step step) {
    List<Feature.Encoded> encoded =
        features.stream().map(feature -> feature.encode(inputs, step)).toList();
    layers.forEach(layer -> layer.announce(step));
    return loaded -> forward(encoded, loaded);
  }

  private NDArray forward(List<Feature.Encoded> encoded, Step step) {
    NDList parts = new NDList();
    encoded.forEach(feature -> parts.add(feature.vectors(step)));
    NDArray x = combine(parts);
    for (int i = 0; i < layers.size(); i++) {
      x = layers.get(i).forward(step.dropout(x, spec.dropout(), name + i), step);
      if (i < layers.size() - 1) {
        x = Activation.relu(x);
      }
    }
    return spec.normalize() ? x.normalize(2, 1, LEAST_NORM) : x;
  }

  private NDArray combine(NDList parts) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    return spec.combine() == TowerSpec.Combine.SUM
        ? NDArrays.add(parts.toArray(new NDArray[0]))
        : NDArrays.concat(parts, 1);
  }
}
