package io.towerflow.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.connectors.codec.DeadLetter;
import io.towerflow.connectors.codec.Reason;
import io.towerflow.job.Harness.Subtask;
import io.towerflow.learn.Evictions;
import io.towerflow.learn.Example;
import io.towerflow.learn.Publication;
import io.towerflow.learn.RowsLearner;
import io.towerflow.message.Attributes;
import io.towerflow.message.Event;
import io.towerflow.message.ItemEmbedding;
import io.towerflow.message.RawRecord;
import io.towerflow.message.TrainingProgress;
import io.towerflow.profile.UserProfile;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

class TrainerOperatorTest {

  private static final int NEVER = 1_000_000;

  private long sequence;

  @Test
  void progressLeavesByTheSideWithEachBatch() throws Exception {
    try (var trainer = trainer(2, NEVER, 1)) {
      for (int i = 0; i < 5; i++) {
        trainer.process(example("ann", 300));
      }

      assertThat(trainer.output(TrainerOperator.TRAINING_PROGRESS))
          .extracting(TrainingProgress::step, TrainingProgress::events)
          .containsExactly(tuple(1L, 2L), tuple(2L, 4L));
      assertThat(trainer.output()).as("published although nothing was due").isEmpty();
    }
  }

  @Test
  void theEventsOfABatchThatCannotBeTrainedAreDeadLettersAndTrainingGoesOn() throws Exception {
    try (var trainer = trainer(2, NEVER, 1)) {
      trainer.process(example("ann", 300));
      trainer.process(example("bob", 301, Double.POSITIVE_INFINITY));
      trainer.process(example("ann", 302));
      trainer.process(example("bob", 303));

      assertThat(trainer.output(DeadLetters.TAG))
          .extracting(
              DeadLetter::reason,
              DeadLetter::message,
              letter -> letter.record().topic(),
              letter -> letter.record().partition(),
              letter -> letter.record().offset())
          .containsExactly(
              tuple(
                  Reason.NOT_TRAINABLE,
                  "the event's batch was not trained. It weighs too much.",
                  "ratings",
                  3,
                  1L),
              tuple(
                  Reason.NOT_TRAINABLE,
                  "the event's batch was not trained. It weighs too much.",
                  "ratings",
                  3,
                  2L));
      assertThat(trainer.output(TrainerOperator.TRAINING_PROGRESS))
          .extracting(TrainingProgress::step)
          .containsExactly(1L);
    }
  }

  @Test
  void theDeadLetterOfAnEventThatWasNotTrainedHoldsItsRecordAsItCameAlsoThroughASnapshot()
      throws Exception {
    SequencedExample first = example("ann", 300);
    SequencedExample third = example(3, "bob", 301, Double.POSITIVE_INFINITY);
    OperatorSubtaskState snapshot;
    try (var trainer = trainer(3, NEVER, 1)) {
      trainer.process(first); // lies untrained in the snapshot
      trainer.process(third); // waits there for the second
      snapshot = trainer.snapshot();
    }
    SequencedExample second = example("ann", 302);
    try (var trainer = trainer(3, NEVER, 1, snapshot)) {
      trainer.process(second);

      assertThat(trainer.output(DeadLetters.TAG))
          .extracting(DeadLetter::record)
          .usingRecursiveFieldByFieldElementComparator()
          .containsExactly(
              first.example().record(), second.example().record(), third.example().record());
    }
  }

  @Test
  void aPublicationSendsCandidatesToTheirShardAndThenQueriesToEveryShard() throws Exception {
    try (var trainer = trainer(2, 4, 2)) {
      trainer.process(example("ann", 300));
      trainer.process(example("bob", 301));
      trainer.process(example("ann", 300));
      trainer.process(example("ann", 302));

      List<SearchInput> sent = trainer.output();
      assertThat(sent.subList(0, 3))
          .extracting(SearchInput::shard, input -> input.candidate().index(), SearchInput::version)
          .containsExactly(tuple(0, 300, 2L), tuple(1, 301, 2L), tuple(0, 302, 2L));
      assertThat(sent.subList(3, sent.size()))
          .extracting(SearchInput::shard, TrainerOperatorTest::users, SearchInput::version)
          .containsExactly(
              tuple(0, List.of("ann", "bob"), 2L), tuple(1, List.of("ann", "bob"), 2L));
      assertThat(trainer.output(PublicationSender.ITEM_EMBEDDINGS))
          .usingRecursiveFieldByFieldElementComparator()
          .containsExactly(
              new ItemEmbedding("item-300", new float[] {2}, 2, 4),
              new ItemEmbedding("item-301", new float[] {1}, 2, 4),
              new ItemEmbedding("item-302", new float[] {1}, 2, 4));
    }
  }

