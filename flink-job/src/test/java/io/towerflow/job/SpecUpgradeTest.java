package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.connectors.codec.EventDecoder;
import io.towerflow.job.Harness.Subtask;
import io.towerflow.learn.TwoTowerLearner;
import io.towerflow.message.Event;
import io.towerflow.message.RawRecord;
import io.towerflow.message.TrainingProgress;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;
import io.towerflow.spec.SpecException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** The operators of a job that goes on from a savepoint under another spec. */
class SpecUpgradeTest {

  private static final String SPEC =
      """
      seed: %d
      event: {user: user, item: item, time: time%s}
      order: %s
      query: {features: [{kind: id, width: 4}, {kind: history, items: 3}%s]}
      candidate: {features: [{kind: id, width: 4}%s]}
      batch: {size: 8}
      loss: {uniform_negatives: 4}
      evaluation: {every_events: 20}
      """;

  private static final String OLD =
      SPEC.formatted(1, ", label: title", "arrival", "", "").replace("width: 4", "width: 5");

  private static final String NEW =
      SPEC.formatted(
              1,
              ", label: title",
              "arrival",
              ", {kind: category, field: device, width: 4}",
              ", {kind: popularity}, {kind: number, field: year, width: 4}, {kind: text, field:"
                  + " title, width: 4}")
          .replace("width: 4", "width: 5");

  /** The part of the job that has state of its own, up to the trainer, one subtask each. */
  private static final class Job implements AutoCloseable {

    private final Harness<Integer, Event, SequencedEvent> sequence;
    private final Harness<Integer, SequencedEvent, IndexedEvent> items;
    private final Harness<Integer, IndexedEvent, SequencedExample> users;
    private final Harness<Integer, SequencedExample, SearchInput> trainer;
    private final Harness<Integer, SearchInput, PartialList> search;
    private final EventDecoder decoder;

    /** What a savepoint holds of the operators. */
    private record Savepoint(List<OperatorSubtaskState> states) {

      static final Savepoint NONE = new Savepoint(List.of());

      OperatorSubtaskState[] of(int operator) {
        return states.isEmpty()
            ? new OperatorSubtaskState[0]
            : new OperatorSubtaskState[] {states.get(operator)};
      }
    }

    Job(String yaml, Savepoint from) throws Exception {
      ModelSpec spec = ModelSpecs.parse(yaml);
      decoder = new EventDecoder(spec.event());
      sequence =
          Harness.of(
              new SequenceOperator(new JobPlan(yaml, 1, 2, Arithmetic.AUTO)),
              event -> SequenceOperator.KEY,
              Subtask.ONLY,
              from.of(0));
      items =
          Harness.of(
              new ItemOperator(spec.vocabulary().items(), yaml),
              event -> ShardKeys.keyOf(event.event().item()),
              Subtask.ONLY,
              from.of(1));
      users =
          Harness.of(
              new UserOperator(spec.historyItems(), spec.vocabulary().users(), yaml),
              event -> ShardKeys.keyOf(event.user()),
              Subtask.ONLY,
              from.of(2));
      trainer =
          Harness.of(
              new TrainerOperator(
                  () -> new TwoTowerLearner(ModelSpecs.parse(yaml)), Duration.ofSeconds(10), 1),
              example -> LearnerState.MODEL_KEY,
              Subtask.ONLY,
              from.of(3));
      search =
          Harness.of(
              new SearchOperator(3, 1),
              input -> ShardKeys.spread(input.shard(), 1),
              Types.INT,
              Subtask.ONLY,
              from.of(4));
    }

    void take(long from, long to) throws Exception {
      for (long number = from; number < to; number++) {
        sequence.process(decoder.decode(record(number)));
      }
      for (SequencedEvent event : sequence.output()) {
        items.process(event);
      }
      for (IndexedEvent event : items.output()) {
        users.process(event);
      }
      for (SequencedExample example : users.output()) {
        trainer.process(example);
      }
    }

    List<PartialList> publish(long wallClock) throws Exception {
      trainer.wallClock(wallClock);
      for (SearchInput input : trainer.output()) {
        search.process(input);
      }
      return search.output();
    }

    TrainingProgress finish() throws Exception {
      trainer.endInput();
      List<TrainingProgress> progress = trainer.output(TrainerOperator.TRAINING_PROGRESS);
      return progress.get(progress.size() - 1);
    }

