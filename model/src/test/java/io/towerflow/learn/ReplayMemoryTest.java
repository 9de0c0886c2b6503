package io.towerflow.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.learn.ReplayMemory.View;
import io.towerflow.table.RowSet;
import io.towerflow.tower.EncodedAttributes;
import io.towerflow.tower.QueryContext;
import java.security.MessageDigest;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReplayMemoryTest {

  /**
   * User 7 takes items 1 to 5 at 10, 20, 30, 40, 50 ms, as events 1, 3, 4, 5, 6; user 8 takes item
   * 9 as event 2.
   */
  private static ReplayMemory memory(int capacity) {
    ReplayMemory memory = new ReplayMemory(capacity, false, false, false);
    memory.add(7, 1, 10, 0, EncodedAttributes.NONE, 1, true, Float.NaN);
    memory.add(8, 9, 15, 0, EncodedAttributes.NONE, 1, true, Float.NaN);
    memory.add(7, 2, 20, 1, EncodedAttributes.NONE, 1, true, Float.NaN);
    memory.add(7, 3, 30, 2, EncodedAttributes.NONE, 1, true, Float.NaN);
    memory.add(7, 4, 40, 3, EncodedAttributes.NONE, 1, true, Float.NaN);
    memory.add(7, 5, 50, 4, EncodedAttributes.NONE, 1, true, Float.NaN);
    return memory;
  }

  /** Which of the items 0 to 9 a user has taken in the events held. */
  private static int[] taken(ReplayMemory memory, int user) {
    RowSet asked = new RowSet();
    for (int item = 0; item < 10; item++) {
      asked.add(item);
    }
    RowSet found = new RowSet();
    memory.takenAmong(user, asked, found::add);
    return IntStream.of(found.toArray()).sorted().toArray();
  }

  @Test
  void theItemsBeforeAnEventAreItsHistoryAsItWas() {
    QueryContext query = memory(100).query(4, View.BEFORE, 10, item -> true);
    assertThat(query.user()).isEqualTo(7);
    assertThat(query.time()).isEqualTo(30);
    assertThat(query.taken()).isEqualTo(2);
    assertThat(query.recentItems()).containsExactly(2, 1);
    assertThat(query.recentTimes()).containsExactly(20, 10);
  }

  @Test
  void theItemsAfterAnEventAreMirroredIntoThePast() {
    QueryContext query = memory(100).query(4, View.AFTER, 10, item -> true);
    assertThat(query.recentItems()).containsExactly(4, 5);
    assertThat(query.recentTimes()).containsExactly(20, 10); // 10 and 20 ms away
  }

  @Test
  void theItemsAroundAnEventComeInTurnsNearestFirst() {
    ReplayMemory memory = memory(100);
    assertThat(memory.query(4, View.AROUND, 10, item -> true).recentItems())
        .containsExactly(2, 4, 1, 5);
    assertThat(memory.query(4, View.AROUND, 3, item -> true).recentItems())
        .containsExactly(2, 4, 1);
    assertThat(memory.query(1, View.AROUND, 10, item -> true).recentItems())
        .containsExactly(2, 3, 4, 5);
    assertThat(memory.query(2, View.AROUND, 10, item -> true).recentItems()).isEmpty();
  }

  @Test
  void whatFellOutOfTheMemoryIsNobodysHistory() {
    ReplayMemory memory = memory(3); // events 4, 5 and 6 are held
    assertThat(memory.oldest()).isEqualTo(4);
    assertThat(memory.size()).isEqualTo(3);
    assertThat(memory.query(4, View.BEFORE, 10, item -> true).recentItems()).isEmpty();
    assertThat(memory.query(6, View.BEFORE, 10, item -> true).recentItems()).containsExactly(4, 3);
    assertThat(taken(memory, 7)).containsExactly(3, 4, 5);
    assertThat(taken(memory, 8)).isEmpty();
    assertThat(taken(memory, 1000)).isEmpty();
  }

  @Test
  void itemsThatAreNotKnownAreNobodysHistory() {
    ReplayMemory memory = memory(100);
    assertThat(memory.query(5, View.BEFORE, 10, item -> item != 2).recentItems())
        .containsExactly(3, 1);
    assertThat(memory.query(4, View.AROUND, 10, item -> item > 3).recentItems())
        .containsExactly(4, 5);
  }

  @Test
  void aForgottenUsersEventsAreNobodysAndOfNoItemAlsoAfterARestore() throws Exception {
    ReplayMemory memory = memory(4); // events 3 to 6 are held, all of them of user 7
    memory.add(8, 9, 60, 0, EncodedAttributes.NONE, 1, true, Float.NaN); // event 7; 4 to 7 are held
    memory.forget(7);
    memory.forget(1234);
    for (long event = 4; event <= 6; event++) {
      assertThat(memory.user(event)).isZero();
      assertThat(memory.item(event)).isZero();
    }
    assertThat(taken(memory, 7)).isEmpty();
    assertThat(taken(memory, 8)).containsExactly(9);

    Map<Integer, byte[]> chunks = new TreeMap<>();
    memory.drainDirty(chunks::put);
    ReplayMemory restored = new ReplayMemory(4, false, false, false);
    chunks.forEach(restored::restore);
    restored.relink(7);
    assertThat(digest(restored)).isEqualTo(digest(memory));
    assertThat(taken(restored, 0)).isEmpty();
  }

  @Test
  void eventsOfUsersWithoutAnIndexAreNotLinked() {
    ReplayMemory memory = new ReplayMemory(100, false, false, false);
    memory.add(0, 1, 10, 0, EncodedAttributes.NONE, 1, true, Float.NaN);
    memory.add(0, 2, 20, 0, EncodedAttributes.NONE, 1, true, Float.NaN);
    assertThat(memory.query(2, View.AROUND, 10, item -> true).recentItems()).isEmpty();
    assertThat(taken(memory, 0)).isEmpty();
  }

  @Test
  void anItemTakenTwiceIsNamedOnce() {
    ReplayMemory memory = memory(100);
    memory.add(7, 2, 60, 5, EncodedAttributes.NONE, 1, true, Float.NaN);
    assertThat(taken(memory, 7)).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void aRestoredMemoryIsLinkedAsBeforeAndOnlyChangesAreDrained() throws Exception {
    for (int capacity : new int[] {100, 1000, 300}) {
      ReplayMemory memory = new ReplayMemory(capacity, false, false, false);
      for (int e = 0; e < 777; e++) {
        memory.add(e % 10, e, e, e / 10, EncodedAttributes.NONE, 1, true, Float.NaN);
      }
      Map<Integer, byte[]> chunks = new TreeMap<>();
      memory.drainDirty(chunks::put);
      ReplayMemory restored = new ReplayMemory(capacity, false, false, false);
      chunks.forEach(restored::restore);
      restored.relink(memory.newest());
      assertThat(digest(restored)).isEqualTo(digest(memory));
      memory.add(3, 5, 1000, 77, EncodedAttributes.NONE, 1, true, Float.NaN);
      restored.add(3, 5, 1000, 77, EncodedAttributes.NONE, 1, true, Float.NaN);
      for (View view : View.values()) {
        assertThat(restored.query(740, view, 20, item -> true).recentItems())
            .isEqualTo(memory.query(740, view, 20, item -> true).recentItems());
      }
      Map<Integer, byte[]> later = new TreeMap<>();
      restored.drainDirty(later::put);
      assertThat(later).hasSize(1);
    }
  }

  private static byte[] digest(ReplayMemory memory) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    memory.digest(digest);
    return digest.digest();
  }

  @Test
  void anEventIsReplayedInItsOwnContextAlsoAfterARestore() throws Exception {
    ReplayMemory memory = new ReplayMemory(300, true, false, false);
    for (int e = 0; e < 777; e++) {
      int[] values = e % 2 == 0 ? new int[] {} : new int[] {e, e + 1};
      memory.add(
          e % 10,
          e,
          e,
          e / 10,
          new EncodedAttributes(new int[][] {values}, new double[] {e}),
          1,
          true,
          Float.NaN);
    }
    Map<Integer, byte[]> chunks = new TreeMap<>();
    memory.drainDirty(chunks::put);
    ReplayMemory restored = new ReplayMemory(300, true, false, false);
    chunks.forEach(restored::restore);
    restored.relink(memory.newest());

    assertThat(digest(restored)).isEqualTo(digest(memory));
    for (View view : View.values()) {
      EncodedAttributes context =
          restored.query(740, view, 3, item -> true).attributes(); // e = 739
      assertThat(context.categories()).isDeepEqualTo(new int[][] {{739, 740}});
      assertThat(context.numbers()).containsExactly(739);
    }
    memory.add(
        1, 1, 1, 1, new EncodedAttributes(new int[][] {{5}}, new double[] {0}), 1, true, Float.NaN);
    restored.add(
        1, 1, 1, 1, new EncodedAttributes(new int[][] {{6}}, new double[] {0}), 1, true, Float.NaN);
    assertThat(digest(restored)).isNotEqualTo(digest(memory));
  }

  @Test
  void anEventThatIsNoPositiveIsNobodysHistoryButItsItemIsTaken() {
    ReplayMemory memory = new ReplayMemory(100, false, true, false);
    memory.add(7, 1, 10, 0, EncodedAttributes.NONE, 2, true, Float.NaN);
    memory.add(7, 2, 20, 1, EncodedAttributes.NONE, 1, false, Float.NaN);
    memory.add(7, 3, 30, 2, EncodedAttributes.NONE, 0.5f, true, Float.NaN);
    memory.add(7, 4, 40, 3, EncodedAttributes.NONE, 1, false, Float.NaN);
    memory.add(7, 5, 50, 4, EncodedAttributes.NONE, 0, true, Float.NaN);
    assertThat(memory.query(3, View.BEFORE, 10, item -> true).recentItems()).containsExactly(1);
    assertThat(memory.query(3, View.AROUND, 10, item -> true).recentItems()).containsExactly(1, 5);
    assertThat(taken(memory, 7)).containsExactly(1, 2, 3, 4, 5);
    assertThat(memory.weight(3)).isEqualTo(0.5f);
  }

  @Test
  void ofAUserWithManyEventsItIsKnownWhatWasTakenAndWhatFellOut() {
    ReplayMemory memory = new ReplayMemory(5000, false, false, false);
    for (int e = 0; e < 5000; e++) {
      // Event 1 takes item 1, the next 2499 take 2 and 3 in turns, the rest items above 10.
      int item = e == 0 ? 1 : e < 2500 ? 2 + e % 2 : 1000 + e;
      memory.add(7, item, e, e, EncodedAttributes.NONE, 1, true, Float.NaN);
    }
    assertThat(taken(memory, 7)).containsExactly(1, 2, 3);
    memory.add(7, 4, 5000, 1, EncodedAttributes.NONE, 1, true, Float.NaN); // event 1 falls out
    assertThat(taken(memory, 7)).containsExactly(2, 3, 4);
    memory.add(8, 9, 5001, 1, EncodedAttributes.NONE, 1, true, Float.NaN); // one of the others
    assertThat(taken(memory, 7)).containsExactly(2, 3, 4);
    for (int e = 0; e < 2498; e++) {
      memory.add(8, 9, 5001, 1, EncodedAttributes.NONE, 1, true, Float.NaN);
    }
    assertThat(taken(memory, 7)).containsExactly(4);
    assertThat(taken(memory, 8)).containsExactly(9);
    memory.forget(7);
    assertThat(taken(memory, 7)).isEmpty();
  }
}