  @Test
  void queriesGoToAShardManyTogether() throws Exception {
    try (var trainer = trainer(1, NEVER, 2)) {
      for (int user = 0; user < 70; user++) {
        trainer.process(example("user-" + user, 300));
      }
      trainer.wallClock(10_000);

      assertThat(trainer.output())
          .filteredOn(input -> input.queries() != null)
          .extracting(SearchInput::shard, input -> users(input).size())
          .containsExactly(tuple(0, 64), tuple(1, 64), tuple(0, 6), tuple(1, 6));
    }
  }

  @Test
  void theWallClockPublishesWhatIsPendingAndTrainsNothing() throws Exception {
    try (var trainer = trainer(2, NEVER, 1)) {
      trainer.process(example("ann", 300));
      trainer.process(example("bob", 301));
      trainer.process(example("ann", 302));

      trainer.wallClock(9_999);
      assertThat(trainer.output()).as("published before it was time").isEmpty();

      trainer.wallClock(10_000);
      assertThat(trainer.output())
          .extracting(SearchInput::version, input -> input.candidate() != null)
          .containsExactly(tuple(1L, true), tuple(1L, true), tuple(1L, false));

      trainer.wallClock(20_000);
      assertThat(trainer.output()).as("published although nothing had happened").isEmpty();

      trainer.process(example("ann", 300));
      assertThat(trainer.output(TrainerOperator.TRAINING_PROGRESS))
          .as("steps: examples one and two, then three and four")
          .extracting(TrainingProgress::step, TrainingProgress::events)
          .containsExactly(tuple(1L, 2L), tuple(2L, 4L));
    }
  }

  @Test
  void theWallClockWaitsAfterAPublicationThatEventsBroughtAbout() throws Exception {
    try (var trainer = trainer(2, 2, 1)) {
      trainer.wallClock(6_000);
      trainer.process(example("ann", 300));
      trainer.process(example("ann", 301)); // published at 6 s, so the next is due at 16 s
      trainer.output();
      trainer.process(example("bob", 302));

      trainer.wallClock(15_999);
      assertThat(trainer.output()).isEmpty();

      trainer.wallClock(16_000);
      assertThat(trainer.output()).hasSize(1);
    }
  }

  @Test
  void aBoundedStreamEndsTrainedAndPublished() throws Exception {
    try (var trainer = trainer(2, NEVER, 1)) {
      trainer.process(example("ann", 300));
      trainer.process(example("ann", 301));
      trainer.process(example("ann", 302));
      trainer.endInput();

      assertThat(trainer.output(TrainerOperator.TRAINING_PROGRESS))
          .extracting(TrainingProgress::events, TrainingProgress::modelDigest)
          .containsExactly(tuple(2L, ""), tuple(3L, "step 2 {300=1, 301=1, 302=1}"));
      assertThat(trainer.output())
          .extracting(SearchInput::version, input -> input.queries() != null)
          .containsExactly(tuple(2L, false), tuple(2L, false), tuple(2L, false), tuple(2L, true));
    }
  }

  @Test
  void aRestoredRunEndsAsOneThatWasNeverInterrupted() throws Exception {
    TrainingProgress quiet;
    try (var trainer = trainer(4, NEVER, 1)) {
      processFromTo(trainer, 0, 1_000);
      trainer.endInput();
      quiet = last(trainer.output(TrainerOperator.TRAINING_PROGRESS));
    }

    OperatorSubtaskState snapshot;
    try (var trainer = trainer(4, NEVER, 1)) {
      processFromTo(trainer, 0, 333);
      trainer.snapshot(); // so that the next one is of the changes alone
      processFromTo(trainer, 333, 601); // 150 batches of 4, and one example is left untrained
      snapshot = trainer.snapshot();
      processFromTo(trainer, 601, 777); // lost
    }
    try (var trainer = trainer(4, NEVER, 1, snapshot)) {
      processFromTo(trainer, 601, 1_000);
      trainer.endInput();

      assertThat(last(trainer.output(TrainerOperator.TRAINING_PROGRESS))).isEqualTo(quiet);
      assertThat(quiet.events()).isEqualTo(1_000);
    }
  }