    Savepoint savepoint() throws Exception {
      return new Savepoint(
          List.of(
              sequence.snapshot(),
              items.snapshot(),
              users.snapshot(),
              trainer.snapshot(),
              search.snapshot()));
    }

    @Override
    public void close() {
      search.close();
      trainer.close();
      users.close();
      items.close();
      sequence.close();
    }
  }

  /** A square modulo 101, of which there are 51. */
  private static long item(long number) {
    return number * number % 101;
  }

  private static RawRecord record(long number) {
    String json =
        "{\"user\": \"u%d\", \"item\": \"i%d\", \"time\": %d, \"title\": \"number %d\", \"year\": %d, \"device\": \"d%d\"}"
            .formatted(
                number % 7,
                item(number),
                1_000_000_000L + number,
                item(number),
                1990 + item(number),
                number % 3);
    return new RawRecord(
        null,
        json.getBytes(StandardCharsets.UTF_8),
        "ratings",
        (int) (number % 2),
        number,
        0L,
        new String[0],
        new byte[0][]);
  }

  private static Job.Savepoint savepointOf(String yaml, long events) throws Exception {
    try (Job job = new Job(yaml, Job.Savepoint.NONE)) {
      job.take(0, events);
      job.publish(10_000);
      return job.savepoint();
    }
  }

  @Test
  void aJobGoesOnFromASavepointUnderASpecThatHasMoreFeatures() throws Exception {
    Job.Savepoint old = savepointOf(OLD, 100);
    Job.Savepoint then;
    TrainingProgress quiet;
    try (Job job = new Job(NEW, old)) {
      then = job.savepoint();
      job.take(100, 150);
      List<PartialList> lists = job.publish(20_000);
      assertThat(lists).as("each of the seven users has a list").hasSize(7);
      assertThat(lists).allSatisfy(list -> assertThat(list.hits()).isNotEmpty());
      quiet = job.finish();
    }

    assertThat(quiet.events()).as("events go on being counted").isEqualTo(150);
    assertThat(quiet.items()).isEqualTo(51);

    try (Job job = new Job(NEW, then)) {
      job.take(100, 150);
      job.publish(20_000);
      assertThat(job.finish())
          .as("from a savepoint that was taken at once under the new spec")
          .isEqualTo(quiet);
    }
  }

  @Test
  void everyItemTellsTheModelItsTextsAnewAtItsNextEventAndNoMore() throws Exception {
    Job.Savepoint old = savepointOf(OLD, 100);
    try (Job job = new Job(NEW, old)) {
      for (long number = 100; number < 150; number++) {
        job.sequence.process(job.decoder.decode(record(number)));
      }
      for (SequencedEvent event : job.sequence.output()) {
        job.items.process(event);
      }

      List<IndexedEvent> events = job.items.output();
      assertThat(events).extracting(IndexedEvent::newItem).containsOnly(false);
      // 100 and 101 to 149 have the squares of 1 and of 0 to 48: 49 items.
      assertThat(events.stream().filter(event -> event.texts() != null)).hasSize(49);
    }
  }

  @Test
  void eventsThatWaitForAnotherPartitionGoOnWithTheNewSpecsFields() throws Exception {
    String old = OLD.replace("arrival", "time");
    String renewed = NEW.replace("arrival", "time");
    Job.Savepoint savepoint;
    try (Job job = new Job(old, Job.Savepoint.NONE)) {
      // Partition 1 is silent, so all of partition 0 wait.
      for (long number : LongStream.range(0, 10).map(n -> 2 * n).toArray()) {
        job.sequence.process(job.decoder.decode(record(number)));
      }
      assertThat(job.sequence.output()).isEmpty();
      savepoint = job.savepoint();
    }
    try (Job job = new Job(renewed, savepoint)) {
      job.take(101, 102); // of partition 1: lets the ten go
      assertThat(job.finish().events()).isEqualTo(10);
    }
  }

  @Test
  void aChangeThatTheStateCannotFollowFailsTheJobAtTheStart() throws Exception {
    Job.Savepoint old = savepointOf(OLD, 30);
    String reseeded = OLD.replace("seed: 1", "seed: 2");

    assertThatThrownBy(() -> new Job(reseeded, old))
        .isInstanceOf(SpecException.class)
        .hasMessageContaining("Going on from the snapshot with this model spec cannot work:")
        .hasMessageContaining("seed: it was 1 and is 2");
  }
}
