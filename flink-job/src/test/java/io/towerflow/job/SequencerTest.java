package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.towerflow.message.Attributes;
import io.towerflow.message.Event;
import io.towerflow.message.RawRecord;
import io.towerflow.profile.IndexSpace;
import io.towerflow.spec.Lifetime;
import io.towerflow.spec.VocabularySpec;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SequencerTest {

  private static final VocabularySpec FOR_EVER =
      new VocabularySpec(Lifetime.UNBOUNDED, Lifetime.UNBOUNDED);

  private static final String ANN = "ann";

  /** Another user of Ann's shard, and one of another. */
  private static final String BEA = user(true);

  private static final String CARL = user(false);

  @Test
  void everyEventKnowsTheOneBeforeItInItsUsersShard() {
    Sequencer sequencer = new Sequencer(Sequences.none(), FOR_EVER);

    assertThat(IntStream.range(0, 5).mapToObj(i -> sequencer.next(event(i))).flatMap(List::stream))
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
    Sequencer before = new Sequencer(Sequences.none(), FOR_EVER);
    IntStream.range(0, 4).forEach(i -> before.next(event(i)));
    Sequences stand = before.sequences();
    before.next(event(4)); // lost

    SequencedEvent next = new Sequencer(stand, FOR_EVER).next(event(4)).get(0);
    assertThat(next.sequence()).isEqualTo(5);
    assertThat(next.previous()).isEqualTo(2);
  }

  @Test
  void everyShardGetsATickBeforeTheEventThatTakesTimeIntoAnotherPeriod() {
    Lifetime tenMilliseconds = new Lifetime(1, Duration.ofMillis(160)); // in sixteen periods
    Sequencer sequencer =
        new Sequencer(Sequences.none(), new VocabularySpec(Lifetime.UNBOUNDED, tenMilliseconds));
    sequencer.next(event(ANN, 1000));
    assertThat(sequencer.next(event(ANN, 1009))).as("still from 1000 to 1009").hasSize(1);
    assertThat(sequencer.next(event(ANN, 1010))).as("a lone event moves nothing").hasSize(1);

    List<SequencedEvent> next = sequencer.next(event(ANN, 1011)); // so it is 1010 by now
    assertThat(next).hasSize(129).extracting(SequencedEvent::clock).containsOnly(1010L);
    assertThat(next.subList(0, 128))
        .allMatch(SequencedEvent::isTick)
        .extracting(SequencedEvent::shard)
        .containsExactlyElementsOf(IntStream.range(0, 128).boxed().toList());
    assertThat(next)
        .extracting(SequencedEvent::sequence)
        .containsExactlyElementsOf(LongStream.rangeClosed(4, 132).boxed().toList());
    int shard = IndexSpace.shardOf(ANN);
    assertThat(next.get(shard).previous())
        .as("of Ann's shard the tick follows event 3")
        .isEqualTo(3);
    assertThat(next.get(128).previous()).as("and the event that tick").isEqualTo(4 + shard);
    assertThat(next.get((shard + 1) % 128).previous()).as("of another, nothing").isZero();
  }

  @Test
  void timeIsTheLatestThatTwoEventsInARowHaveReached() {
    StreamClock clock = StreamClock.START;
    long[] times = {5, 7, 99, 8, 6, 3, 50, 60, 55};
    long[] readings = {5, 5, 7, 8, 8, 8, 8, 50, 55};
    for (int i = 0; i < times.length; i++) {
      clock = clock.after(times[i]);
      assertThat(clock.now()).as("after event %d", i).isEqualTo(readings[i]);
    }
  }

  @Test
  void aFirstEventFromTheFutureIsBelievedUntilTheSecondComes() {
    StreamClock clock = StreamClock.START.after(1_000_000);
    assertThat(clock.now()).isEqualTo(1_000_000);
    assertThat(clock.after(10).now()).isEqualTo(10);
    assertThat(clock.after(10).after(12).now()).isEqualTo(10);
  }

  private static Event event(int number) {
    return event(new String[] {ANN, CARL, BEA, ANN, CARL}[number], number);
  }

  private static Event event(String user, long time) {
    return new Event(
        user,
        "i",
        time,
        Double.NaN,
        1,
        true,
        new String[0],
        Attributes.NONE,
        Attributes.NONE,
        "",
        RawRecord.at("ratings", 0, 0));
  }

  private static String user(boolean ofAnnsShard) {
    return IntStream.range(0, 100_000)
        .mapToObj(i -> "user-" + i)
        .filter(id -> ofAnnsShard == (IndexSpace.shardOf(id) == IndexSpace.shardOf(ANN)))
        .findFirst()
        .orElseThrow();
  }
}
