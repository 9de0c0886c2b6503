package io.towerflow.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.learn.Learner;
import io.towerflow.learn.TwoTowerLearner;
import io.towerflow.message.Event;
import io.towerflow.spec.ModelSpecs;
import java.util.function.Consumer;

/**
 * A model that knows a catalogue and has learnt nothing of it yet, as a snapshot.
 *
 * @param snapshot what a learner takes over
 * @param feed what makes examples for it
 */
record Stock(SnapshotMemory snapshot, ExampleFeed feed) {

  /** Large, since there is nothing to be trained between two of them. */
  private static final int BATCH = 4096;

  /** Hands the events that bring the items to a reader. */
  @FunctionalInterface
  interface Shelf {
    void read(Consumer<Event> reader);
  }

  /**
   * Takes a catalogue in.
   *
   * @param specYaml the spec that the model is to go on under
   * @param shelf events that bring the items, one each
   */
  static Stock of(String specYaml, Shelf shelf) throws Exception {
    try (Learner learner = new TwoTowerLearner(ModelSpecs.parse(idle(specYaml)), Arithmetic.AUTO)) {
      ExampleFeed feed = new ExampleFeed(ModelSpecs.parse(specYaml));
      shelf.read(event -> learner.learn(feed.stock(event), progress -> {}));
      learner.finish(progress -> {});
      SnapshotMemory memory = new SnapshotMemory();
      learner.snapshot(memory);
      return new Stock(memory, feed);
    }
  }

  /** The spec, but that a batch of which nothing is learnt costs next to nothing. */
  private static String idle(String specYaml) throws Exception {
    ObjectNode spec = (ObjectNode) new YAMLMapper().readTree(specYaml);
    spec.withObject("/evaluation").put("full_until", 1);
    spec.withObject("/loss").put("uniform_negatives", 0);
    spec.withObject("/replay").put("ratio", 0);
    spec.withObject("/batch").put("size", BATCH);
    return spec.toString(); // JSON is YAML
  }
}
