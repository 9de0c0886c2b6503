package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.job.Harness.Subtask;
import io.towerflow.message.Attributes;
import io.towerflow.message.Event;
import io.towerflow.spec.EventOrder;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

class SequenceOperatorTest {

  @Test
  void eventsAreNumberedAsTheyArrive() throws Exception {
    OperatorSubtaskState snapshot;
    try (var sequence = operator(EventOrder.ARRIVAL)) {
      sequence.process(event(1, 9));
      sequence.process(event(0, 3));
      assertThat(written(sequence.output())).containsExactly("1 1:9 after 0", "2 0:3 after 1");
      snapshot = sequence.snapshot();
    }
    try (var sequence = operator(EventOrder.ARRIVAL, snapshot)) {
      sequence.process(event(5, 1));
      assertThat(written(sequence.output())).containsExactly("3 5:1 after 2");
    }
  }

  @Test
  void whatWaitsForAnotherPartitionIsInTheSnapshotAndSoAreTheFrontiers() throws Exception {
    OperatorSubtaskState snapshot;
    try (var sequence = operator(EventOrder.TIME)) {
      for (int time = 1; time <= 5; time++) {
        sequence.process(event(0, 10L * time));
      }
      sequence.process(event(1, 15));
      assertThat(written(sequence.output())).containsExactly("1 0:10 after 0", "2 1:15 after 1");
      snapshot = sequence.snapshot();
      sequence.process(event(1, 100)); // lost
    }
    try (var sequence = operator(EventOrder.TIME, snapshot)) {
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
    try (var sequence = operator(EventOrder.TIME)) {
      sequence.process(event(0, 10));
      sequence.process(event(0, 20));
      snapshot = sequence.snapshot();
    }
    try (var sequence = operator(EventOrder.ARRIVAL, snapshot)) {
      sequence.process(event(1, 30));
      assertThat(written(sequence.output()))
          .containsExactly("1 0:10 after 0", "2 0:20 after 1", "3 1:30 after 2");
    }
  }

  private static List<String> written(List<SequencedEvent> events) {
    return events.stream()
        .map(
            next ->
                "%d %d:%d after %d"
                    .formatted(
                        next.sequence(),
                        next.event().partition(),
                        next.event().time(),
                        next.previous()))
        .toList();
  }

  private static Event event(int partition, long time) {
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
        partition,
        0);
  }

  private static Harness<Integer, Event, SequencedEvent> operator(
      EventOrder order, OperatorSubtaskState... snapshot) throws Exception {
    return Harness.of(
        new SequenceOperator(order, 2), event -> SequenceOperator.KEY, Subtask.ONLY, snapshot);
  }
}
