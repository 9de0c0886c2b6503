package io.towerflow.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.connectors.codec.DeadLetter;
import io.towerflow.connectors.codec.Reason;
import io.towerflow.job.Harness.Subtask;
import io.towerflow.message.Attributes;
import io.towerflow.message.Event;
import io.towerflow.message.RawRecord;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

class SequenceOperatorTest {

  private static final String SIDES =
      "query: {features: [{kind: id}]}\ncandidate: {features: [{kind: id}]}\n";
  private static final String ARRIVAL = "event: {user: u, item: i, time: t}\n";
  private static final String TIME = "order: time\n" + ARRIVAL;
  private static final String WITH_IDS =
      "event: {user: u, item: i, time: t, id: eid, deduplicate_within: 1s}\n";

  @Test
  void eventsAreNumberedAsTheyArrive() throws Exception {
    OperatorSubtaskState snapshot;
    try (var sequence = operator(ARRIVAL)) {
      sequence.process(event(1, 9));
      sequence.process(event(0, 3));
      List<SequencedEvent> first = sequence.output();
      assertThat(written(first)).containsExactly("1 1:9 after 0", "2 0:3 after 1");
      assertThat(first).extracting(SequencedEvent::continued).containsOnly(false);
      snapshot = sequence.snapshot();
    }
    try (var sequence = operator(ARRIVAL, snapshot)) {
      sequence.process(event(5, 1));
      assertThat(sequence.output()).extracting(SequencedEvent::continued).containsExactly(true);
    }
    try (var sequence = operator(ARRIVAL, snapshot)) {
      sequence.process(event(5, 1));
      assertThat(written(sequence.output())).containsExactly("3 5:1 after 2");
    }
  }

  @Test
  void whatWaitsForAnotherPartitionIsInTheSnapshotAndSoAreTheFrontiers() throws Exception {
    OperatorSubtaskState snapshot;
    try (var sequence = operator(TIME)) {
      for (int time = 1; time <= 5; time++) {
        sequence.process(event(0, 10L * time));
      }
      sequence.process(event(1, 15));
      assertThat(written(sequence.output())).containsExactly("1 0:10 after 0", "2 1:15 after 1");
      snapshot = sequence.snapshot();
      sequence.process(event(1, 100)); // lost
    }
    try (var sequence = operator(TIME, snapshot)) {
      sequence.process(event(0, 1)); // late: stands at 50
      assertThat(sequence.output()).as("partition 1 still stands at 15").isEmpty();
      sequence.process(event(1, 35));
      assertThat(written(sequence.output()))
          .containsExactly("3 0:20 after 2", "4 0:30 after 3", "5 1:35 after 4");
      assertThat(sequence.keysOf("queue")).as("0:50 and the late one wait").isEqualTo(1);

      sequence.endInput();
      assertThat(written(sequence.output()))
          .containsExactly("6 0:40 after 5", "7 0:50 after 6", "8 0:1 after 7");
      assertThat(sequence.keysOf("queue")).as("something still waits").isZero();
    }
  }

  @Test
  void whoeverNoLongerMergesByTimeLosesNothingThatWaits() throws Exception {
    OperatorSubtaskState snapshot;
    try (var sequence = operator(TIME)) {
      sequence.process(event(0, 10));
      sequence.process(event(0, 20));
      snapshot = sequence.snapshot();
    }
    try (var sequence = operator(ARRIVAL, snapshot)) {
      sequence.process(event(1, 30));
      assertThat(written(sequence.output()))
          .containsExactly("1 0:10 after 0", "2 0:20 after 1", "3 1:30 after 2");
    }
  }