  @Test
  void whoWasTouchedBeforeTheSnapshotGetsAListAfterTheRestore() throws Exception {
    OperatorSubtaskState snapshot;
    try (var trainer = trainer(2, NEVER, 1)) {
      trainer.process(example("ann", 300));
      snapshot = trainer.snapshot();
    }
    try (var trainer = trainer(2, NEVER, 1, snapshot)) {
      trainer.wallClock(10_000);

      assertThat(trainer.output())
          .flatExtracting(SearchInput::queries)
          .extracting(query -> query.user() + " has " + query.seen()[0])
          .containsExactly("ann has 300");
    }
  }

  @Test
  void publicationsGoOnCountingAfterARestore() throws Exception {
    OperatorSubtaskState snapshot;
    try (var trainer = trainer(1, 1, 1)) {
      trainer.process(example("ann", 300));
      trainer.process(example("ann", 300));
      snapshot = trainer.snapshot();
    }
    try (var trainer = trainer(1, 1, 1, snapshot)) {
      trainer.process(example("ann", 300));

      assertThat(trainer.output()).extracting(SearchInput::publication).containsOnly(3L);
    }
  }

  @Test
  void aRestoredTrainerFillsTheShardsAgainButTheWorldSeesAVersionOnce() throws Exception {
    OperatorSubtaskState snapshot;
    try (var trainer = trainer(1, 1, 1)) {
      trainer.process(example("ann", 300)); // version 1 leaves
      trainer.process(example("ann", 301)); // version 2
      snapshot = trainer.snapshot();
    }
    try (var trainer = trainer(1, 1, 1, snapshot)) {
      trainer.wallClock(10_000);

      assertThat(trainer.output())
          .extracting(SearchInput::version, input -> input.candidate().id())
          .containsExactlyInAnyOrder(tuple(2L, "item-300"), tuple(2L, "item-301"));
      assertThat(trainer.output(PublicationSender.ITEM_EMBEDDINGS)).isEmpty();

      trainer.process(example("ann", 300));
      assertThat(trainer.output(PublicationSender.ITEM_EMBEDDINGS))
          .extracting(ItemEmbedding::modelVersion, ItemEmbedding::id)
          .containsExactly(tuple(3L, "item-300"));
    }
  }

  @Test
  void aStreamThatHadEndedBeforeTheSnapshotDoesNotEndTwice() throws Exception {
    OperatorSubtaskState ended;
    try (var trainer = trainer(2, NEVER, 1)) {
      trainer.process(example("ann", 300));
      trainer.endInput();
      ended = trainer.snapshot();
    }
    try (var trainer = trainer(2, NEVER, 1, ended)) {
      trainer.endInput();

      assertThat(trainer.output(TrainerOperator.TRAINING_PROGRESS)).isEmpty();
    }
    try (var trainer = trainer(2, NEVER, 1, ended)) {
      trainer.process(example(2, "ann", 301));
      trainer.endInput();

      assertThat(trainer.output(TrainerOperator.TRAINING_PROGRESS))
          .extracting(TrainingProgress::events)
          .as("events trained in all, when more came after the restore")
          .containsExactly(2L);
    }
  }

  @Test
  void aSnapshotBeforeTheFirstExampleKeepsWhatWasRestored() throws Exception {
    OperatorSubtaskState first;
    try (var trainer = trainer(1, NEVER, 1)) {
      processFromTo(trainer, 0, 10);
      first = trainer.snapshot();
    }
    OperatorSubtaskState second;
    try (var trainer = trainer(1, NEVER, 1, first)) {
      second = trainer.snapshot();
    }
    try (var trainer = trainer(1, NEVER, 1, second)) {
      trainer.endInput();

      TrainingProgress progress = last(trainer.output(TrainerOperator.TRAINING_PROGRESS));
      assertThat(progress.events()).isEqualTo(10);
      assertThat(progress.items()).isEqualTo(10);
    }
  }

