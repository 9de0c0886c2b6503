package io.towerflow.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.towerflow.message.Accuracy;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PrequentialTest {

  @Test
  void tiesCountHalf() {
    assertThat(Prequential.rank(0, 0)).isEqualTo(1);
    assertThat(Prequential.rank(3, 0)).isEqualTo(4);
    assertThat(Prequential.rank(0, 1)).isEqualTo(1);
    assertThat(Prequential.rank(0, 2)).isEqualTo(2);
    assertThat(Prequential.rank(3, 5)).isEqualTo(6);
  }

  @Test
  void hitsAndReciprocalRanksAreAddedUp() {
    Prequential prequential = new Prequential(100);
    prequential.add(1, Cohort.HEAD);
    prequential.add(10, Cohort.HEAD);
    prequential.add(11, Cohort.HEAD);
    prequential.add(100, Cohort.HEAD);
    prequential.add(101, Cohort.HEAD);

    // ranks past 100 count nothing
    assertThat(prequential.total())
        .isEqualTo(new Accuracy(5, 2, 4, 1.0 + 1.0 / 10 + 1.0 / 11 + 1.0 / 100));
  }

  @Test
  void aMissCountsAsAnEventAndNothingElse() {
    Prequential prequential = new Prequential(100);
    prequential.add(Prequential.MISS, Cohort.NEW_ITEM);

    assertThat(prequential.total()).isEqualTo(new Accuracy(1, 0, 0, 0));
  }

  @Test
  void aWindowCompletesAfterItsNumberOfEventsAndTheNextOneIsEmpty() {
    Prequential prequential = new Prequential(2);
    assertThat(prequential.add(1, Cohort.HEAD)).isFalse();
    assertThat(prequential.add(2, Cohort.HEAD)).isTrue();
    assertThat(prequential.window()).isEqualTo(new Accuracy(2, 2, 2, 1.5));

    prequential.nextWindow();
    assertThat(prequential.window()).isEqualTo(Accuracy.NONE);
    assertThat(prequential.total()).isEqualTo(new Accuracy(2, 2, 2, 1.5));
    assertThat(prequential.add(4, Cohort.HEAD)).isFalse();
    assertThat(prequential.window()).isEqualTo(new Accuracy(1, 1, 1, 0.25));
    assertThat(prequential.total()).isEqualTo(new Accuracy(3, 3, 3, 1.75));
  }

  @Test
  void anEventThatWasNotScoredTakesItsPlaceInTheWindowButCountsInNoAccuracy() {
    Prequential prequential = new Prequential(3);
    prequential.add(1, Cohort.HEAD);

    assertThat(prequential.addUnscored()).isFalse();
    assertThat(prequential.addUnscored()).isTrue();
    assertThat(prequential.window().events()).isEqualTo(1);
    assertThat(prequential.total().events()).isEqualTo(1);
  }

  @Test
  void cohortsAddUpToTheTotal() {
    Prequential prequential = new Prequential(100);
    prequential.add(Prequential.MISS, Cohort.ofFirstSighting(true));
    prequential.add(Prequential.MISS, Cohort.ofFirstSighting(true));
    prequential.add(Prequential.MISS, Cohort.ofFirstSighting(false));
    prequential.add(1, Cohort.HEAD);
    prequential.add(2, Cohort.TORSO);
    prequential.add(50, Cohort.TAIL);

    Map<String, Accuracy> cohorts = prequential.cohorts();
    assertThat(cohorts)
        .containsEntry("new_user", new Accuracy(2, 0, 0, 0))
        .containsEntry("new_item", new Accuracy(1, 0, 0, 0))
        .containsEntry("head", new Accuracy(1, 1, 1, 1))
        .containsEntry("torso", new Accuracy(1, 1, 1, 0.5))
        .containsEntry("tail", new Accuracy(1, 0, 1, 0.02))
        .containsEntry("returning", new Accuracy(3, 2, 3, 1 + 0.5 + 0.02));
    assertThat(cohorts.get("new_user").plus(cohorts.get("new_item")).plus(cohorts.get("returning")))
        .isEqualTo(prequential.total());
  }

  @Test
  void everyCohortIsReportedFromTheStart() {
    assertThat(new Prequential(1).cohorts())
        .containsOnlyKeys("new_user", "new_item", "returning", "head", "torso", "tail")
        .containsEntry("returning", Accuracy.NONE);
  }

  @Test
  void ranksCountFromOne() {
    Prequential prequential = new Prequential(100);

    assertThatThrownBy(() -> prequential.add(0, Cohort.HEAD))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> prequential.add(-1, Cohort.HEAD))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(prequential.total()).isEqualTo(Accuracy.NONE);
    assertThat(prequential.window()).isEqualTo(Accuracy.NONE);
  }

  @Test
  void aWindowOfNoEventsIsRefused() {
    assertThatThrownBy(() -> new Prequential(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void restoredMetricsGoOnAsIfNothingHadHappened() {
    Prequential quiet = new Prequential(4);
    Prequential killed = new Prequential(4);
    for (Prequential each : new Prequential[] {quiet, killed}) {
      each.add(Prequential.MISS, Cohort.NEW_USER);
      each.add(3, Cohort.HEAD);
      each.addUnscored();
    }

    Prequential restored = Prequential.fromBytes(4, killed.toBytes());

    assertThat(restored.add(7, Cohort.HEAD)).isTrue();
    assertThat(quiet.add(7, Cohort.HEAD)).isTrue();
    assertThat(restored.toBytes()).isEqualTo(quiet.toBytes());
    assertThat(restored.window()).isEqualTo(quiet.window());
    assertThat(restored.total()).isEqualTo(quiet.total());
    assertThat(restored.cohorts()).isEqualTo(quiet.cohorts());
  }

  @Test
  void windowsThatWereMadeSmallerCompleteAtTheNextEvent() {
    Prequential before = new Prequential(100);
    for (int i = 0; i < 50; i++) {
      before.addUnscored();
    }

    assertThat(Prequential.fromBytes(10, before.toBytes()).addUnscored()).isTrue();
  }

  @Test
  void bytesThatAreNoStateAreRefused() {
    assertThatThrownBy(() -> Prequential.fromBytes(10, new byte[7]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("7");
  }
}
