package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.towerflow.connectors.codec.DeadLetter;
import io.towerflow.connectors.codec.Messages;
import io.towerflow.connectors.codec.Reason;
import io.towerflow.job.JobUnderTest.Run;
import io.towerflow.message.ItemEmbedding;
import io.towerflow.message.RawRecord;
import io.towerflow.message.Recommendation;
import io.towerflow.message.TrainingProgress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class TopologyTest {

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(4)
              .build());

  @TempDir static Path checkpoints;

  private static Run undisturbed;

  /** A run that nothing befell, which the others are held to. */
  private static Run quiet() throws Exception {
    if (undisturbed == null) {
      undisturbed = job().run();
    }
    return undisturbed;
  }

  @Test
  void everyEventIsTrainedOnceAndTheBadRecordIsSetAside() throws Exception {
    Run quiet = quiet();

    assertThat(quiet.progress().stream().filter(TrainingProgress::isFinal)).hasSize(1);
    assertThat(quiet.last().events()).isEqualTo(399);
    assertThat(quiet.last().step()).as("399 events in batches of 16").isEqualTo(25);
    assertThat(quiet.last().users()).isEqualTo(24);
    assertThat(quiet.last().items()).isEqualTo(40);
    assertThat(quiet.deadLetters())
        .extracting(DeadLetter::reason, letter -> letter.record().offset())
        .containsExactly(tuple(Reason.NOT_JSON, 77L));
    assertListsAreRight(quiet);
  }

  @Test
  void whatIsLearntShows() throws Exception {
    long toTaste = 0;
    long all = 0;
    for (Recommendation list : quiet().latestLists().values()) {
      int taste = number(list.user()) % 2;
      for (String item : list.items()) {
        all++;
        toTaste += number(item) % 2 == taste ? 1 : 0;
      }
    }
    assertThat((double) toTaste / all)
        .as("share of recommended items that are to the user's taste; half by chance")
        .isGreaterThan(0.7);
  }

  @Test
  void twoRunsEndWithTheSameModel() throws Exception {
    Run again = job().run();

    assertThat(again.last()).isEqualTo(quiet().last());
    assertThat(again.recommendations())
        .usingRecursiveFieldByFieldElementComparator()
        .isEqualTo(quiet().recommendations());
  }

  @Test
  void aRunThatFailsAndIsRestoredEndsWithTheSameModel() throws Exception {
    Run failed = job().failing(failureAtRecord(250)).run();

    assertThat(failed.last()).isEqualTo(quiet().last());
    assertThat(failed.progress()).as("windows, each once").isEqualTo(quiet().progress());
    assertThat(failed.deadLetters()).hasSize(1);
    assertListsAreRight(failed);
  }

  @Test
  void severalSubtasksAndShardsLearnTheSameModelAndGiveTheSameLists() throws Exception {
    Run several = job().inSubtasks(2, 3).run();

    assertThat(several.last()).isEqualTo(quiet().last());
    assertThat(several.deadLetters()).hasSize(1);
    assertListsAreRight(several);
    Map<String, Recommendation> lists = quiet().latestLists();
    several
        .latestLists()
        .forEach(
            (user, list) -> assertThat(list).usingRecursiveComparison().isEqualTo(lists.get(user)));
  }

  @Test
  void anEventThatIsSentTwiceIsLearntOnceThroughAFailureAndInSeveralSubtasksToo() throws Exception {
    String spec =
        JobUnderTest.smallSpec().replace("event: {", "event: {id: id, deduplicate_within: 1m, ");
    for (Run run :
        List.of(
            job()
                .reads(TwoTastes::repeated, 440, 1)
                .withSpec(spec)
                .failing(failureAtRecord(250))
                .run(),
            job().reads(TwoTastes::repeated, 440, 1).withSpec(spec).inSubtasks(2, 1).run())) {
      assertThat(run.last())
          .as("the last of the stream without duplicates")
          .isEqualTo(quiet().last());
      assertThat(
              run.deadLetters().stream()
                  .filter(letter -> letter.reason() == Reason.DUPLICATE)
                  .map(letter -> letter.record().offset()))
          .as("every eleventh record")
          .containsExactlyElementsOf(LongStream.range(0, 40).mapToObj(i -> 11 * i + 10).toList());
      assertThat(run.deadLetters()).as("and the one that is no JSON").hasSize(41);
      assertHoldTheirRecords(run.deadLetters(), TwoTastes::repeated);
    }
  }

  @Test
  void aBatchThatCannotBeTrainedIsSetAsideAlsoThroughAFailure() throws Exception {
    String spec = JobUnderTest.smallSpec().replace("event: {", "event: {weight: weight, ");
    Run weighed =
        job()
            .reads(TwoTastes::weighed, TwoTastes.RECORDS, 1)
            .withSpec(spec)
            .failing(failureAtRecord(250))
            .run();

    // Record 77 is no event, so batch 13 holds records 193 to 208.
    assertThat(weighed.deadLetters())
        .filteredOn(letter -> letter.reason() == Reason.NOT_TRAINABLE)
        .extracting(letter -> letter.record().offset())
        .containsExactlyElementsOf(LongStream.rangeClosed(193, 208).boxed().toList());
    assertThat(weighed.deadLetters()).hasSize(17);
    assertHoldTheirRecords(weighed.deadLetters(), TwoTastes::weighed);
    assertThat(weighed.last().events()).isEqualTo(399);
    assertThat(weighed.last().trained()).isEqualTo(383);
    assertThat(weighed.last().skippedBatches()).isEqualTo(1);
    assertThat(weighed.last().loss()).isFinite();
    assertListsAreRight(weighed);

    byte[][] toSendAgain =
        weighed.deadLetters().stream()
            .filter(letter -> letter.reason() == Reason.NOT_TRAINABLE)
            .filter(letter -> letter.record().offset() != 200)
            .map(Messages::encode)
            .toArray(byte[][]::new);
    Run again =
        job()
            .reads(number -> record(toSendAgain[number.intValue()]), toSendAgain.length, 1)
            .withSpec(spec)
            .run();
    assertThat(again.deadLetters()).as("all but the one that weighs too much").isEmpty();
    assertThat(again.last().trained()).isEqualTo(15);
  }

  /** The record in a message of the topic of dead letters. */
  private static RawRecord record(byte[] deadLetter) {
    return Messages.decodeDeadLetter(deadLetter).record();
  }

  /** Key, value, headers, timestamp and place are those of the record that was read there. */
  private static void assertHoldTheirRecords(
      List<DeadLetter> letters, LongFunction<RawRecord> read) {
    for (DeadLetter letter : letters) {
      assertThat(letter.record())
          .as("the record of %s", letter)
          .usingRecursiveComparison()
          .isEqualTo(read.apply(letter.record().offset()));
    }
  }

  @Test
  void whatIsKeptOfEndlessUsersAndItemsIsBoundedAndTheSameInEveryRun() throws Exception {
    String spec =
        JobUnderTest.smallSpec()
            + "vocabulary: {users: {time_to_live: 80s}, items: {time_to_live: 80s}}\n";
    Run quiet = endless(spec).run();

    assertThat(quiet.last().events()).isEqualTo(600);
    assertThat(quiet.progress()).hasSize(7); // six windows of 100, and the end
    for (TrainingProgress progress : quiet.progress().subList(1, 7)) {
      // Of the last 80 to 90 seconds: 14 to 16 users, and items from 8 ago to 4 ahead.
      assertThat(progress.users()).isBetween(13L, 17L);
      assertThat(progress.items()).isBetween(11L, 15L);
    }

    Map<String, Long> goneSince = new HashMap<>();
    for (ItemEmbedding embedding : quiet.embeddings()) {
      if (embedding.isTombstone()) {
        assertThat(goneSince.put(embedding.id(), embedding.modelVersion()))
            .as("%s has left once before", embedding.id())
            .isNull();
      } else {
        assertThat(goneSince).as("left, and has a vector again").doesNotContainKey(embedding.id());
      }
    }
    assertThat(goneSince).as("of 64 items").hasSizeGreaterThan(45);
    for (Recommendation list : quiet.recommendations()) {
      assertThat(list.items())
          .as("list of %s by version %d", list.user(), list.modelVersion())
          .allMatch(item -> goneSince.getOrDefault(item, Long.MAX_VALUE) > list.modelVersion());
    }

    for (Run run :
        List.of(
            endless(spec).inSubtasks(2, 1).run(),
            endless(spec).failing(failureAtRecord(410)).run())) {
      assertThat(run.last()).isEqualTo(quiet.last());
      assertThat(
              run.embeddings().stream().filter(ItemEmbedding::isTombstone).map(ItemEmbedding::id))
          .containsExactlyInAnyOrderElementsOf(goneSince.keySet());
    }
  }

  @Test
  void partitionsMergedByTimeGiveTheModelOfOneWhoeverReadsThem() throws Exception {
    for (int parallelism : new int[] {1, 2, 4}) {
      Run merged = ofFourPartitions(parallelism).run();

      assertThat(merged.last()).as("%d readers", parallelism).isEqualTo(quiet().last());
      assertThat(merged.deadLetters())
          .extracting(
              DeadLetter::reason,
              letter -> letter.record().partition(),
              letter -> letter.record().offset())
          .containsExactly(tuple(Reason.NOT_JSON, 1, 19L));
      assertListsAreRight(merged);
    }
  }

  @Test
  void aFailureWhilePartitionsAreMergedChangesNothing() throws Exception {
    Run failed = ofFourPartitions(4).failing(failureAtRecord(260)).run();

    assertThat(failed.last()).isEqualTo(quiet().last());
    assertThat(failed.progress()).as("windows, each once").isEqualTo(quiet().progress());
    assertThat(failed.deadLetters()).hasSize(1);
    assertListsAreRight(failed);
  }

  private static JobUnderTest ofFourPartitions(int parallelism) {
    return job()
        .reads(TwoTastes::ofFourPartitions, TwoTastes.RECORDS, 4)
        .withSpec(JobUnderTest.smallSpec() + "order: time\n")
        .inSubtasks(parallelism, 3);
  }

  private static JobUnderTest endless(String spec) {
    return job().reads(TwoTastes::endless, 600, 1).withSpec(spec);
  }

  /** The last list of every user: the best five of all items that the user has not taken. */
  private static void assertListsAreRight(Run run) {
    Map<String, Set<String>> taken = new HashMap<>();
    for (int i = 0; i < TwoTastes.RECORDS; i++) {
      if (i != TwoTastes.BAD_RECORD) {
        taken
            .computeIfAbsent("user-" + TwoTastes.user(i), user -> new HashSet<>())
            .add("item-" + TwoTastes.item(i));
      }
    }
    Map<String, Recommendation> latest = run.latestLists();
    assertThat(latest.keySet()).isEqualTo(taken.keySet());
    latest.forEach(
        (user, list) -> {
          assertThat(list.items())
              .as("list of %s", user)
              .hasSize(5)
              .doesNotHaveDuplicates()
              .doesNotContainAnyElementsOf(taken.get(user));
          assertThat(IntStream.range(1, 5).allMatch(i -> list.scores()[i - 1] >= list.scores()[i]))
              .as("scores fall")
              .isTrue();
        });
    assertThat(run.embeddings().stream().map(ItemEmbedding::id).distinct()).hasSize(40);
  }

  private static int number(String id) {
    return Integer.parseInt(id.substring(id.indexOf('-') + 1));
  }

  private static JobUnderTest job() {
    return new JobUnderTest(checkpoints);
  }

  private static Failure failureAtRecord(long number) {
    return new Failure("decode", Failure.Moment.BEFORE_ELEMENT, number + 1);
  }
}
