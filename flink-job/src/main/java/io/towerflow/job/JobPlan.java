package io.towerflow.job;

import io.towerflow.learn.TwoTowerLearner;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;

/**
 * What the topology is laid out by.
 *
 * @param specYaml the model spec as YAML: it travels to the operators as text
 * @param topKShards shards that the candidates are spread over for the search
 */
public record JobPlan(String specYaml, int topKShards) {

  /** The checked spec. */
  public ModelSpec spec() {
    return ModelSpecs.parse(specYaml);
  }

  /** Makes the spec's learner on the task manager. */
  LearnerFactory learner() {
    String yaml = specYaml;
    return () -> new TwoTowerLearner(ModelSpecs.parse(yaml));
  }
}
