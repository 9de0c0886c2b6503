package io.towerflow.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.towerflow.message.Attributes;
import io.towerflow.message.Event;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;
import java.util.ArrayList;
import java.util.List;
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
                0,
                0));
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
              0,
              0));
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
}
