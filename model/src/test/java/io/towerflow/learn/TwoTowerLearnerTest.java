package io.towerflow.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.message.Accuracy;
import io.towerflow.message.Attributes;
import io.towerflow.message.RatingError;
import io.towerflow.message.RawRecord;
import io.towerflow.message.TrainingProgress;
import io.towerflow.spec.AttributeFields;
import io.towerflow.spec.BatchSpec;
import io.towerflow.spec.Condition;
import io.towerflow.spec.EvaluationSpec;
import io.towerflow.spec.EventOrder;
import io.towerflow.spec.EventSpec;
import io.towerflow.spec.FeatureSpec;
import io.towerflow.spec.Lifetime;
import io.towerflow.spec.LossSpec;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;
import io.towerflow.spec.OptimizerSpec;
import io.towerflow.spec.PublicationSpec;
import io.towerflow.spec.RatingSpec;
import io.towerflow.spec.ReplaySpec;
import io.towerflow.spec.TowerSpec;
import io.towerflow.spec.VocabularySpec;
import io.towerflow.tower.CandidateContext;
import io.towerflow.tower.EncodedAttributes;
import io.towerflow.tower.QueryContext;
import io.towerflow.tower.TwoTowers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TwoTowerLearnerTest {

  private static final int HISTORY = 5;

  private static ModelSpec spec(BatchSpec batch, EvaluationSpec evaluation) {
    return new ModelSpec(
        "test",
        42,
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
        List.of(
            new FeatureSpec.History(HISTORY, List.of(0.2, 0.9), true, true, true, true, 0, 3),
            new FeatureSpec.RollingTime(16, Duration.ofDays(1))),
        List.of(new FeatureSpec.Id(16), new FeatureSpec.Text("title", 16, 100, 8)),
        new TowerSpec(
            TowerSpec.Combine.SUM,
            List.of(),
            0,
            true,
            OptionalDouble.of(0.15),
            true,
            List.of(1.0, 0.5)),
        new LossSpec(
            LossSpec.Reduction.SUM,
            8,
            0,
            0,
            1,
            LossSpec.FrequencyEstimate.DECAYED,
            500,
            0.01,
            true,
            true),
        RatingSpec.NONE,
        new OptimizerSpec.Adagrad(0.1, 0.1, 1, 1e-7),
        batch,
        new ReplaySpec(0.5, 70, true),
        new PublicationSpec(3, 100, Duration.ofSeconds(1), 0, 100),
        evaluation);
  }

  private static ModelSpec spec() {
    return spec(new BatchSpec(16, Duration.ofDays(1)), new EvaluationSpec(50, 1000));
  }

  private static void ignore(TrainingProgress progress) {
    assertThat(progress.events()).isPositive();
  }

  private static TwoTowerLearner learnt(ModelSpec spec, List<Example> examples) {
    TwoTowerLearner learner = new TwoTowerLearner(spec);
    examples.forEach(example -> learner.learn(example, TwoTowerLearnerTest::ignore));
    return learner;
  }

  @Test
  void theSameStreamGivesTheSameModelBitForBit() {
    List<Example> examples = ExampleStream.walks(300, HISTORY);
    try (TwoTowerLearner one = learnt(spec(), examples);
        TwoTowerLearner two = learnt(spec(), examples);
        TwoTowerLearner shorter = learnt(spec(), examples.subList(0, 280))) {
      assertThat(one.digest()).isEqualTo(two.digest()).isNotEqualTo(shorter.digest());
    }
  }

  @Test
  void theNumberOfThreadsChangesNoBit() {
    ModelSpec online = ModelSpecs.parse(ModelSpecs.text("online"));
    List<Example> examples =
        ExampleStream.walks(1500, 100).stream().map(TwoTowerLearnerTest::inAGenre).toList();
    List<String> digests = new ArrayList<>();
    for (int threads = 1; threads <= 3; threads++) {
      try (TwoTowerLearner learner =
          new TwoTowerLearner(online, new Arithmetic(Arithmetic.Kind.JAVA, "cpu", threads))) {
        examples.forEach(example -> learner.learn(example, TwoTowerLearnerTest::ignore));
        digests.add(learner.digest());
      }
    }
    assertThat(digests.get(1)).isEqualTo(digests.get(0));
    assertThat(digests.get(2)).isEqualTo(digests.get(0));
  }

  private static Example inAGenre(Example example) {
    String[][] genre = {{"genre" + example.itemIndex() % 5}};
    return new Example(
        example.user(),
        example.before(),
        example.newUser(),
        example.item(),
        example.itemIndex(),
        example.newItem(),
        example.texts(),
        new Attributes(genre, new double[0]),
        example.context(),
        example.time(),
        example.value(),
        example.weight(),
        example.positive(),
        example.record());
  }

  @Test
  void aBusyGarbageCollectorChangesNothing() throws Exception {
    List<Example> examples = ExampleStream.walks(600, HISTORY);
    String quiet;
    try (TwoTowerLearner learner = learnt(spec(), examples)) {
      quiet = learner.digest();
    }
    AtomicBoolean done = new AtomicBoolean();
    Thread collector =
        new Thread(
            () -> {
              while (!done.get()) {
                System.gc();
              }
            });
    collector.start();
    try (TwoTowerLearner learner = learnt(spec(), examples)) {
      assertThat(learner.digest()).isEqualTo(quiet);
    } finally {
      done.set(true);
      collector.join();
    }
  }

  @Test
  void aLearnerRestoredAnywhereEndsAsTheOneThatWasNeverStopped() throws Exception {
    List<Example> examples = ExampleStream.walks(300, HISTORY);
    List<TrainingProgress> quietProgress = new ArrayList<>();
    String quiet;
    try (TwoTowerLearner learner = new TwoTowerLearner(spec())) {
      examples.forEach(example -> learner.learn(example, quietProgress::add));
      learner.finish(quietProgress::add);
      quiet = learner.digest();
    }
    MemoryStore store = new MemoryStore();
    List<Example> untrained = List.of();
    List<PendingQuery> pending = List.of();
    List<TrainingProgress> progress = new ArrayList<>();
    // 103 and 211 lie within a batch of 16; 160 at the end of one.
    int[] stops = {103, 160, 211, 300};
    int from = 0;
    for (int stop : stops) {
      try (TwoTowerLearner learner = new TwoTowerLearner(spec())) {
        learner.restore(store, untrained, pending);
        for (Example example : examples.subList(from, stop)) {
          learner.learn(example, progress::add);
        }
        from = stop;
        learner.snapshot(store);
        untrained = learner.untrained();
        pending = learner.pendingQueries();
        if (stop == 300) {
          learner.finish(progress::add);
          assertThat(learner.digest()).isEqualTo(quiet);
        }
      }
    }
    assertThat(progress).isEqualTo(quietProgress);
  }

  @Test
  void aSnapshotHoldsOnlyWhatChangedSinceTheLast() throws Exception {
    List<Example> examples = ExampleStream.walks(300, HISTORY);
    try (TwoTowerLearner learner = learnt(spec(), examples)) {
      int unwritten = learner.unwritten();
      MemoryStore first = new MemoryStore();
      learner.snapshot(first);
      assertThat(learner.unwritten()).isZero();
      MemoryStore second = new MemoryStore();
      learner.snapshot(second);
      assertThat(unwritten).isEqualTo(rowsOfWeights(first)).isGreaterThan(100);
      assertThat(second.tables.keySet()).containsExactly("singles");
    }
  }

  private static int rowsOfWeights(MemoryStore store) {
    return store.tables.entrySet().stream()
        .filter(table -> table.getKey().startsWith(Tables.ROWS))
        .mapToInt(table -> table.getValue().size())
        .sum();
  }

  @Test
  void publishingAndSnapshottingLeaveTheModelAsItIs() throws Exception {
    List<Example> examples = ExampleStream.walks(300, HISTORY);
    try (TwoTowerLearner quiet = learnt(spec(), examples);
        TwoTowerLearner busy = new TwoTowerLearner(spec())) {
      for (Example example : examples) {
        busy.learn(example, TwoTowerLearnerTest::ignore);
        busy.publish();
        busy.snapshot(new MemoryStore());
      }
      assertThat(busy.digest()).isEqualTo(quiet.digest());
    }
  }

  @Test
  void everyEventIsScoredBeforeItIsLearntAndWindowsAreCutByCount() {
    List<Example> examples = ExampleStream.walks(300, HISTORY);
    List<TrainingProgress> progress = new ArrayList<>();
    try (TwoTowerLearner learner = new TwoTowerLearner(spec())) {
      examples.forEach(example -> learner.learn(example, progress::add));
      learner.finish(progress::add);
      assertThat(progress)
          .extracting(TrainingProgress::events)
          .containsExactly(50L, 100L, 150L, 200L, 250L, 300L, 300L);
      TrainingProgress last = progress.get(6);
      assertThat(last.isFinal()).isTrue();
      assertThat(last.modelDigest()).isEqualTo(learner.digest());
      assertThat(last.step()).isEqualTo(19); // 18 batches of 16, and the rest of 12
      assertThat(last.users()).isEqualTo(25);
      assertThat(last.items()).isEqualTo(60);
      assertThat(last.eventTime()).isEqualTo(299_000);
      assertThat(last.total().events()).isEqualTo(300);
      Accuracy windows =
          progress.stream().map(TrainingProgress::window).reduce(Accuracy.NONE, Accuracy::plus);
      assertThat(windows.hitsAt10()).isEqualTo(last.total().hitsAt10());
      assertThat(last.cohorts().get("new_user").events()).isEqualTo(25);
      assertThat(last.cohorts().get("new_user").hitsAt100()).isZero();
      assertThat(last.cohorts().get("new_item").hitsAt100()).isZero();
      assertThat(last.popularityTotal().events()).isEqualTo(300);
      for (String tier : List.of("head", "torso", "tail")) {
        assertThat(last.cohorts().get(tier).events()).as(tier).isPositive();
      }
    }
  }

  @Test
  void aStreamWhoseNextItemFollowsFromTheLastIsLearntAndPopularityIsNot() {
    List<TrainingProgress> progress = new ArrayList<>();
    try (TwoTowerLearner learner = new TwoTowerLearner(spec())) {
      ExampleStream.walks(3000, HISTORY).forEach(example -> learner.learn(example, progress::add));
    }
    TrainingProgress first = progress.get(0);
    TrainingProgress last = progress.get(progress.size() - 1);
    // A user's item is one of at most 59; chance is 10/59 = 0.17, knowing the group alone gives
    // 10/19 = 0.53.
    assertThat(last.window().hitAt10()).isGreaterThan(0.7);
    assertThat(last.window().hitAt10()).isGreaterThan(first.window().hitAt10() + 0.3);
    assertThat(last.popularityTotal().hitAt10()).isLessThan(0.35);
    assertThat(last.loss()).isLessThan(first.loss());
  }

  /** The walks, each third event no positive, each fifth without weight; the spec says so. */
  private static List<Example> mixed(int events) {
    ExampleStream stream = new ExampleStream(HISTORY);
    List<Example> examples = new ArrayList<>();
    for (int e = 0; e < events; e++) {
      int item = e / 12 * 5 % 20 + e % 12;
      examples.add(
          stream.next(
              "u" + e / 12, "i" + item, "item" + item, e * 1000L, e % 5 == 0 ? 0 : 2, e % 3 > 0));
    }
    return examples;
  }

  private static ModelSpec weighedSpec() {
    ModelSpec spec = spec();
    return new ModelSpec(
        spec.name(),
        spec.seed(),
        new EventSpec(
            "user",
            "item",
            "time",
            Optional.empty(),
            Optional.of("stars"),
            Optional.of("weight"),
            Optional.of(new Condition("stars", Condition.Comparison.AT_LEAST, 4)),
            Optional.empty(),
            List.of("title"),
            AttributeFields.NONE,
            AttributeFields.NONE),
        spec.order(),
        spec.vocabulary(),
        spec.query(),
        spec.candidate(),
        spec.towers(),
        spec.loss(),
        spec.rating(),
        spec.optimizer(),
        spec.batch(),
        spec.replay(),
        spec.publication(),
        spec.evaluation());
  }

  @Test
  void eventsThatAreNoPositivesAreNeitherHitsNorMisses() {
    List<TrainingProgress> progress = new ArrayList<>();
    try (TwoTowerLearner learner = new TwoTowerLearner(weighedSpec())) {
      mixed(300).forEach(example -> learner.learn(example, progress::add));
      learner.finish(progress::add);
    }
    TrainingProgress last = progress.get(progress.size() - 1);
    assertThat(last.events()).isEqualTo(300);
    assertThat(last.nonPositives()).isEqualTo(100); // each third
    assertThat(last.total().events()).isEqualTo(200);
    assertThat(progress.get(0).nonPositives()).isEqualTo(17); // of 50: 0, 3, .., 48
    assertThat(last.popularityTotal().events()).isEqualTo(200);
  }

  @Test
  void whatHasNoWeightOrIsNoPositiveTrainsNothing() {
    ExampleStream stream = new ExampleStream(HISTORY);
    List<Example> idle = new ArrayList<>();
    for (int e = 0; e < 64; e++) {
      idle.add(stream.next("u" + e % 4, "i" + e, "t", e * 1000L, e % 2, e % 2 == 0));
    }
    List<TrainingProgress> progress = new ArrayList<>();
    try (TwoTowerLearner learner = new TwoTowerLearner(weighedSpec())) {
      idle.forEach(example -> learner.learn(example, progress::add));
      learner.finish(progress::add);
    }
    assertThat(progress).extracting(TrainingProgress::loss).containsOnly(Double.NaN);
  }

  @Test
  void aRestoredLearnerReplaysWithTheWeightsItHad() throws Exception {
    List<Example> examples = mixed(300);
    try (TwoTowerLearner quiet = learnt(weighedSpec(), examples);
        TwoTowerLearner first = learnt(weighedSpec(), examples.subList(0, 139));
        TwoTowerLearner second = new TwoTowerLearner(weighedSpec())) {
      MemoryStore store = new MemoryStore();
      first.snapshot(store);
      second.restore(store, first.untrained(), first.pendingQueries());
      examples.subList(139, 300).forEach(e -> second.learn(e, TwoTowerLearnerTest::ignore));
      assertThat(second.digest()).isEqualTo(quiet.digest());
    }
  }

  /** Keeps what it is told. */
  private static final class Told implements Learner.Listener {
    private final List<TrainingProgress> progress = new ArrayList<>();
    private final List<List<Example>> skipped = new ArrayList<>();
    private final List<String> reasons = new ArrayList<>();

    @Override
    public void progress(TrainingProgress message) {
      progress.add(message);
    }

    @Override
    public void skipped(List<Example> batch, String why) {
      skipped.add(batch);
      reasons.add(why);
    }
  }

  /** As {@link #mixed}, where one event weighs something else. */
  private static List<Example> mixed(int events, int at, double weight) {
    List<Example> examples = mixed(events);
    Example e = examples.get(at);
    examples.set(
        at,
        new Example(
            e.user(),
            e.before(),
            e.newUser(),
            e.item(),
            e.itemIndex(),
            e.newItem(),
            e.texts(),
            e.attributes(),
            e.context(),
            e.time(),
            e.value(),
            weight,
            true,
            RawRecord.at("ratings", 0, at)));
    return examples;
  }

  @ParameterizedTest
  @ValueSource(doubles = {3e38, 1e30})
  void aBatchWhoseStepIsNotFiniteIsSkippedAndTrainingGoesOn(double weight) throws Exception {
    // The loss is finite either way, and perhaps the gradient; its square, in Adagrad's
    // accumulator,
    // is not.
    List<Example> examples = mixed(300, 37, weight);
    Told told = new Told();
    try (TwoTowerLearner learner = new TwoTowerLearner(weighedSpec())) {
      examples.subList(0, 32).forEach(example -> learner.learn(example, told));
      MemoryStore before = new MemoryStore();
      learner.snapshot(before);
      examples.subList(32, 48).forEach(example -> learner.learn(example, told));

      MemoryStore after = new MemoryStore();
      learner.snapshot(after);
      assertThat(told.skipped).containsExactly(examples.subList(32, 48));
      assertThat(told.reasons)
          .singleElement()
          .asString()
          .contains("step 3 is not finite", "learning_rate");
      assertThat(after.tables.keySet()).noneMatch(table -> table.startsWith("rows."));
      assertThat(after.tables.get("singles").get(2))
          .as("the statistics of time")
          .isEqualTo(before.tables.get("singles").get(2));
      assertThat(learner.step()).as("batches, the skipped one too").isEqualTo(3);

      examples.subList(48, 300).forEach(example -> learner.learn(example, told));
      learner.finish(told);
      assertThat(told.skipped).as("it is never replayed").hasSize(1);
      TrainingProgress last = told.progress.get(told.progress.size() - 1);
      assertThat(last.skippedBatches()).isEqualTo(1);
      assertThat(last.skippedEvents()).isEqualTo(16);
      assertThat(last.events()).isEqualTo(300);
      assertThat(last.trained()).isEqualTo(284);
      assertThat(told.progress.get(told.progress.size() - 2).loss()).isFinite();
    }
  }

  @Test
  void aLearnerThatHasSkippedABatchIsRestoredAsItWas() throws Exception {
    List<Example> examples = mixed(300, 37, 3e38);
    Told quietly = new Told();
    Told told = new Told();
    try (TwoTowerLearner quiet = new TwoTowerLearner(weighedSpec());
        TwoTowerLearner first = new TwoTowerLearner(weighedSpec());
        TwoTowerLearner second = new TwoTowerLearner(weighedSpec())) {
      examples.forEach(example -> quiet.learn(example, quietly));
      quiet.finish(quietly);
      examples.subList(0, 139).forEach(example -> first.learn(example, told));
      MemoryStore store = new MemoryStore();
      first.snapshot(store);
      second.restore(store, first.untrained(), first.pendingQueries());
      examples.subList(139, 300).forEach(example -> second.learn(example, told));
      second.finish(told);
      assertThat(told.progress).isEqualTo(quietly.progress);
    }
  }

  @Test
  void whoeverHasNoPlaceForSkippedExamplesIsToldByAnException() {
    List<Example> examples = mixed(48, 37, 3e38);
    assertThatThrownBy(() -> learnt(weighedSpec(), examples))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("step 3 is not finite");
  }

  @Test
  void aModelThatDivergesPublishesNothingThatWouldOverflow() {
    ModelSpec rash =
        ModelSpecs.parse(
            """
            event: {user: user, item: item, time: time}
            query: {features: [{kind: id, width: 8}]}
            candidate: {features: [{kind: id, width: 8}, {kind: text, field: title, width: 8}]}
            towers: {normalize: false}
            optimizer: {kind: sgd, learning_rate: 1.0e+18}
            batch: {size: 16}
            """);
    Told told = new Told();
    int withheld = 0;
    try (TwoTowerLearner learner = new TwoTowerLearner(rash)) {
      for (Example example : ExampleStream.walks(160, HISTORY)) {
        learner.learn(example, told);
        for (Publication published : learner.publish().stream().toList()) {
          withheld += published.withheld();
          published.candidates().forEach(each -> assertIsFit(each.vector()));
          published.queries().forEach(each -> assertIsFit(each.vector()));
        }
      }
    }
    assertThat(withheld).isPositive();
    assertThat(told.skipped).isNotEmpty();
  }

  /** A score of vectors of such numbers, as wide as any, is finite. */
  private static void assertIsFit(float[] vector) {
    for (float x : vector) {
      assertThat(Math.abs(x)).isLessThanOrEqualTo(0x1p50f);
    }
  }

  @Test
  void aLearnerThatEstimatesFromGapsIsRestoredAsItWas() throws Exception {
    ModelSpec spec =
        ModelSpecs.parse(
            """
            event: {user: user, item: item, time: time}
            query: {features: [{kind: id, width: 8}]}
            candidate: {features: [{kind: id, width: 8}, {kind: text, field: title, width: 8}]}
            batch: {size: 16}
            loss: {uniform_negatives: 8, frequency_estimate: gap}
            """);
    List<Example> examples = ExampleStream.walks(300, HISTORY);
    try (TwoTowerLearner quiet = learnt(spec, examples);
        TwoTowerLearner first = learnt(spec, examples.subList(0, 139));
        TwoTowerLearner second = new TwoTowerLearner(spec)) {
      MemoryStore store = new MemoryStore();
      first.snapshot(store);
      second.restore(store, first.untrained(), first.pendingQueries());
      examples.subList(139, 300).forEach(e -> second.learn(e, TwoTowerLearnerTest::ignore));
      assertThat(second.digest()).isEqualTo(quiet.digest());
    }
  }

  /** The mixed walks with a rating from 1 to 5 that item and user tell, but for each seventh. */
  private static List<Example> rated(int events) {
    List<Example> rated = new ArrayList<>();
    for (Example e : mixed(events)) {
      int user = Integer.parseInt(e.user().substring(1));
      int item = Integer.parseInt(e.item().substring(1));
      double value = rated.size() % 7 == 0 ? Double.NaN : 1 + (user % 2 + item % 4);
      rated.add(
          new Example(
              e.user(),
              e.before(),
              e.newUser(),
              e.item(),
              e.itemIndex(),
              e.newItem(),
              e.texts(),
              e.attributes(),
              e.context(),
              e.time(),
              value,
              e.weight(),
              e.positive(),
              RawRecord.at("ratings", 0, 0)));
    }
    return rated;
  }

  private static ModelSpec ratedSpec(double weight, String positiveWhen) {
    return ModelSpecs.parse(
        """
        event: {user: user, item: item, time: time, value: stars, weight: weight%s}
        query: {features: [{kind: history, items: 5}]}
        candidate: {features: [{kind: id, width: 16}, {kind: text, field: title, width: 16}]}
        batch: {size: 16}
        loss: {uniform_negatives: 8}
        replay: {ratio: 0.5, memory: 70}
        evaluation: {every_events: 50}
        rating: {weight: %s, layers: [16]}
        """
            .formatted(positiveWhen, weight));
  }

  private static ModelSpec ratedSpec() {
    return ratedSpec(0.5, ", positive_when: stars >= 4");
  }

  @Test
  void aLearnerWithARatingHeadIsRestoredAsItWas() throws Exception {
    List<Example> examples = rated(300);
    List<TrainingProgress> quietProgress = new ArrayList<>();
    List<TrainingProgress> progress = new ArrayList<>();
    try (TwoTowerLearner quiet = new TwoTowerLearner(ratedSpec());
        TwoTowerLearner first = new TwoTowerLearner(ratedSpec());
        TwoTowerLearner second = new TwoTowerLearner(ratedSpec())) {
      examples.forEach(e -> quiet.learn(e, quietProgress::add));
      quiet.finish(quietProgress::add);
      MemoryStore store = new MemoryStore();
      examples.subList(0, 139).forEach(e -> first.learn(e, progress::add));
      first.snapshot(store);
      assertThat(store.tables)
          .containsKeys("rows.rating.dense0.weights", "rows.rating.dense1.bias");
      second.restore(store, first.untrained(), first.pendingQueries());
      examples.subList(139, 300).forEach(e -> second.learn(e, progress::add));
      second.finish(progress::add);
      assertThat(second.digest()).isEqualTo(quiet.digest());
      assertThat(progress).isEqualTo(quietProgress);
    }
  }

  @Test
  void everyValueIsForetoldBeforeItIsLearntAndWhatHasNoneIsNotCounted() {
    List<Example> examples = rated(3000);
    List<TrainingProgress> progress = new ArrayList<>();
    try (TwoTowerLearner learner = new TwoTowerLearner(ratedSpec())) {
      examples.forEach(e -> learner.learn(e, progress::add));
      learner.finish(progress::add);
    }
    TrainingProgress first = progress.get(0);
    TrainingProgress last = progress.get(progress.size() - 1);
    // 50 events, of which 0, 7, .., 49 have no value; 3000, of which 429 have none.
    assertThat(first.ratingWindow().events()).isEqualTo(42);
    assertThat(last.ratingTotal().events()).isEqualTo(3000 - 429);
    double sum = progress.stream().mapToDouble(p -> p.ratingWindow().squaredError()).sum();
    assertThat(sum).isCloseTo(last.ratingTotal().squaredError(), within(1e-6 * sum));
    // Values are 1 to 5 by item and user. Whoever knows the mean alone, 3, is off by
    // sqrt(1.25 + 0.25) = 1.22; the item alone leaves the user's 0.5.
    TrainingProgress fullest = progress.get(progress.size() - 2);
    assertThat(first.ratingWindow().rmse()).isGreaterThan(1.22);
    assertThat(fullest.ratingWindow().rmse()).isLessThan(0.8);
  }

  @Test
  void theFirstBatchIsForetoldByAHeadThatHasLearntNothing() {
    List<Example> examples = rated(16);
    List<TrainingProgress> progress = new ArrayList<>();
    ModelSpec spec = ratedSpec(1, "");
    Texts texts = new Texts(spec);
    Map<Integer, int[][]> tokens = new HashMap<>();
    for (Example e : examples) {
      if (e.texts() != null) {
        tokens.put(e.itemIndex(), texts.tokens(e.texts()));
      }
    }
    IntFunction<CandidateContext> items =
        item ->
            new CandidateContext(
                item,
                tokens.getOrDefault(item, new int[1][0]),
                EncodedAttributes.NONE,
                new float[0]);
    double squares = 0;
    try (TwoTowerLearner learner = new TwoTowerLearner(spec);
        TwoTowers fresh = new TwoTowers(spec, () -> 100, items, Arithmetic.AUTO)) {
      examples.forEach(e -> learner.learn(e, progress::add));
      learner.finish(progress::add);
      for (Example e : examples) {
        CandidateContext item = items.apply(e.itemIndex());
        QueryContext query = QueryContext.of(e.before(), e.time(), EncodedAttributes.NONE);
        double error = fresh.ratings(List.of(query), List.of(item))[0] - e.value();
        squares += Double.isNaN(error) ? 0 : error * error;
      }
    }
    // 16 events without 0, 7 and 14.
    RatingError total = progress.get(0).ratingTotal();
    assertThat(total.events()).isEqualTo(13);
    assertThat(total.squaredError()).isCloseTo(squares, within(1e-3));
  }

  @Test
  void whatIsNoPositiveHasItsRatingLearntAllTheSame() {
    ExampleStream stream = new ExampleStream(HISTORY);
    List<Example> disliked = new ArrayList<>();
    for (int e = 0; e < 64; e++) {
      Example plain = stream.next("u" + e % 4, "i" + e % 40, "t", e * 1000L, 1, false);
      disliked.add(
          new Example(
              plain.user(),
              plain.before(),
              plain.newUser(),
              plain.item(),
              plain.itemIndex(),
              plain.newItem(),
              plain.texts(),
              plain.attributes(),
              plain.context(),
              plain.time(),
              1,
              1,
              false,
              RawRecord.at("ratings", 0, 0)));
    }
    // A query without a history says nothing, and who dislikes all has none: a query of ids.
    ModelSpec spec =
        ModelSpecs.parse(
            """
            event: {user: user, item: item, time: time, value: stars, positive_when: stars >= 4}
            query: {features: [{kind: id}]}
            candidate: {features: [{kind: id}, {kind: text, field: title}]}
            batch: {size: 8}
            evaluation: {every_events: 16}
            rating: {weight: 1, layers: []}
            """);
    List<TrainingProgress> progress = new ArrayList<>();
    try (TwoTowerLearner learner = new TwoTowerLearner(spec)) {
      disliked.forEach(e -> learner.learn(e, progress::add));
      learner.finish(progress::add);
    }
    TrainingProgress last = progress.get(progress.size() - 1);
    assertThat(last.nonPositives()).isEqualTo(64);
    assertThat(last.total().events()).isZero();
    assertThat(progress).extracting(TrainingProgress::loss).containsOnly(Double.NaN);
    // Whoever foretells 0 is off by 1.
    assertThat(progress.get(0).ratingWindow().rmse()).isGreaterThan(0.5);
    assertThat(progress.get(3).ratingWindow().rmse()).isLessThan(0.3);
  }

  @Test
  void aBatchClosesWhenARecordsOwnTimePassesItsSpan() {
    BatchSpec tenSeconds = new BatchSpec(1000, Duration.ofSeconds(10));
    List<Example> examples = ExampleStream.walks(25, HISTORY); // one a second
    try (TwoTowerLearner learner =
        new TwoTowerLearner(spec(tenSeconds, new EvaluationSpec(50, 1000)))) {
      examples
          .subList(0, 10)
          .forEach(example -> learner.learn(example, TwoTowerLearnerTest::ignore));
      assertThat(learner.step()).isZero();
      learner.learn(examples.get(10), TwoTowerLearnerTest::ignore);
      assertThat(learner.step()).isEqualTo(1);
      assertThat(learner.untrained()).containsExactly(examples.get(10));
      examples
          .subList(11, 25)
          .forEach(example -> learner.learn(example, TwoTowerLearnerTest::ignore));
      assertThat(learner.step()).isEqualTo(2);
      assertThat(learner.untrained()).hasSize(5);
    }
  }

  @Test
  void aPublicationHasEveryTouchedUserAndOnlyCandidatesThatChanged() {
    List<Example> examples = ExampleStream.walks(100, HISTORY);
    try (TwoTowerLearner learner = learnt(spec(), examples.subList(0, 99))) {
      assertThat(learner.publicationDue()).isFalse();
      learner.learn(examples.get(99), TwoTowerLearnerTest::ignore);
      assertThat(learner.publicationDue()).isTrue();
      Publication first = learner.publish().orElseThrow();
      assertThat(learner.publicationDue()).isFalse();
      assertThat(first.version()).isEqualTo(6); // 96 events trained, four are not yet
      assertThat(first.eventTime()).isEqualTo(95_000);
      assertThat(first.candidates())
          .hasSize((int) examples.stream().map(Example::item).distinct().count());
      assertThat(first.queries())
          .extracting(Publication.Query::user)
          .containsExactly("u0", "u1", "u2", "u3", "u4", "u5", "u6", "u7", "u8");
      // What the user did in the untrained rest is in the query already.
      Publication.Query u8 = first.queries().get(8);
      assertThat(u8.seen()).containsExactly(sortedItems(examples.subList(96, 100)));
      assertThat(u8.vector()).hasSize(2 * 16 + 1);

      assertThat(learner.publish()).isEmpty();
      ExampleStream more = new ExampleStream(HISTORY);
      learner.learn(
          more.next("new", examples.get(0).item(), "x", 100_000), TwoTowerLearnerTest::ignore);
      Publication second = learner.publish().orElseThrow();
      assertThat(second.version()).isEqualTo(6);
      assertThat(second.candidates()).isEmpty();
      assertThat(second.queries()).extracting(Publication.Query::user).containsExactly("new");
    }
  }

  private static int[] sortedItems(List<Example> examples) {
    return examples.stream().mapToInt(Example::itemIndex).sorted().toArray();
  }

  @Test
  void nothingIsPublishedBeforeTheFirstStep() {
    try (TwoTowerLearner learner = learnt(spec(), ExampleStream.walks(10, HISTORY))) {
      assertThat(learner.publish()).isEmpty();
      assertThat(learner.pendingQueries()).hasSize(1);
    }
  }

  @Test
  void aRestoreDoesNotBringThePublicationForward() throws Exception {
    try (TwoTowerLearner learner = learnt(spec(), ExampleStream.walks(100, HISTORY));
        TwoTowerLearner restored = new TwoTowerLearner(spec())) {
      assertThat(learner.publicationDue()).isTrue();
      learner.publish();
      MemoryStore store = new MemoryStore();
      learner.snapshot(store);
      restored.restore(store, learner.untrained(), learner.pendingQueries());
      assertThat(restored.publicationDue()).isFalse();
    }
  }

  @Test
  void afterARestoreEveryCandidateIsPublishedAgain() throws Exception {
    try (TwoTowerLearner learner = learnt(spec(), ExampleStream.walks(100, HISTORY));
        TwoTowerLearner restored = new TwoTowerLearner(spec())) {
      int all = learner.publish().orElseThrow().candidates().size();
      MemoryStore store = new MemoryStore();
      learner.snapshot(store);
      restored.restore(store, learner.untrained(), learner.pendingQueries());
      assertThat(restored.publish().orElseThrow().candidates()).hasSize(all);
    }
  }

  @Test
  void aLargeCatalogueHasOneBatchInSoManyScored() {
    EvaluationSpec twenty = new EvaluationSpec(48, 20);
    List<TrainingProgress> progress = new ArrayList<>();
    try (TwoTowerLearner learner =
        new TwoTowerLearner(spec(new BatchSpec(16, Duration.ofDays(1)), twenty))) {
      ExampleStream.walks(2000, HISTORY).forEach(example -> learner.learn(example, progress::add));
    }
    // 60 items are three times 20: one batch of 16 in each window of three batches is scored.
    TrainingProgress last = progress.get(progress.size() - 1);
    assertThat(last.window().events()).isEqualTo(16);
    assertThat(last.events()).isEqualTo(1968); // 41 windows of 48
  }

  @Test
  void anItemThatComesWithoutItsTextsIsRefused() {
    Example known = ExampleStream.walks(1, HISTORY).get(0);
    Example textless =
        new Example(
            known.user(),
            known.before(),
            true,
            known.item(),
            known.itemIndex(),
            false,
            null,
            null,
            Attributes.NONE,
            0,
            0,
            1,
            true,
            RawRecord.at("ratings", 0, 0));
    try (TwoTowerLearner learner = new TwoTowerLearner(spec())) {
      assertThatThrownBy(() -> learner.learn(textless, TwoTowerLearnerTest::ignore))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("Item i0 comes without its texts");
    }
  }
}
