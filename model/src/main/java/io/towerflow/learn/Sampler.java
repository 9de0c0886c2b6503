package io.towerflow.learn;

import io.towerflow.table.CounterRandom;
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
   * @param step the training steps before it
   * @param now the ordinal of the batch's first event
   */
  TrainingSample sample(List<Example> batch, long step, long now) {
    List<Instance> instances = new ArrayList<>(batchInstances(batch));
    instances.addAll(replayedInstances(batch, step));
    instances.removeIf(instance -> !instance.teaches() || model.towers.isBlank(instance.query()));
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
    model.memory.disown(draws(batch) == 0 ? 0 : remembered(batch).size());
  }

  private List<Instance> batchInstances(List<Example> batch) {
    Map<String, int[]> taken = new HashMap<>();
    for (Example example : batch) {
      taken.put(example.user(), example.after(0).seen());
    }
    return batch.stream()
        .filter(Example::itemIsKnown)
        .map(
            example ->
                new Instance(
                    model.query(example),
                    example.itemIndex(),
                    taken.get(example.user()),
                    (float) example.weight(),
                    example.positive(),
                    model.spec.rating().target(example.value())))
        .toList();
  }

  private int draws(List<Example> batch) {
    return (int) Math.round(model.spec.replay().ratio() * remembered(batch).size());
  }

  /** The batch but for events whose item the model will not know by the time of a replay. */
  private static List<Example> remembered(List<Example> batch) {
    return batch.stream().filter(Example::itemIsKnown).toList();
  }

  /** Remembers the batch and draws from the memory. */
  private List<Instance> replayedInstances(List<Example> batch, long step) {
    int draws = draws(batch);
    if (draws == 0) {
      return List.of();
    }
    ReplayMemory memory = model.memory;
    for (Example example : remembered(batch)) {
      memory.add(
          example.before().index(),
          example.itemIndex(),
          example.time(),
          example.before().seen().length,
          model.contexts.find(example.context()),
          (float) example.weight(),
          example.positive(),
          model.spec.rating().target(example.value()));
    }
    ReplayMemory.View[] views = ReplayMemory.View.values();
    int choices = model.spec.replay().bothDirections() ? views.length : 1;
    List<Instance> replayed = new ArrayList<>(draws);
    for (int i = 0; i < draws; i++) {
      long event = memory.oldest() + CounterRandom.below(memory.size(), replaySeed, step, 2L * i);
      if (!memory.positive(event) && Float.isNaN(memory.value(event))) {
        continue; // its like in the batch has no replay to its name, so the ratio holds
      }
      if (!model.catalogue.contains(memory.item(event))) {
        continue; // the item or the user has left
      }
      ReplayMemory.View view = views[CounterRandom.below(choices, replaySeed, step, 2L * i + 1)];
      replayed.add(
          new Instance(
              memory.query(event, view, model.spec.historyItems(), model.catalogue::contains),
              memory.item(event),
              memory.itemsOf(memory.user(event)),
              memory.weight(event),
              memory.positive(event),
              memory.value(event)));
    }
    return replayed;
  }
}
