package io.towerflow.tower;

import io.towerflow.arithmetic.Pass;
import io.towerflow.arithmetic.Vectors;
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
  Feature.Encoded encode(List<C> inputs, Pass pass) {
    List<Feature.Encoded> encoded =
        features.stream().map(feature -> feature.encode(inputs, pass)).toList();
    layers.forEach(layer -> layer.announce(pass));
    return loaded -> forward(encoded, loaded);
  }

  private Vectors forward(List<Feature.Encoded> encoded, Pass pass) {
    List<Vectors> parts = encoded.stream().map(feature -> feature.vectors(pass)).toList();
    Vectors x = spec.combine() == TowerSpec.Combine.SUM ? pass.sum(parts) : pass.joined(parts);
    for (int i = 0; i < layers.size(); i++) {
      x = layers.get(i).forward(pass.dropout(x, spec.dropout(), name + i), pass);
      if (i < layers.size() - 1) {
        x = pass.relu(x);
      }
    }
    return spec.normalize() ? pass.normalized(x) : x;
  }
}
