package io.towerflow.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class InteractionsTest {

  @Test
  void whatAUserTookIsKnownFromTheLastBackwards() {
    Interactions past = new Interactions();
    past.add(0, 0);
    past.add(1, 0);
    past.add(0, 1);
    past.add(0, 0);

    assertThat(past.users()).isEqualTo(2);
    assertThat(past.items()).isEqualTo(2);
    assertThat(past.events()).isEqualTo(4);
    assertThat(past.count(0)).isEqualTo(3);
    assertThat(past.count(1)).isEqualTo(1);
    assertThat(past.historyLength(0)).isEqualTo(3);
    assertThat(past.recent(0, 0)).isEqualTo(0);
    assertThat(past.recent(0, 1)).isEqualTo(1);
    assertThat(past.recent(0, 2)).isEqualTo(0);
    assertThat(past.historyLength(1)).isEqualTo(1);
  }

  @Test
  void whatWasTakenAndNotWishedForIsInNoHistoryAndNoCount() {
    Interactions past = new Interactions();
    past.addUnwanted(0, 0);
    past.add(1, 0);
    past.add(0, 1);
    past.addUnwanted(1, 2);

    assertThat(past.users()).isEqualTo(2);
    assertThat(past.items()).isEqualTo(3);
    assertThat(past.events()).isEqualTo(2);
    assertThat(past.count(0)).isEqualTo(1);
    assertThat(past.count(2)).isZero();
    assertThat(past.historyLength(0)).isEqualTo(1);
    assertThat(past.recent(0, 0)).isEqualTo(1);
    assertThat(past.hasTaken(0, 0)).isTrue();
    assertThat(past.hasTaken(0, 2)).isFalse();
    assertThat(past.hasTaken(1, 2)).isTrue();
    past.addUnwanted(1, 1);
    assertThat(past.hasTaken(1, 1)).isTrue();
    assertThat(past.hasTaken(0, 2)).as("the marks of the other are gone").isFalse();
  }

  @Test
  void askingAboutOneUserDoesNotAnswerForAnother() {
    Interactions past = new Interactions();
    past.add(0, 0);
    past.add(1, 1);

    assertThat(past.hasTaken(0, 0)).isTrue();
    assertThat(past.hasTaken(0, 1)).isFalse();
    assertThat(past.hasTaken(1, 0)).isFalse();
    assertThat(past.hasTaken(1, 1)).isTrue();
    past.add(1, 0);
    assertThat(past.hasTaken(1, 0)).isTrue();
    past.add(0, 1);
    assertThat(past.hasTaken(0, 1)).isTrue();
  }

  @Test
  void thousandsOfUsersAndItemsAreKept() {
    Interactions past = new Interactions();
    int n = 3_000;
    for (int i = 0; i < n; i++) {
      past.add(i, i);
      past.add(0, i);
    }

    assertThat(past.users()).isEqualTo(n);
    assertThat(past.items()).isEqualTo(n);
    assertThat(past.historyLength(0)).isEqualTo(n + 1);
    for (int i = 1; i < n; i++) {
      assertThat(past.recent(0, n - 1 - i)).isEqualTo(i);
      assertThat(past.recent(i, 0)).isEqualTo(i);
      assertThat(past.count(i)).isEqualTo(2);
    }
  }

  @Test
  void aNumberThatIsNotTheNextOneIsRefused() {
    Interactions past = new Interactions();
    past.add(0, 0);

    assertThatThrownBy(() -> past.add(2, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no user 2");
    assertThatThrownBy(() -> past.add(0, 2)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> past.add(-1, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThat(past.events()).isEqualTo(1);
  }
}
