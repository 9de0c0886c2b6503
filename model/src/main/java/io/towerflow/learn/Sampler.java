package io.towerflow.learn;

import io.towerflow.table.CounterRandom;
import io.towerflow.tower.QueryContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Draws what a training step sees: the batch, earlier events out of the replay memory, and uniform
 * draws from the catalogue. What is drawn is a function of seed and step.
 */
final class Sampler {

  private final Model model;
  private final long negativesSeed;
  private final long replaySeed;

  Sampler(Model model) {
    this.model = model;
    replaySeed = CounterRandom.seedOf(model.spec.seed(), "replay");
    negativesSeed = CounterRandom.seedOf(model.spec.seed(), "uniform_negatives");
  }

  /**
   * Remembers a batch and samples for its step.
   *
   * @param queries of each example
   * @param step the training steps before it
   * @param now the ordinal of the batch's first event
   */
  TrainingSample sample(List<Example> batch, List<QueryContext> queries, long step, long now) {
    List<Instance> instances = new ArrayList<>();
    addBatch(batch, queries, instances);
    int draws = draws(batch);
    if (draws > 0) {
      remember(batch, queries);
      addReplayed(draws, step, instances);
    }
    return TrainingSample.of(
        instances,
        model.catalogue,
        model.candidates,
        now,
        model.spec.loss(),
        i -> CounterRandom.below(model.catalogue.size(), negativesSeed, step, i));
  }

  /** Makes a batch that was not fit for training one that teaches nothing when it is replayed. */
  void disown(List<Example> batch) {
    model.memory.disown(draws(batch) == 0 ? 0 : known(batch));
  }

  private int draws(List<Example> batch) {
    return (int) Math.round(model.spec.replay().ratio() * known(batch));
  }

  private static int known(List<Example> batch) {
    int known = 0;
    for (Example example : batch) {
      known += example.itemIsKnown() ? 1 : 0;
    }
    return known;
  }

  private void addBatch(List<Example> batch, List<QueryContext> queries, List<Instance> instances) {
    Map<String, Taken> taken = new HashMap<>();
    for (Example example : batch) {
      if (example.itemIsKnown()) {
        taken.put(
            example.user(), new Taken.OfProfile(example.before().seen(), example.itemIndex()));
      }
    }
    for (int i = 0; i < batch.size(); i++) {
      Example example = batch.get(i);
      if (example.itemIsKnown()) {
        add(
            new Instance(
                queries.get(i),
                example.itemIndex(),
                taken.get(example.user()),
                (float) example.weight(),
                example.positive(),
                model.spec.rating().target(example.value())),
            instances);
      }
    }
  }

  private void add(Instance instance, List<Instance> instances) {
    if (instance.teaches() && !model.towers.isBlank(instance.query())) {
      instances.add(instance);
    }
  }

  /** Remembers the batch but for events whose item nobody will know by the time of a replay. */
  private void remember(List<Example> batch, List<QueryContext> queries) {
    for (int i = 0; i < batch.size(); i++) {
      Example example = batch.get(i);
      if (example.itemIsKnown()) {
        model.memory.add(
            example.before().index(),
            example.itemIndex(),
            example.time(),
            example.before().seen().length,
            queries.get(i).attributes(),
            (float) example.weight(),
            example.positive(),
            model.spec.rating().target(example.value()));
      }
    }
  }

  private void addReplayed(int draws, long step, List<Instance> instances) {
    ReplayMemory memory = model.memory;
    ReplayMemory.View[] views = ReplayMemory.View.values();
    int choices = model.spec.replay().bothDirections() ? views.length : 1;
    for (int i = 0; i < draws; i++) {
      long event = memory.oldest() + CounterRandom.below(memory.size(), replaySeed, step, 2L * i);
      if (!memory.positive(event) && Float.isNaN(memory.value(event))) {
        continue; // its like in the batch has no replay to its name, so the ratio holds
      }
      if (!model.catalogue.contains(memory.item(event))) {
        continue; // the item or the user has left
      }
      ReplayMemory.View view = views[CounterRandom.below(choices, replaySeed, step, 2L * i + 1)];
      add(
          new Instance(
              memory.query(event, view, model.spec.historyItems(), model.catalogue::contains),
              memory.item(event),
              new Taken.OfMemory(memory, memory.user(event)),
              memory.weight(event),
              memory.positive(event),
              memory.value(event)),
          instances);
    }
  }
}