  @Test
  void anEventWithAnIdThatWasTakenOfLateGetsNoNumberButADeadLetter() throws Exception {
    OperatorSubtaskState snapshot;
    try (var sequence = operator(WITH_IDS)) {
      sequence.process(event(0, 1_000, "a"));
      sequence.process(event(0, 1_500, "b"));
      sequence.process(event(0, 1_600, "a"));
      sequence.process(event(0, 1_999, "c"));
      assertThat(written(sequence.output()))
          .containsExactly("1 0:1000 after 0", "2 0:1500 after 1", "3 0:1999 after 2");
      assertThat(sequence.output(DeadLetters.TAG))
          .extracting(
              DeadLetter::reason, DeadLetter::field, DeadLetter::message, l -> l.record().offset())
          .containsExactly(
              tuple(
                  Reason.DUPLICATE,
                  "eid",
                  "the id 'eid' is \"a\", which an event had that was taken 600 ms earlier; ids are"
                      + " remembered for 1000 ms (event.deduplicate_within)",
                  1_600L));
      snapshot = sequence.snapshot();
      sequence.process(event(0, 5_000, "lost"));
    }
    try (var sequence = operator(WITH_IDS, snapshot)) {
      sequence.process(event(0, 2_000, "b"));
      sequence.process(event(0, 2_000, "a"));
      assertThat(sequence.output(DeadLetters.TAG))
          .as("b is remembered from before the snapshot, a has been forgotten")
          .extracting(DeadLetter::record)
          .extracting(RawRecord::topic, RawRecord::partition, RawRecord::offset)
          .containsExactly(tuple("ratings", 0, 2_000L));
      assertThat(written(sequence.output())).containsExactly("4 0:2000 after 3");

      sequence.process(event(0, 9_000, "d"));
      assertThat(sequence.entriesOf("ids", SequenceOperator.KEY, Types.STRING, Types.LONG))
          .as("all but d is forgotten")
          .isEqualTo(1);
      assertThat(sequence.entriesOf("ids-in-order", SequenceOperator.KEY, Types.LONG, Types.STRING))
          .isEqualTo(1);
    }
  }

  @Test
  void theDeadLetterOfADuplicateHoldsItsRecordAsItCameAlsoThroughASnapshot() throws Exception {
    Event duplicate = event(0, 20, "a");
    OperatorSubtaskState snapshot;
    try (var sequence = operator("order: time\n" + WITH_IDS)) {
      sequence.process(event(0, 10, "a"));
      sequence.process(duplicate); // both wait for partition 1
      snapshot = sequence.snapshot();
    }
    try (var sequence = operator("order: time\n" + WITH_IDS, snapshot)) {
      sequence.process(event(1, 30, "b"));
      assertThat(sequence.output(DeadLetters.TAG))
          .extracting(DeadLetter::record)
          .usingRecursiveFieldByFieldElementComparator()
          .containsExactly(duplicate.record());
    }
  }

  @Test
  void whichOfTwoPartitionsHasTheDuplicateIsTheOrdersToSay() throws Exception {
    try (var sequence = operator("order: time\n" + WITH_IDS)) {
      sequence.process(event(1, 20, "a")); // comes first, but is the later one
      sequence.process(event(0, 10, "a"));
      sequence.process(event(0, 30, "b"));
      assertThat(written(sequence.output())).containsExactly("1 0:10 after 0");
      assertThat(sequence.output(DeadLetters.TAG))
          .extracting(letter -> letter.record().partition())
          .containsExactly(1);
    }
  }

  private static List<String> written(List<SequencedEvent> events) {
    return events.stream()
        .map(
            next ->
                "%d %d:%d after %d"
                    .formatted(
                        next.sequence(),
                        next.event().record().partition(),
                        next.event().time(),
                        next.previous()))
        .toList();
  }

  private static Event event(int partition, long time) {
    return event(partition, time, "");
  }

  /** The event at the offset of its time, of a record with a key, a value and headers. */
  private static Event event(int partition, long time, String id) {
    return new Event(
        "u",
        "i",
        time,
        Double.NaN,
        1,
        true,
        new String[0],
        Attributes.NONE,
        Attributes.NONE,
        id,
        new RawRecord(
            new byte[] {-1, 0},
            ("value " + time).getBytes(UTF_8),
            "ratings",
            partition,
            time,
            1_700_000_000_000L + time,
            new String[] {"h", "h", ""},
            new byte[][] {{-2}, null, {}}));
  }

  private static Harness<Integer, Event, SequencedEvent> operator(
      String spec, OperatorSubtaskState... snapshot) throws Exception {
    return Harness.of(
        new SequenceOperator(new JobPlan(spec + SIDES, 1, 2, Arithmetic.AUTO)),
        event -> SequenceOperator.KEY,
        Subtask.ONLY,
        snapshot);
  }
}