  @Test
  void examplesThatOvertookOthersWaitForThemAlsoThroughASnapshot() throws Exception {
    OperatorSubtaskState snapshot;
    try (var trainer = trainer(1, NEVER, 1)) {
      trainer.process(example(1, "ann", 301));
      trainer.process(example(4, "ann", 304));
      trainer.process(example(3, "bob", 303));

      assertThat(trainer.output(TrainerOperator.TRAINING_PROGRESS))
          .as("trained: the first alone, since the second is still to come")
          .extracting(TrainingProgress::events)
          .containsExactly(1L);
      snapshot = trainer.snapshot();
    }
    try (var trainer = trainer(1, NEVER, 1, snapshot)) {
      assertThatThrownBy(trainer::endInput)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("what follows example 1 never came; 2 wait for it");

      trainer.process(example(2, "bob", 302));
      trainer.endInput();

      assertThat(last(trainer.output(TrainerOperator.TRAINING_PROGRESS)).modelDigest())
          .isEqualTo("step 4 {301=1, 302=1, 303=1, 304=1}");
    }
  }

  /** A snapshot of a job in which the trainer had another name. */
  private static OperatorSubtaskState snapshotWithoutTheTrainer() throws Exception {
    try (var other = sequence()) {
      return other.snapshot();
    }
  }

  private static Harness<Integer, Event, SequencedEvent> sequence() throws Exception {
    String spec =
        """
        event: {user: u, item: i, time: t}
        query: {features: [{kind: id}]}
        candidate: {features: [{kind: id}]}
        """;
    return Harness.of(
        new SequenceOperator(new JobPlan(spec, 1, 1, Arithmetic.AUTO)),
        event -> SequenceOperator.KEY,
        Subtask.ONLY);
  }

  @Test
  void aFreshTrainerDoesNotWaitForWhatOnlyTheSequenceRemembersNorAfterItsOwnSnapshot()
      throws Exception {
    SequencedExample next = example(2, "ann", 300);
    SequencedExample continued = new SequencedExample(1_000, true, next.example(), null);
    OperatorSubtaskState again;
    try (var trainer = trainer(1, NEVER, 1, snapshotWithoutTheTrainer())) {
      again = trainer.snapshot();
      assertThatThrownBy(() -> trainer.process(continued))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("Event 1000 goes on from a snapshot");
    }
    try (var trainer = trainer(1, NEVER, 1, again)) {
      assertThatThrownBy(() -> trainer.process(continued))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("Event 1000 goes on from a snapshot");
    }
  }

  @Test
  void aFreshTrainerLearnsFromTheFirstEventOfAFreshOrder() throws Exception {
    try (var trainer = trainer(1, NEVER, 1, snapshotWithoutTheTrainer())) {
      trainer.process(example("ann", 300));
      trainer.endInput();
      assertThat(last(trainer.output(TrainerOperator.TRAINING_PROGRESS)).events()).isEqualTo(1);
    }
  }

  @Test
  void itemsThatLeaveAreTrainedBeforeAndToldOnceAlsoThroughARestore() throws Exception {
    OperatorSubtaskState snapshot;
    try (var trainer = trainer(8, NEVER, 2)) {
      trainer.process(example("ann", 300));
      trainer.process(example("ann", 301));
      trainer.wallClock(10_000);
      trainer.output();
      trainer.process(leaves(300));
      assertThat(trainer.output(TrainerOperator.TRAINING_PROGRESS))
          .extracting(TrainingProgress::events, TrainingProgress::items)
          .containsExactly(tuple(2L, 2L));
      snapshot = trainer.snapshot();
    }
    OperatorSubtaskState told;
    try (var trainer = trainer(8, NEVER, 2, snapshot)) {
      trainer.wallClock(10_000);
      List<SearchInput> sent = trainer.output();
      assertThat(sent)
          .as("to the shard that keeps it, before all else")
          .extracting(SearchInput::shard, input -> input.candidate().index())
          .startsWith(tuple(0, 300), tuple(1, 301));
      assertThat(sent.get(0).candidate().isGone()).isTrue();
      assertThat(trainer.output(PublicationSender.ITEM_EMBEDDINGS))
          .extracting(ItemEmbedding::id, ItemEmbedding::isTombstone)
          .containsExactly(tuple("item-300", true), tuple("item-301", false));
      told = trainer.snapshot();
    }
    try (var trainer = trainer(8, NEVER, 2, told)) {
      trainer.wallClock(10_000);
      assertThat(trainer.output(PublicationSender.ITEM_EMBEDDINGS)).isEmpty();

      trainer.process(leaves(301));
      trainer.wallClock(20_000);
      assertThat(trainer.output(PublicationSender.ITEM_EMBEDDINGS))
          .as("of the same version, since nothing was trained")
          .extracting(ItemEmbedding::id, ItemEmbedding::isTombstone, ItemEmbedding::modelVersion)
          .containsExactly(tuple("item-301", true, 1L));
    }
  }

