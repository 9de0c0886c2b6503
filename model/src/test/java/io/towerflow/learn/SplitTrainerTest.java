package io.towerflow.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.towerflow.message.Attributes;
import io.towerflow.message.Event;
import io.towerflow.message.RatingError;
import io.towerflow.message.RawRecord;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class SplitTrainerTest {

  private static final ModelSpec SPEC =
      ModelSpecs.parse(
          """
          event: {user: u, item: i, time: t}
          query:
            features: [{kind: id, width: 16}]
          candidate:
            features: [{kind: id, width: 16}, {kind: text, field: title, width: 16}]
          batch: {size: 50}
          loss: {uniform_negatives: 20}
          """);

  /** Users of four groups, each of whom takes 30 of the 60 items of the group. */
  private static List<Event> groups() {
    List<Event> events = new ArrayList<>();
    for (int user = 0; user < 40; user++) {
      for (int k = 0; k < 30; k++) {
        int item = user % 4 * 60 + (user * 7 + k) % 60;
        String[] title = {"group" + user % 4 + " item" + item};
        events.add(
            new Event(
                "u" + user,
                "i" + item,
                1_000L * events.size(),
                1,
                1,
                true,
                title,
                Attributes.NONE,
                Attributes.NONE,
                "",
                RawRecord.at("ratings", 0, 0)));
      }
    }
    return events;
  }

  @Test
  void whatAUserTakesIsLearntFromWhatTheUserTook() {
    try (SplitTrainer trainer = new SplitTrainer(SPEC, groups(), 0.8, 1)) {
      double untrained = trainer.measure().unseen().at(50);
      double first = trainer.trainEpoch();
      for (int epoch = 2; epoch <= 15; epoch++) {
        trainer.trainEpoch();
      }
      double last = trainer.trainEpoch();
      SplitTrainer.Measurement measured = trainer.measure();
      assertThat(trainer.epoch()).isEqualTo(16);
      assertThat(measured.epoch()).isEqualTo(16);
      assertThat(last).isLessThan(first);
      // Chance is 50 of 216 candidates; whoever knows the group has the item within 36.
      assertThat(untrained).isBetween(0.1, 0.4);
      assertThat(measured.unseen().at(50)).isGreaterThan(0.95);
      // Without the user's own items an item can only rank better.
      assertThat(measured.unseen().at(10)).isGreaterThanOrEqualTo(measured.all().at(10));
    }
  }

  @Test
  void theSameSeedsGiveTheSameFigures() {
    try (SplitTrainer one = new SplitTrainer(SPEC, groups(), 0.8, 1);
        SplitTrainer two = new SplitTrainer(SPEC, groups(), 0.8, 1);
        SplitTrainer other = new SplitTrainer(SPEC, groups(), 0.8, 2)) {
      double loss = one.trainEpoch();
      assertThat(two.trainEpoch()).isEqualTo(loss);
      assertThat(other.trainEpoch()).isNotEqualTo(loss);
      assertThat(two.measure().all().at(50)).isEqualTo(one.measure().all().at(50));
    }
  }

  @Test
  void everyItemOfTheDataSetIsACandidate() {
    try (SplitTrainer trainer = new SplitTrainer(SPEC, groups(), 0.8, 1)) {
      long items = groups().stream().map(Event::item).distinct().count();
      assertThat(trainer.candidateCount()).isEqualTo((int) items);
    }
  }

  @Test
  void aSpecWithAHistoryIsRefused() {
    assertThatThrownBy(() -> new SplitTrainer(ModelSpecs.load("online"), groups(), 0.8, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Spec online reads a history")
        .hasMessageContaining("such as tutorial");
  }

  @Test
  void aSplitWithAnEmptyPartIsRefused() {
    assertThatThrownBy(() -> new SplitTrainer(SPEC, groups().subList(0, 2), 0.9, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 events cannot be split at 0.9");
  }

  /** Every twentieth event, the first one too, takes a rare item, and all others a common one. */
  private static List<Event> lopsided() {
    List<Event> events = new ArrayList<>();
    for (int e = 0; e < 400; e++) {
      events.add(
          new Event(
              "u" + e,
              e % 20 == 0 ? "rare" : "common",
              1_000L * e,
              1,
              1,
              true,
              new String[0],
              Attributes.NONE,
              Attributes.NONE,
              "",
              RawRecord.at("ratings", 0, 0)));
    }
    return events;
  }

  @Test
  void anEstimateFromGapsGoesOnThroughTheEpochsAndComesNearTheShares() {
    ModelSpec spec =
        ModelSpecs.parse(
            """
            event: {user: u, item: i, time: t}
            query: {features: [{kind: id}]}
            candidate: {features: [{kind: id}]}
            loss: {frequency_estimate: gap, frequency_rate: 0.05}
            """);
    try (SplitTrainer trainer = new SplitTrainer(spec, lopsided(), 0.9, 1)) {
      double before = trainer.frequency(0);
      for (int epoch = 0; epoch < 20; epoch++) {
        trainer.trainEpoch();
      }
      // The share of the rare item is 1 in 20, and it began as one of two.
      assertThat(before).isBetween(0.05, 0.5);
      assertThat(trainer.frequency(0)).isCloseTo(0.05, within(0.02)).isLessThan(before);
      assertThat(trainer.frequency(1)).isCloseTo(0.95, within(0.03));
    }
  }

  private static final String IDS =
      """
      query: {features: [{kind: id, width: 8}]}
      candidate: {features: [{kind: id, width: 8}]}
      batch: {size: 50}
      """;

  /** Events of 20 users and 12 items, each with a value of 1 to 4 by the item and a weight. */
  private static List<Event> valued(ToDoubleFunction<Integer> weight, Predicate<Integer> positive) {
    List<Event> events = new ArrayList<>();
    for (int user = 0; user < 20; user++) {
      for (int item = 0; item < 12; item++) {
        events.add(
            new Event(
                "u" + user,
                "i" + item,
                1_000L * events.size(),
                1 + item % 4,
                weight.applyAsDouble(item),
                positive.test(item),
                new String[0],
                Attributes.NONE,
                Attributes.NONE,
                "",
                RawRecord.at("ratings", 0, 0)));
      }
    }
    return events;
  }

  @Test
  void aRatingHeadIsTrainedAndMeasuredOnTheSplitAlsoWhereEventsAreNoPositives() {
    ModelSpec spec =
        ModelSpecs.parse(
            "event: {user: u, item: i, time: t, value: v, positive_when: v >= 3}\n"
                + IDS
                + "rating: {weight: 1, layers: [16]}");
    try (SplitTrainer trainer =
        new SplitTrainer(spec, valued(item -> 1, item -> item % 4 >= 2), 0.8, 1)) {
      RatingError untrained = trainer.measure().rating();
      for (int epoch = 0; epoch < 20; epoch++) {
        trainer.trainEpoch();
      }
      RatingError trained = trainer.measure().rating();
      // A fifth of 240 events. The mean alone leaves sqrt(1.25) = 1.12, and the positives' mean
      // would leave more.
      assertThat(untrained.events()).isEqualTo(48);
      assertThat(untrained.rmse()).isGreaterThan(1.12);
      assertThat(trained.rmse()).isLessThan(0.3);
      assertThat(trainer.measure().all().at(100)).isEqualTo(1); // of positives alone
    }
  }

  @Test
  void withoutAHeadNoRatingIsMeasured() {
    try (SplitTrainer trainer = new SplitTrainer(SPEC, groups(), 0.8, 1)) {
      assertThat(trainer.measure().rating()).isEqualTo(RatingError.NONE);
    }
  }

  @Test
  void eventsWithoutWeightOrWishTrainNothingAndOthersByTheirWeight() {
    String weighed =
        "event: {user: u, item: i, time: t, value: v, weight: w, positive_when: v >= 0}\n"
            + IDS
            + "loss: {uniform_negatives: 20}";
    ModelSpec spec = ModelSpecs.parse(weighed);
    try (SplitTrainer weightless = new SplitTrainer(spec, valued(item -> 0, item -> true), 0.8, 1);
        SplitTrainer wishless = new SplitTrainer(spec, valued(item -> 1, item -> false), 0.8, 1)) {
      double before = weightless.measure().all().at(5);
      assertThat(weightless.trainEpoch()).isNaN();
      assertThat(wishless.trainEpoch()).isNaN();
      assertThat(weightless.measure().all().at(5)).isEqualTo(before);
      assertThat(wishless.measure().all().at(100)).isZero(); // nothing is asked for
    }
    // Twice the weight under half the rate is one and the same with plain gradient descent.
    String sgd = weighed + "\noptimizer: {kind: sgd, learning_rate: %s}";
    ModelSpec fast = ModelSpecs.parse(sgd.formatted("0.02"));
    ModelSpec slow = ModelSpecs.parse(sgd.formatted("0.01"));
    try (SplitTrainer one = new SplitTrainer(fast, valued(item -> 1, item -> true), 0.8, 1);
        SplitTrainer two = new SplitTrainer(slow, valued(item -> 2, item -> true), 0.8, 1)) {
      one.trainEpoch();
      two.trainEpoch();
      assertThat(two.trainEpoch()).isCloseTo(one.trainEpoch(), within(1e-5));
    }
  }

  @Test
  void overTheWholeCatalogueTheLossOfAnUntrainedModelIsTheLogOfItsSize() {
    ModelSpec spec =
        ModelSpecs.parse(
            "event: {user: u, item: i, time: t}\n"
                + IDS
                + """
                loss: {full_catalogue_until: 12, mask_seen: false}
                towers: {normalize: false, temperature: 1}
                optimizer: {kind: sgd, learning_rate: 1.0e-9}
                """);
    try (SplitTrainer trainer = new SplitTrainer(spec, valued(item -> 1, item -> true), 0.8, 1)) {
      // Scores are products of numbers within 0.05, so as good as equal: ln 12, whatever is drawn.
      assertThat(trainer.trainEpoch()).isCloseTo(Math.log(12), within(0.01));
    }
  }
}
