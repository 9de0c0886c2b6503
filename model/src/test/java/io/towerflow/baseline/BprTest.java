package io.towerflow.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.towerflow.table.CounterRandom;
import org.junit.jupiter.api.Test;

class BprTest {

  @Test
  void aStepDescendsTheGradientOfTheRankingLoss() {
    float[] user = {0.5f, 1};
    float[] item = {1, -0.5f};
    float[] other = {-1, 0.5f};

    // The scores are 0.5 * 1 - 0.5 and 0.5 * -1 + 0.5: no margin, so the sigmoid is 1/2. With rate
    // 0.1 and regularization 1 every number shrinks by 0.9, and 0.05 of each gradient is added.
    Bpr.step(user, item, other, 0.1f, 1);

    assertThat(user).containsExactly(new float[] {0.45f + 0.05f * 2, 1}, within(1e-6f));
    assertThat(item).containsExactly(new float[] {0.9f + 0.025f, -0.45f + 0.05f}, within(1e-6f));
    assertThat(other).containsExactly(new float[] {-0.9f - 0.025f, 0.45f - 0.05f}, within(1e-6f));
  }

  @Test
  void theMoreAMarginIsMissedTheMoreIsLearnt() {
    float[] user = {1, 1};
    float[] item = {0, 0};
    float[] other = {(float) Math.log(3), 0};

    // The margin is -log 3, so the pull is 0.1 / (1 + 1/3) = 0.075.
    Bpr.step(user, item, other, 0.1f, 0);

    float log3 = 1.098612f;
    assertThat(user).containsExactly(new float[] {1 - 0.075f * log3, 1}, within(1e-6f));
    assertThat(item).containsExactly(new float[] {0.075f, 0.075f}, within(1e-6f));
    assertThat(other).containsExactly(new float[] {log3 - 0.075f, -0.075f}, within(1e-6f));
  }

  @Test
  void itemsOfTheOwnGroupRankAboveThoseOfTheOther() {
    Rehearsal bpr = new Rehearsal(new Bpr(Bpr.Parameters.DEFAULT));
    // User 0 takes everything. Of the others, the odd ones take four of items 0 to 4, the even ones
    // four of items 5 to 9, each leaving another one out.
    bpr.take(0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    for (int user = 1; user <= 100; user++) {
      int group = user % 2 == 1 ? 0 : 5;
      for (int i = 1; i < 5; i++) {
        bpr.take(user, group + (user / 2 + i) % 5);
      }
    }

    for (int user = 51; user <= 100; user++) {
      float[] scores = bpr.scores(user);
      int group = user % 2 == 1 ? 0 : 5;
      float leftOut = scores[group + user / 2 % 5];
      for (int i = 0; i < 5; i++) {
        assertThat(leftOut)
            .as("user %d, item %d of the other group", user, 5 - group + i)
            .isGreaterThan(scores[5 - group + i]);
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameScoresAndAnotherSeedOthers() {
    assertThat(afterManyEvents(1)).containsExactly(afterManyEvents(1));
    assertThat(afterManyEvents(1)).isNotEqualTo(afterManyEvents(2));
  }

  private static float[] afterManyEvents(long seed) {
    Rehearsal bpr = new Rehearsal(new Bpr(new Bpr.Parameters(4, 0.05, 0.01, 5, seed)));
    for (int item = 0; item < 20; item++) {
      bpr.take(0, item);
    }
    for (int user = 1; user < 100; user++) {
      bpr.take(user, CounterRandom.below(20, 3, user, 0), CounterRandom.below(20, 3, user, 1));
    }
    return bpr.scores(50);
  }

  @Test
  void itemsThatTheUserHasTakenAreNoNegatives() {
    Rehearsal slow = new Rehearsal(new Bpr(new Bpr.Parameters(4, 0.01, 0.01, 30, 1)));
    Rehearsal fast = new Rehearsal(new Bpr(new Bpr.Parameters(4, 0.5, 0.01, 30, 1)));

    // Whoever has taken all there is has nothing to learn from, at any rate.
    assertThat(slow.take(0, 0, 1, 2, 1).scores(0)).isEqualTo(fast.take(0, 0, 1, 2, 1).scores(0));
    // For the next user, all but the own item are negatives.
    assertThat(slow.take(1, 0).scores(1)).isNotEqualTo(fast.take(1, 0).scores(1));
  }

  @Test
  void parametersOutOfTheirRangeAreRefused() {
    assertThatThrownBy(() -> new Bpr.Parameters(0, 0.05, 0.01, 30, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("factor");
    assertThatThrownBy(() -> new Bpr.Parameters(32, 0.05, 0.01, 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("negative");
    assertThatThrownBy(() -> new Bpr.Parameters(32, 2, 0.5, 30, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("learning rate");
  }
}
