package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.towerflow.message.Attributes;
import io.towerflow.message.Event;
import io.towerflow.profile.IndexSpace;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SequencerTest {

  private static final String ANN = "ann";

  /** Another user of Ann's shard, and one of another. */
  private static final String BEA = user(true);

  private static final String CARL = user(false);

  @Test
  void everyEventKnowsTheOneBeforeItInItsUsersShard() {
    Sequencer sequencer = new Sequencer(Sequences.none());

    assertThat(IntStream.range(0, 5).mapToObj(i -> sequencer.next(event(i))))
        .extracting(SequencedEvent::sequence, SequencedEvent::previous, s -> s.event().user())
        .containsExactly(
            tuple(1L, 0L, ANN),
            tuple(2L, 0L, CARL),
            tuple(3L, 1L, BEA),
            tuple(4L, 3L, ANN),
            tuple(5L, 2L, CARL));
  }

  @Test
  void numberingGoesOnWhereItStood() {
    Sequencer before = new Sequencer(Sequences.none());
    IntStream.range(0, 4).forEach(i -> before.next(event(i)));
    Sequences stand = before.sequences();
    before.next(event(4)); // lost

    SequencedEvent next = new Sequencer(stand).next(event(4));
    assertThat(next.sequence()).isEqualTo(5);
    assertThat(next.previous()).isEqualTo(2);
  }

  private static Event event(int number) {
    String user = new String[] {ANN, CARL, BEA, ANN, CARL}[number];
    return new Event(
        user,
        "i",
        number,
        Double.NaN,
        1,
        true,
        new String[0],
        Attributes.NONE,
        Attributes.NONE,
        "",
        0,
        number);
  }

  private static String user(boolean ofAnnsShard) {
    return IntStream.range(0, 100_000)
        .mapToObj(i -> "user-" + i)
        .filter(id -> ofAnnsShard == (IndexSpace.shardOf(id) == IndexSpace.shardOf(ANN)))
        .findFirst()
        .orElseThrow();
  }
}
