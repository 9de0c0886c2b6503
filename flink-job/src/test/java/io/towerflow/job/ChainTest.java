package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ChainTest {

  private record Link(long sequence, long previous, boolean continued) implements Linked {
    Link(long sequence, long previous) {
      this(sequence, previous, false);
    }
  }

  private final Chain<Link> chain = new Chain<>(0, List.of());

  @Test
  void whatComesInOrderLeavesAtOnce() {
    assertThat(chain.offer(new Link(3, 0))).containsExactly(new Link(3, 0));
    assertThat(chain.offer(new Link(8, 3))).containsExactly(new Link(8, 3));
    assertThat(chain.last()).isEqualTo(8);
    assertThat(chain.held()).isEmpty();
  }

  @Test
  void whatOvertookOthersLeavesAfterThem() {
    assertThat(chain.offer(new Link(9, 8))).isEmpty();
    assertThat(chain.offer(new Link(8, 3))).isEmpty();
    assertThat(chain.offer(new Link(12, 11))).isEmpty();
    assertThat(chain.offer(new Link(3, 0)))
        .containsExactly(new Link(3, 0), new Link(8, 3), new Link(9, 8));
    assertThat(chain.held()).as("11 is still to come").containsExactly(new Link(12, 11));
  }

  @Test
  void aChainGoesOnWhereAnotherWas() {
    Chain<Link> restored = new Chain<>(3, List.of(new Link(9, 8)));

    assertThat(restored.offer(new Link(8, 3))).containsExactly(new Link(8, 3), new Link(9, 8));
  }

  @Test
  void whatGoesOnFromASnapshotThatDoesNotKnowTheChainIsAFaultWithACure() {
    assertThatThrownBy(() -> Chain.<Link>unknown().offer(new Link(7, 3, true)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("Event 7 goes on from a snapshot that holds the order of events,")
        .hasMessageContaining("--start earliest");
    assertThat(chain.offer(new Link(3, 0, true))).as("a chain that is known").hasSize(1);
  }

  @Test
  void aSnapshotWithoutTheOrderIsAsNone() {
    Chain<Link> fresh = Chain.unknown();
    assertThat(fresh.isUnknown()).isTrue();
    assertThat(fresh.offer(new Link(3, 0))).containsExactly(new Link(3, 0));
    assertThat(fresh.isUnknown()).isFalse();
    assertThat(fresh.offer(new Link(4, 3, true))).as("restored, when it is known").hasSize(1);
  }

  @Test
  void whatComesTwiceIsAFault() {
    chain.offer(new Link(3, 0));
    chain.offer(new Link(9, 8));

    assertThatThrownBy(() -> chain.offer(new Link(3, 0)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Event 3 follows event 0, but another has followed it; the last one was 3");
    assertThatThrownBy(() -> chain.offer(new Link(9, 8))).isInstanceOf(IllegalStateException.class);
  }
}
