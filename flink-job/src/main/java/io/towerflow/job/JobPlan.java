package io.towerflow.job;

import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.kernel.Products;
import io.towerflow.learn.TwoTowerLearner;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the topology is laid out by.
 *
 * @param specYaml the model spec as YAML: it travels to the operators as text
 * @param topKShards shards that the candidates are spread over for the search
 * @param partitions how many partitions the topic of events has; it only counts where the spec
 *     merges them by time
 * @param arithmetic who computes what the learner learns
 */
public record JobPlan(String specYaml, int topKShards, int partitions, Arithmetic arithmetic) {

  private static final Logger LOGGER = LoggerFactory.getLogger(JobPlan.class);

  /** The plan for a topic of so many partitions. */
  JobPlan withPartitions(int count) {
    return new JobPlan(specYaml, topKShards, count, arithmetic);
  }

  /** The checked spec. */
  public ModelSpec spec() {
    return ModelSpecs.parse(specYaml);
  }

  /** Makes the spec's learner on the task manager. */
  LearnerFactory learner() {
    String yaml = specYaml;
    // The parts, since the whole is not serializable.
    Arithmetic.Kind kind = arithmetic.kind();
    String device = arithmetic.device();
    int threads = arithmetic.threads();
    return () -> {
      LOGGER.info(
          "Learns with --arithmetic {} --device {} --threads {}",
          kind.name().toLowerCase(Locale.ROOT),
          device,
          threads);
      if (kind != Arithmetic.Kind.ENGINE && !Products.inPairs()) {
        LOGGER.info(
            "Java's products are slower than they could be: set -XX:LoopUnrollLimit={} in"
                + " env.java.opts.taskmanager, and -XX:MaxVectorSize=32 beside it",
            Products.PAIRS_NEED);
      }
      return new TwoTowerLearner(ModelSpecs.parse(yaml), new Arithmetic(kind, device, threads));
    };
  }
}
