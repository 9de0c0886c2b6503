package io.towerflow.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UserProfileTest {

  @Test
  void aFreshUserHasTakenNothing() {
    UserProfile fresh = UserProfile.fresh(133);

    assertThat(fresh.index()).isEqualTo(133);
    assertThat(fresh.seen()).isEmpty();
    assertThat(fresh.recentItems()).isEmpty();
    assertThat(fresh.recentTimes()).isEmpty();
  }

  @Test
  void theHistoryIsNewestFirstAndTheSeenItemsAscend() {
    UserProfile profile =
        UserProfile.fresh(1).after(30, 1000, 10).after(10, 2000, 10).after(20, 3000, 10);

    assertThat(profile.recentItems()).containsExactly(20, 10, 30);
    assertThat(profile.recentTimes()).containsExactly(3000, 2000, 1000);
    assertThat(profile.seen()).containsExactly(10, 20, 30);
    assertThat(profile.index()).isEqualTo(1);
  }

  @Test
  void theHistoryKeepsTheLastItemsAndTheSeenItemsAreAllKept() {
    UserProfile profile =
        UserProfile.fresh(1).after(30, 1000, 2).after(10, 2000, 2).after(20, 3000, 2);

    assertThat(profile.recentItems()).containsExactly(20, 10);
    assertThat(profile.recentTimes()).containsExactly(3000, 2000);
    assertThat(profile.seen()).containsExactly(10, 20, 30);
  }

  @Test
  void anItemTakenTwiceIsTwiceInTheHistoryAndOnceAmongTheSeen() {
    UserProfile profile = UserProfile.fresh(1).after(7, 1000, 5).after(7, 2000, 5);

    assertThat(profile.recentItems()).containsExactly(7, 7);
    assertThat(profile.recentTimes()).containsExactly(2000, 1000);
    assertThat(profile.seen()).containsExactly(7);
  }

  @Test
  void withoutHistoryOnlyTheSeenItemsAreKept() {
    UserProfile profile = UserProfile.fresh(1).after(7, 1000, 0).after(8, 2000, 0);

    assertThat(profile.recentItems()).isEmpty();
    assertThat(profile.recentTimes()).isEmpty();
    assertThat(profile.seen()).containsExactly(7, 8);
  }

  @Test
  void aShorterHistoryThanBeforeIsCutAndALongerOneGrows() {
    UserProfile profile =
        UserProfile.fresh(1).after(1, 1000, 3).after(2, 2000, 3).after(3, 3000, 3);

    assertThat(profile.after(4, 4000, 2).recentItems()).containsExactly(4, 3);
    assertThat(profile.after(4, 4000, 9).recentItems()).containsExactly(4, 3, 2, 1);
  }

  @Test
  void theProfileBeforeAnEventStaysAsItIs() {
    UserProfile before = UserProfile.fresh(1).after(5, 1000, 3);
    UserProfile after = before.after(4, 2000, 3);

    assertThat(before.seen()).containsExactly(5);
    assertThat(before.recentItems()).containsExactly(5);
    assertThat(before.recentTimes()).containsExactly(1000);
    assertThat(after.seen()).containsExactly(4, 5);
  }

  @Test
  void theProfileOfSomebodyWhoIsFollowedGoesOnWithoutTheItemsTaken() {
    UserProfile followed =
        UserProfile.fresh(1).after(5, 1000, 3).withoutSeen(UserProfile.FOLLOWED).after(4, 2000, 3);

    assertThat(followed.isFollowed()).isTrue();
    assertThat(followed.seen()).isEmpty();
    assertThat(followed.recentItems()).containsExactly(4, 5);
    assertThat(followed.withSeen(new int[] {4, 5}).isFollowed()).isFalse();
  }

  @Test
  void seenHoldsExactlyTheItemsTakenEachOnceAscending() {
    Random random = new Random(11);
    boolean[] taken = new boolean[500];
    UserProfile profile = UserProfile.fresh(1);
    for (int i = 0; i < 300; i++) {
      int item = random.nextInt(taken.length);
      taken[item] = true;
      profile = profile.after(item, i, 5);
    }

    for (int item = 0; item < taken.length; item++) {
      assertThat(Arrays.binarySearch(profile.seen(), item) >= 0)
          .as("item %d", item)
          .isEqualTo(taken[item]);
    }
    assertThat(profile.seen()).isSorted().doesNotHaveDuplicates();
    assertThat(profile.recentItems()).hasSize(5);
  }
}
