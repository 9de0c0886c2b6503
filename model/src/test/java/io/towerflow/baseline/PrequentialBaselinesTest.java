package io.towerflow.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.towerflow.baseline.PrequentialBaselines.Standing;
import io.towerflow.message.Accuracy;
import io.towerflow.table.CounterRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PrequentialBaselinesTest {

  @Test
  void eachEventIsRankedBeforeItIsLearnt() {
    PrequentialBaselines baselines = new PrequentialBaselines(List.of(new MostPopular()), 4);
    baselines.add("u", "a"); // new user
    baselines.add("u", "b"); // new item
    baselines.add("u", "c"); // new item
    baselines.add("v", "c"); // new user
    baselines.add("v", "a"); // c is taken; a and b have one event each: 1 + 1/2, rank 1
    baselines.add("v", "b"); // nothing else is left: rank 1
    baselines.add("w", "a"); // new user
    baselines.add("w", "b"); // b and c have two events each: rank 1
    baselines.add("x", "b"); // new user
    baselines.add("x", "c"); // a has three events, c two: rank 2

    Standing standing = baselines.standings().get(0);
    assertThat(standing.name()).isEqualTo("popularity");
    assertThat(standing.windows())
        .containsExactly(
            new Accuracy(4, 0, 0, 0), new Accuracy(4, 3, 3, 3), new Accuracy(2, 1, 1, 0.5));
    assertThat(standing.total()).isEqualTo(new Accuracy(10, 4, 4, 3.5));
    // The item's place among the events before it: a behind 2 of 4, b behind 4 of 5, b behind 3 of
    // 7, c behind 7 of 9.
    assertThat(standing.cohorts())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "new_user", new Accuracy(4, 0, 0, 0),
                "new_item", new Accuracy(2, 0, 0, 0),
                "returning", new Accuracy(4, 4, 4, 3.5),
                "head", Accuracy.NONE,
                "torso", new Accuracy(2, 2, 2, 2),
                "tail", new Accuracy(2, 2, 2, 1.5)));
  }

  @Test
  void anItemTakenAgainIsRankedBesideThoseNotTaken() {
    PrequentialBaselines baselines = new PrequentialBaselines(List.of(new MostPopular()), 100);
    baselines.add("u", "a");
    baselines.add("v", "b");
    baselines.add("v", "c");
    baselines.add("w", "b");
    baselines.add("u", "a"); // b has two events, a and c one: rank 2, and a is in the running

    assertThat(baselines.standings().get(0).cohorts())
        .containsEntry("returning", new Accuracy(1, 1, 1, 0.5));
  }

  @Test
  void anEventThatIsNotRankedIsLearntAndTakesItsPlaceInTheWindow() {
    PrequentialBaselines baselines = new PrequentialBaselines(List.of(new MostPopular()), 2);
    baselines.addUnscored("u", "a");
    baselines.addUnscored("u", "b");
    baselines.addUnscored("v", "b");
    baselines.add("v", "a");

    assertThat(baselines.standings().get(0).windows())
        .containsExactly(Accuracy.NONE, new Accuracy(1, 1, 1, 1));
  }

  @Test
  void anEventThatIsNoWishMakesItsItemKnownAndIsNotLookedForAgain() {
    PrequentialBaselines baselines = new PrequentialBaselines(List.of(new MostPopular()), 3);
    baselines.add("u", "a"); // new user
    baselines.add("v", "b"); // new user
    baselines.addUnwanted("v", "c");
    baselines.add("v", "a"); // b and c are taken, so a is all that is left: rank 1
    baselines.add("u", "c"); // b has one wish, and c, though known, none: rank 2
    baselines.addUnwanted("w", "b"); // no wish for b, whose count stays 1
    baselines.add("w", "c"); // w is known: c has one wish, a two, and b is taken: rank 2

    Standing standing = baselines.standings().get(0);
    assertThat(standing.windows())
        .containsExactly(
            new Accuracy(2, 0, 0, 0), new Accuracy(2, 2, 2, 1.5), new Accuracy(1, 1, 1, 0.5));
    assertThat(standing.cohorts())
        .containsEntry("new_item", Accuracy.NONE)
        .containsEntry("returning", new Accuracy(3, 3, 3, 2));
  }

  @Test
  void everyBaselineRanksUsersAndItemsThatItHasNotLearnt() {
    PrequentialBaselines baselines =
        new PrequentialBaselines(
            List.of(
                new DecayedPopularity(100),
                new ItemKnn(ItemKnn.Parameters.DEFAULT),
                new Bpr(Bpr.Parameters.DEFAULT)),
            1_000);
    baselines.add("u", "a");
    // More than any array holds at first.
    for (int i = 0; i < 200; i++) {
      baselines.addUnwanted("user " + i, "item " + i);
    }
    for (int i = 0; i < 100; i++) {
      baselines.add("user " + i, "a");
      baselines.add("user " + i, "item " + (i + 100));
    }

    for (Standing standing : baselines.standings()) {
      Accuracy returning = standing.cohorts().get("returning");
      assertThat(returning.events()).as(standing.name()).isEqualTo(200);
      assertThat(returning.hitAt10()).as("%s: a, half of them", standing.name()).isGreaterThan(0.4);
    }
  }

  @Test
  void neighboursFindItemsThatAreTakenTogetherAndPopularityDoesNot() {
    PrequentialBaselines baselines =
        new PrequentialBaselines(
            List.of(new MostPopular(), new ItemKnn(ItemKnn.Parameters.DEFAULT)), 1_000);
    // 50 pairs of items; each user takes both of one pair, drawn at random.
    for (int user = 0; user < 2_000; user++) {
      int pair = CounterRandom.below(50, 1, user, 0);
      baselines.add("user " + user, "first of " + pair);
      baselines.add("user " + user, "second of " + pair);
    }

    Accuracy popularity = baselines.standings().get(0).cohorts().get("returning");
    Accuracy neighbours = baselines.standings().get(1).cohorts().get("returning");
    // Whoever returns takes the second of a pair that someone took before: rank 1 each time.
    assertThat(neighbours).isEqualTo(new Accuracy(1_950, 1_950, 1_950, 1_950));
    assertThat(popularity.events()).isEqualTo(1_950);
    assertThat(popularity.hitAt10()).isLessThan(0.2);
  }

  @Test
  void theSameStreamGivesTheSameStandings() {
    assertThat(afterManyEvents()).isEqualTo(afterManyEvents());
  }

  private static List<Standing> afterManyEvents() {
    PrequentialBaselines baselines =
        new PrequentialBaselines(
            List.of(
                new MostPopular(),
                new DecayedPopularity(100),
                new ItemKnn(ItemKnn.Parameters.DEFAULT),
                new Bpr(Bpr.Parameters.DEFAULT)),
            250);
    for (int i = 0; i < 1_000; i++) {
      baselines.add(
          "user " + CounterRandom.below(30, 5, i, 0), "item " + CounterRandom.below(200, 5, i, 1));
    }
    return baselines.standings();
  }

  @Test
  void aBaselineThatDivergedRanksEverythingLast() {
    PrequentialBaselines baselines = new PrequentialBaselines(List.of(new Diverged()), 100);
    baselines.add("u", "a");
    baselines.add("u", "b");
    baselines.add("u", "c");
    baselines.add("v", "c");
    baselines.add("v", "a"); // of a and b

    assertThat(baselines.standings().get(0).total().reciprocalRanks()).isEqualTo(0.5);
  }

  private static final class Diverged implements Baseline {
    @Override
    public String name() {
      return "diverged";
    }

    @Override
    public void score(Interactions past, int user, float[] scores) {
      Arrays.fill(scores, Float.NaN);
    }

    @Override
    public void learn(Interactions past, int user, int item) {
      // It is beyond that.
    }
  }

  @Test
  void baselinesOfOneNameAreRefused() {
    assertThatThrownBy(
            () ->
                new PrequentialBaselines(
                    List.of(new DecayedPopularity(10), new DecayedPopularity(100)), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("decayed_popularity");
  }
}