  @Test
  void anItemThatIsBackUnderAnotherIndexIsNoTombstoneToTheWorld() throws Exception {
    try (var trainer = trainer(1, NEVER, 1)) {
      trainer.process(example("ann", 300));
      trainer.process(leaves(300));
      SequencedExample back = example("ann", 428);
      Example ofTheId = back.example();
      trainer.process(
          new SequencedExample(
              back.sequence(),
              false,
              new Example(
                  ofTheId.user(),
                  ofTheId.before(),
                  false,
                  "item-300",
                  428,
                  true,
                  null,
                  null,
                  Attributes.NONE,
                  0L,
                  Double.NaN,
                  1,
                  true,
                  RawRecord.at("ratings", 3, 0)),
              null));
      trainer.wallClock(10_000);

      assertThat(trainer.output().subList(0, 2))
          .extracting(input -> input.candidate().index(), input -> input.candidate().isGone())
          .containsExactly(tuple(300, true), tuple(428, false));
      assertThat(trainer.output(PublicationSender.ITEM_EMBEDDINGS))
          .extracting(ItemEmbedding::id, ItemEmbedding::isTombstone)
          .containsExactly(tuple("item-300", false));
    }
  }

  private SequencedExample leaves(int item) {
    sequence++;
    return new SequencedExample(sequence, false, null, new Evictions(new int[] {item}, new int[0]));
  }

  @Test
  void theModelLiesUnderItsKey() throws Exception {
    try (var trainer = trainer(1, NEVER, 1)) {
      trainer.process(example("ann", 128 + 5));
      trainer.process(example("ann", 256 + 5));
      trainer.process(example("ann", 128 + 6));
      trainer.snapshot();

      for (String state : List.of("model-blocks-even", "model-segments", "pending-queries")) {
        assertThat(trainer.keysOf(state)).as(state).isEqualTo(1);
      }
      assertThat(trainer.keysOf("untrained")).as("nothing is untrained").isZero();
    }
  }

  @Test
  void rowsOfManyBlocksAreKeptWhole() throws Exception {
    OperatorSubtaskState snapshot;
    try (var trainer = trainer(1, NEVER, 1)) {
      for (int local = 1; local <= 12_345; local++) {
        trainer.process(example("ann", 128 * local + 5));
      }
      snapshot = trainer.snapshot();
    }
    try (var trainer = trainer(1, NEVER, 1, snapshot)) {
      trainer.endInput();

      assertThat(last(trainer.output(TrainerOperator.TRAINING_PROGRESS)).items()).isEqualTo(12_345);
    }
  }

  @Test
  void tooManyChangedRowsAreWrittenBeforeACheckpointAsksForThem() throws Exception {
    int items = TrainerOperator.MOST_UNWRITTEN + 10_000;
    OperatorSubtaskState snapshot;
    OperatorSubtaskState before;
    try (var trainer = trainer(1, NEVER, 1)) {
      processItems(trainer, 1, 3);
      before = trainer.snapshot();
      processItems(trainer, 4, items);
      assertThat(segmentsInState(trainer))
          .as("that of the snapshot, and those of the 50001 that were one too many")
          .isEqualTo(1 + 2);
      snapshot = trainer.snapshot();
      assertThat(segmentsInState(trainer)).isEqualTo(1 + 2 + 1);
    }
    try (var trainer = trainer(1, NEVER, 1, before)) {
      trainer.endInput();
      assertThat(last(trainer.output(TrainerOperator.TRAINING_PROGRESS)).modelDigest())
          .as("an earlier snapshot knows nothing of what was written after it")
          .isEqualTo("step 3 {129=1, 130=1, 131=1}");
    }
    String quiet;
    try (var trainer = trainer(1, NEVER, 1)) {
      processItems(trainer, 1, items);
      trainer.endInput();
      quiet = last(trainer.output(TrainerOperator.TRAINING_PROGRESS)).modelDigest();
    }
    try (var trainer = trainer(1, NEVER, 1, snapshot)) {
      trainer.endInput();
      assertThat(last(trainer.output(TrainerOperator.TRAINING_PROGRESS)).modelDigest())
          .isEqualTo(quiet);
    }
  }

