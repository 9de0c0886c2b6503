package io.towerflow.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.message.Attributes;
import io.towerflow.message.Event;
import io.towerflow.message.RawRecord;
import io.towerflow.message.TrainingProgress;
import io.towerflow.profile.UserProfile;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;
import io.towerflow.table.CounterRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Models that know of an event nothing but its context. */
class AttributeLearningTest {

  private static final int DEVICES = 4;
  private static final int ITEMS = 60;

  private static ModelSpec spec(String queryFeature) {
    return ModelSpecs.parse(
        """
        event: {user: u, item: i, time: t}
        query: {features: [%s]}
        candidate:
          features:
            - {kind: id, width: 16}
            - {kind: category, field: genre, width: 16}
            - {kind: number, field: price, width: 16, log: true}
        batch: {size: 16}
        loss: {uniform_negatives: 20}
        replay: {ratio: 1, memory: 70}
        evaluation: {every_events: 200}
        """
            .formatted(queryFeature));
  }

  private static final String DEVICE =
      "{kind: category, field: device, width: 16}, {kind: number, field: age, width: 16}";

  /** Each item is taken on one device only; users know all devices and all items. */
  private static List<Event> events(int count) {
    List<Event> events = new ArrayList<>();
    for (int e = 0; e < count; e++) {
      int item = CounterRandom.below(ITEMS, 7, e, 0);
      Attributes ofItem =
          new Attributes(new String[][] {{"genre" + item % 7}}, new double[] {item});
      Attributes context =
          new Attributes(
              new String[][] {{"device" + item % DEVICES}},
              new double[] {e % 3 == 0 ? Double.NaN : e % 5});
      events.add(
          new Event(
              "u" + CounterRandom.below(50, 7, e, 1),
              "i" + item,
              e * 1000L,
              Double.NaN,
              1,
              true,
              new String[0],
              ofItem,
              context,
              "",
              RawRecord.at("ratings", 0, e)));
    }
    return events;
  }

  private static List<Example> examples(int count, boolean withContext) {
    Map<String, UserProfile> users = new HashMap<>();
    Map<String, Integer> items = new HashMap<>();
    List<Example> examples = new ArrayList<>();
    for (Event event : events(count)) {
      boolean newUser = !users.containsKey(event.user());
      boolean newItem = !items.containsKey(event.item());
      UserProfile before = newUser ? UserProfile.fresh(users.size() + 1) : users.get(event.user());
      items.putIfAbsent(event.item(), items.size() + 1);
      int item = items.get(event.item());
      Attributes context = withContext ? event.context() : Attributes.NONE;
      users.put(event.user(), before.after(item, event.time(), 0).inContext(context));
      examples.add(
          new Example(
              event.user(),
              before,
              newUser,
              event.item(),
              item,
              newItem,
              newItem ? event.texts() : null,
              newItem ? event.itemAttributes() : null,
              context,
              event.time(),
              event.value(),
              event.weight(),
              event.positive(),
              RawRecord.at("ratings", 0, 0)));
    }
    return examples;
  }

  private static double lastHitAt10(ModelSpec spec, List<Example> examples) {
    List<TrainingProgress> progress = new ArrayList<>();
    try (TwoTowerLearner learner = new TwoTowerLearner(spec)) {
      examples.forEach(example -> learner.learn(example, progress::add));
    }
    return progress.get(progress.size() - 1).window().hitAt10();
  }

  @Test
  void whereTheContextDecidesTheItemACategoryCarriesTheSignal() {
    double withContext = lastHitAt10(spec(DEVICE), examples(1000, true));
    double without = lastHitAt10(spec("{kind: id, width: 16}"), examples(1000, false));

    // A user has taken some 15 of the 60 items by then; a fourth of the rest, 11, are the device's.
    // Knowing the device gives 10/11, chance 10/45.
    assertThat(withContext).isGreaterThan(0.7);
    assertThat(without).isLessThan(0.4);
  }

  @Test
  void aRestoredModelOfCategoriesAndNumbersEndsAsTheOneThatWasNeverStopped() throws Exception {
    List<Example> examples = examples(300, true);
    Map<String, Map<Integer, byte[]>> tables = new HashMap<>();
    String quiet;
    try (TwoTowerLearner learner = new TwoTowerLearner(spec(DEVICE))) {
      examples.forEach(example -> learner.learn(example, progress -> {}));
      quiet = learner.digest();
    }
    try (TwoTowerLearner first = new TwoTowerLearner(spec(DEVICE));
        TwoTowerLearner second = new TwoTowerLearner(spec(DEVICE))) {
      examples.subList(0, 137).forEach(example -> first.learn(example, progress -> {}));
      first.publish();
      first.snapshot(into(tables));
      second.restore(from(tables), first.untrained(), first.pendingQueries());
      examples.subList(137, 300).forEach(example -> second.learn(example, progress -> {}));
      assertThat(second.digest()).isEqualTo(quiet);
    }
    assertThat(tables.get("context_categories.device")).hasSize(DEVICES);
    assertThat(tables.get("categories.genre")).hasSize(7);
    assertThat(tables).containsKeys("item_numbers", "context_numbers");
  }

  @Test
  void publishingAValueNeverLearntTeachesNothing() throws Exception {
    Map<String, Map<Integer, byte[]>> tables = new HashMap<>();
    Attributes strange = new Attributes(new String[][] {{"never seen"}}, new double[] {Double.NaN});
    try (TwoTowerLearner learner = new TwoTowerLearner(spec(DEVICE));
        TwoTowerLearner restored = new TwoTowerLearner(spec(DEVICE))) {
      examples(40, true).forEach(example -> learner.learn(example, progress -> {}));
      learner.snapshot(into(tables));
      List<PendingQuery> strangers =
          List.of(new PendingQuery("x", UserProfile.fresh(9999).inContext(strange), 0));
      restored.restore(from(tables), learner.untrained(), strangers);
      assertThat(restored.publish().orElseThrow().queries()).hasSize(1);
      assertThat(restored.digest()).isEqualTo(learner.digest());
    }
  }

  private static StateStore.Writer into(Map<String, Map<Integer, byte[]>> tables) {
    return new StateStore.Writer() {
      @Override
      public void put(String table, int row, byte[] value) {
        tables.computeIfAbsent(table, name -> new TreeMap<>()).put(row, value);
      }

      @Override
      public void remove(String table, int row) {
        tables.getOrDefault(table, new TreeMap<>()).remove(row);
      }
    };
  }

  private static StateStore.Reader from(Map<String, Map<Integer, byte[]>> tables) {
    return (table, visitor) -> {
      for (Map.Entry<Integer, byte[]> row : tables.getOrDefault(table, Map.of()).entrySet()) {
        visitor.row(row.getKey(), row.getValue());
      }
    };
  }

  @Test
  void aSplitIsTrainedInTheContextOfItsEvents() {
    ModelSpec spec = spec(DEVICE);
    try (SplitTrainer trainer = new SplitTrainer(spec, events(1000), 0.8, 1)) {
      for (int epoch = 0; epoch < 15; epoch++) {
        trainer.trainEpoch();
      }
      // 15 of the 60 items are the device's; chance is 10 of 60.
      assertThat(trainer.measure().all().at(10)).isGreaterThan(0.5);
    }
  }
}
