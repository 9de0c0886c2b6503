package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ChainTest {

  private record Link(long sequence, long previous) implements Linked {}

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
  void whatComesTwiceIsAFault() {
    chain.offer(new Link(3, 0));
    chain.offer(new Link(9, 8));

    assertThatThrownBy(() -> chain.offer(new Link(3, 0)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Event 3 follows event 0, but another has followed it; the last one was 3");
    assertThatThrownBy(() -> chain.offer(new Link(9, 8))).isInstanceOf(IllegalStateException.class);
  }
}
