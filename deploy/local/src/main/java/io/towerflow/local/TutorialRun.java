package io.towerflow.local;

import io.towerflow.metrics.TopKAccuracy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How one variant of a spec did on a split.
 *
 * @param measurements by rising epoch, at least one
 */
record TutorialRun(SpecVariant variant, List<Measurement> measurements) {

  /**
   * Accuracy after an epoch.
   *
   * @param loss the mean loss of an event in that epoch
   * @param all among all candidates
   * @param unseen among the candidates without the items of the user's training events
   * @param seconds since the run began
   */
  record Measurement(
      int epoch, double loss, TopKAccuracy all, TopKAccuracy unseen, double seconds) {

    /** By the names that the files have. */
    Map<String, Object> figures() {
      Map<String, Object> figures = new LinkedHashMap<>();
      figures.put("epoch", epoch);
      figures.put("loss", loss);
      TopKAccuracy.DEPTHS.forEach(depth -> figures.put("top_" + depth, all.at(depth)));
      TopKAccuracy.DEPTHS.forEach(depth -> figures.put("unseen_top_" + depth, unseen.at(depth)));
      figures.put("seconds", seconds);
      return figures;
    }
  }

  String name() {
    return variant.name();
  }

  Measurement last() {
    return measurements.get(measurements.size() - 1);
  }

  /** The highest top-100 accuracy at any measurement. */
  double bestTop100() {
    return measurements.stream().mapToDouble(each -> each.all().at(100)).max().orElseThrow();
  }

  /** What the run came to. */
  Map<String, Object> figures() {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("layers", variant.spec().towers().layers());
    figures.put("without", variant.without().map(SpecVariant.Without::key).orElse(null));
    figures.put("seed", variant.spec().seed());
    figures.put("epochs", last().epoch());
    TopKAccuracy.DEPTHS.forEach(depth -> figures.put("top_" + depth, last().all().at(depth)));
    figures.put("best_top_100", bestTop100());
    figures.put("unseen_top_10", last().unseen().at(10));
    figures.put("unseen_top_100", last().unseen().at(100));
    figures.put("seconds", last().seconds());
    return figures;
  }
}
