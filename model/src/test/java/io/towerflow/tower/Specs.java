package io.towerflow.tower;

import io.towerflow.spec.AttributeFields;
import io.towerflow.spec.BatchSpec;
import io.towerflow.spec.EvaluationSpec;
import io.towerflow.spec.EventOrder;
import io.towerflow.spec.EventSpec;
import io.towerflow.spec.FeatureSpec;
import io.towerflow.spec.Lifetime;
import io.towerflow.spec.LossSpec;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.OptimizerSpec;
import io.towerflow.spec.PublicationSpec;
import io.towerflow.spec.RatingSpec;
import io.towerflow.spec.ReplaySpec;
import io.towerflow.spec.TowerSpec;
import io.towerflow.spec.VocabularySpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Small specs for tests, built without YAML. */
final class Specs {

  private static final LossSpec SOFTMAX =
      new LossSpec(
          LossSpec.Reduction.SUM,
          0,
          0,
          0,
          0,
          LossSpec.FrequencyEstimate.DECAYED,
          1000,
          0.01,
          false,
          false);

  private Specs() {}

  static ModelSpec of(
      List<FeatureSpec> query,
      List<FeatureSpec> candidate,
      TowerSpec towers,
      OptimizerSpec optimizer) {
    return of(query, candidate, towers, SOFTMAX, optimizer);
  }

  static ModelSpec of(
      List<FeatureSpec> query,
      List<FeatureSpec> candidate,
      TowerSpec towers,
      LossSpec loss,
      OptimizerSpec optimizer) {
    return new ModelSpec(
        "test",
        1,
        new EventSpec(
            "user",
            "item",
            "time",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of("title"),
            AttributeFields.NONE,
            AttributeFields.NONE),
        EventOrder.ARRIVAL,
        new VocabularySpec(Lifetime.UNBOUNDED, Lifetime.UNBOUNDED),
        query,
        candidate,
        towers,
        loss,
        RatingSpec.NONE,
        optimizer,
        new BatchSpec(4, Duration.ofDays(1)),
        new ReplaySpec(0, 1, false),
        new PublicationSpec(3, 100, Duration.ofSeconds(1), 0, 100),
        new EvaluationSpec(10, 100));
  }

  static TowerSpec sum(boolean normalize, double temperature, boolean itemBias) {
    return sum(normalize, temperature, itemBias, List.of(1.0));
  }

  static TowerSpec sum(
      boolean normalize, double temperature, boolean itemBias, List<Double> members) {
    return new TowerSpec(
        TowerSpec.Combine.SUM,
        List.of(),
        0,
        normalize,
        OptionalDouble.of(temperature),
        itemBias,
        members);
  }
}