  /** Rows of 264 bytes, of which 2000 change before each of 40 snapshots. */
  @Test
  void aLogThatIsCleanedAgainAndAgainStaysSmallAndIsReadBack() throws Exception {
    int rows = 5_000;
    int changed = 2_000;
    String digest;
    OperatorSubtaskState snapshot = null;
    try (var trainer = rows(rows, changed)) {
      processFromTo(trainer, 0, rows);
      for (int i = 0; i < 40; i++) {
        processFromTo(trainer, rows + i * changed, rows + (i + 1) * changed);
        snapshot = trainer.snapshot();
      }
      long blocks = 0;
      for (String side : List.of("model-blocks-even", "model-blocks-odd")) {
        blocks +=
            trainer.entriesOf(
                side,
                LearnerState.MODEL_KEY,
                Types.LONG,
                PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);
      }
      assertThat(blocks * (64L << 10))
          .as("of 22 MB that were written")
          .isLessThan((long) (2.5 * rows * 264) + (3 << 20));
      digest = rowsLearner.digest();
    }
    try (var trainer = rows(rows, changed, snapshot)) {
      assertThat(rowsLearner.digest()).isEqualTo(digest);
      trainer.snapshot();
    }
  }

  private static RowsLearner rowsLearner;

  private static List<String> users(SearchInput input) {
    return input.queries().stream().map(Publication.Query::user).toList();
  }

  private static Harness<Integer, SequencedExample, SearchInput> rows(
      int rows, int changed, OperatorSubtaskState... snapshot) throws Exception {
    return Harness.of(
        new TrainerOperator(
            () -> {
              rowsLearner = new RowsLearner(rows, changed, 32, 1);
              return rowsLearner;
            },
            Duration.ofSeconds(10),
            1),
        example -> LearnerState.MODEL_KEY,
        Subtask.ONLY,
        snapshot);
  }

  private static void processItems(
      Harness<Integer, SequencedExample, SearchInput> trainer, int from, int to) throws Exception {
    for (int i = from; i <= to; i++) {
      trainer.process(example(i, "ann", 128 + i));
    }
  }

  private static long segmentsInState(Harness<Integer, SequencedExample, SearchInput> trainer)
      throws Exception {
    return trainer.entriesOf(
        "model-segments",
        LearnerState.MODEL_KEY,
        Types.INT,
        PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);
  }

  private static void processFromTo(
      Harness<Integer, SequencedExample, SearchInput> trainer, int from, int to) throws Exception {
    for (int i = from; i < to; i++) {
      trainer.process(example(i + 1, "user-" + i % 7, 128 + i * i % 500));
    }
  }

  /** The next example of all, as long as none that was made is left out. */
  private SequencedExample example(String user, int item) {
    sequence++;
    return example(sequence, user, item);
  }

  private SequencedExample example(String user, int item, double weight) {
    sequence++;
    return example(sequence, user, item, weight);
  }

  private static SequencedExample example(long sequence, String user, int item) {
    return example(sequence, user, item, 1);
  }

  /** The example at the offset of its number. */
  private static SequencedExample example(long sequence, String user, int item, double weight) {
    return new SequencedExample(
        sequence,
        false,
        new Example(
            user,
            UserProfile.fresh(129),
            false,
            "item-" + item,
            item,
            false,
            null,
            null,
            Attributes.NONE,
            0L,
            Double.NaN,
            weight,
            true,
            new RawRecord(
                sequence % 2 == 0 ? null : new byte[] {-1, 0},
                ("value " + sequence).getBytes(UTF_8),
                "ratings",
                3,
                sequence,
                1_700_000_000_000L + sequence,
                new String[] {"h", "h", ""},
                new byte[][] {{-2}, null, {}})),
        null);
  }

  private static TrainingProgress last(List<TrainingProgress> messages) {
    return messages.get(messages.size() - 1);
  }

  private static Harness<Integer, SequencedExample, SearchInput> trainer(
      int batchSize, int publishEveryEvents, int topKShards, OperatorSubtaskState... snapshot)
      throws Exception {
    return Harness.of(
        new TrainerOperator(
            () -> new TallyLearner(batchSize, publishEveryEvents),
            Duration.ofSeconds(10),
            topKShards),
        example -> LearnerState.MODEL_KEY,
        Subtask.ONLY,
        snapshot);
  }
}
