package io.towerflow.job;

import io.towerflow.learn.TwoTowerLearner;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;

/**
 * What the topology is laid out by.
 *
 * @param specYaml the model spec as YAML: it travels to the operators as text
 * @param topKShards shards that the candidates are spread over for the search
 * @param partitions how many partitions the topic of events has; it only counts where the spec
 *     merges them by time
 */
public record JobPlan(String specYaml, int topKShards, int partitions) {

  /** The plan for a topic of so many partitions. */
  JobPlan withPartitions(int count) {
    return new JobPlan(specYaml, topKShards, count);
  }

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
