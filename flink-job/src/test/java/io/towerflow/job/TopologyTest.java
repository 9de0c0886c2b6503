package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.towerflow.connectors.codec.DeadLetter;
import io.towerflow.connectors.codec.RawRecord;
import io.towerflow.connectors.codec.Reason;
import io.towerflow.message.ItemEmbedding;
import io.towerflow.message.Recommendation;
import io.towerflow.message.TrainingProgress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class TopologyTest {

  private static final int NEVER = -1;

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
      undisturbed = run(1, 1, NEVER);
    }
    return undisturbed;
  }

  /** All that a run told the world. */
  private record Run(
      List<ItemEmbedding> embeddings,
      List<Recommendation> recommendations,
      List<TrainingProgress> progress,
      List<DeadLetter> deadLetters) {

    TrainingProgress last() {
      return progress.get(progress.size() - 1);
    }
  }

  @Test
  void everyEventIsTrainedOnceAndTheBadRecordIsSetAside() throws Exception {
    Run quiet = quiet();

    assertThat(quiet.progress.stream().filter(TrainingProgress::isFinal)).hasSize(1);
    assertThat(quiet.last().events()).isEqualTo(399);
    assertThat(quiet.last().step()).as("399 events in batches of 16").isEqualTo(25);
    assertThat(quiet.last().users()).isEqualTo(24);
    assertThat(quiet.last().items()).isEqualTo(40);
    assertThat(quiet.deadLetters)
        .extracting(DeadLetter::reason, letter -> letter.record().offset())
        .containsExactly(tuple(Reason.NOT_JSON, 77L));
    assertListsAreRight(quiet);
  }

  @Test
  void whatIsLearntShows() throws Exception {
    long toTaste = 0;
    long all = 0;
    for (Recommendation list : latestLists(quiet()).values()) {
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
    Run again = run(1, 1, NEVER);

    assertThat(again.last()).isEqualTo(quiet().last());
    assertThat(again.recommendations)
        .usingRecursiveFieldByFieldElementComparator()
        .isEqualTo(quiet().recommendations);
  }

  @Test
  void aRunThatFailsAndIsRestoredEndsWithTheSameModel() throws Exception {
    Run failed = run(1, 1, 250);

    assertThat(failed.last()).isEqualTo(quiet().last());
    assertThat(failed.progress).as("windows, each once").isEqualTo(quiet().progress);
    assertThat(failed.deadLetters).hasSize(1);
    assertListsAreRight(failed);
  }

  @Test
  void severalSubtasksAndShardsLearnTheSameModelAndGiveTheSameLists() throws Exception {
    Run several = run(2, 3, NEVER);

    assertThat(several.last()).isEqualTo(quiet().last());
    assertThat(several.deadLetters).hasSize(1);
    assertListsAreRight(several);
    Map<String, Recommendation> lists = latestLists(quiet());
    latestLists(several)
        .forEach(
            (user, list) -> assertThat(list).usingRecursiveComparison().isEqualTo(lists.get(user)));
  }

  @Test
  void anEventThatIsSentTwiceIsLearntOnceThroughAFailureAndInSeveralSubtasksToo() throws Exception {
    String spec = spec().replace("event: {", "event: {id: id, deduplicate_within: 1m, ");
    GeneratorFunction<Long, RawRecord> repeated = TwoTastes::repeated;
    for (Run run :
        List.of(run(repeated, 440, spec, 1, 1, 250), run(repeated, 440, spec, 2, 1, NEVER))) {
      assertThat(run.last())
          .as("the last of the stream without duplicates")
          .isEqualTo(quiet().last());
      assertThat(
              run.deadLetters.stream()
                  .filter(letter -> letter.reason() == Reason.DUPLICATE)
                  .map(letter -> letter.record().offset()))
          .as("every eleventh record")
          .containsExactlyElementsOf(LongStream.range(0, 40).mapToObj(i -> 11 * i + 10).toList());
      assertThat(run.deadLetters).as("and the one that is no JSON").hasSize(41);
    }
  }

  @Test
  void aBatchThatCannotBeTrainedIsSetAsideAlsoThroughAFailure() throws Exception {
    String spec = spec().replace("event: {", "event: {weight: weight, ");
    Run weighed = run(TwoTastes::weighed, TwoTastes.RECORDS, spec, 1, 1, 250);

    // Record 77 is no event, so batch 13 holds records 193 to 208.
    assertThat(weighed.deadLetters)
        .filteredOn(letter -> letter.reason() == Reason.NOT_TRAINABLE)
        .extracting(letter -> letter.record().offset())
        .containsExactlyElementsOf(LongStream.rangeClosed(193, 208).boxed().toList());
    assertThat(weighed.deadLetters).hasSize(17);
    assertThat(weighed.last().events()).isEqualTo(399);
    assertThat(weighed.last().trained()).isEqualTo(383);
    assertThat(weighed.last().skippedBatches()).isEqualTo(1);
    assertThat(weighed.last().loss()).isFinite();
    assertListsAreRight(weighed);
  }

  @Test
  void whatIsKeptOfEndlessUsersAndItemsIsBoundedAndTheSameInEveryRun() throws Exception {
    String spec = spec() + "vocabulary: {users: {time_to_live: 80s}, items: {time_to_live: 80s}}\n";
    GeneratorFunction<Long, RawRecord> endless = TwoTastes::endless;
    Run quiet = run(endless, 600, spec, 1, 1, NEVER);

    assertThat(quiet.last().events()).isEqualTo(600);
    assertThat(quiet.progress).hasSize(7); // six windows of 100, and the end
    for (TrainingProgress progress : quiet.progress.subList(1, 7)) {
      // Of the last 80 to 90 seconds: 14 to 16 users, and items from 8 ago to 4 ahead.
      assertThat(progress.users()).isBetween(13L, 17L);
      assertThat(progress.items()).isBetween(11L, 15L);
    }

    Map<String, Long> goneSince = new HashMap<>();
    for (ItemEmbedding embedding : quiet.embeddings) {
      if (embedding.isTombstone()) {
        assertThat(goneSince.put(embedding.id(), embedding.modelVersion()))
            .as("%s has left once before", embedding.id())
            .isNull();
      } else {
        assertThat(goneSince).as("left, and has a vector again").doesNotContainKey(embedding.id());
      }
    }
    assertThat(goneSince).as("of 64 items").hasSizeGreaterThan(45);
    for (Recommendation list : quiet.recommendations) {
      assertThat(list.items())
          .as("list of %s by version %d", list.user(), list.modelVersion())
          .allMatch(item -> goneSince.getOrDefault(item, Long.MAX_VALUE) > list.modelVersion());
    }

    for (Run run :
        List.of(run(endless, 600, spec, 2, 1, NEVER), run(endless, 600, spec, 1, 1, 410))) {
      assertThat(run.last()).isEqualTo(quiet.last());
      assertThat(run.embeddings.stream().filter(ItemEmbedding::isTombstone).map(ItemEmbedding::id))
          .containsExactlyInAnyOrderElementsOf(goneSince.keySet());
    }
  }

  @Test
  void partitionsMergedByTimeGiveTheModelOfOneWhoeverReadsThem() throws Exception {
    for (int parallelism : new int[] {1, 2, 4}) {
      Run merged = runOfFourPartitions(parallelism, NEVER);

      assertThat(merged.last()).as("%d readers", parallelism).isEqualTo(quiet().last());
      assertThat(merged.deadLetters)
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
    Run failed = runOfFourPartitions(4, 2060);

    assertThat(failed.last()).isEqualTo(quiet().last());
    assertThat(failed.progress).as("windows, each once").isEqualTo(quiet().progress);
    assertThat(failed.deadLetters).hasSize(1);
    assertListsAreRight(failed);
  }

  private static Run runOfFourPartitions(int parallelism, int failsAt) throws Exception {
    return run(
        TwoTastes::ofFourPartitions,
        TwoTastes.RECORDS,
        4,
        spec() + "order: time\n",
        parallelism,
        3,
        failsAt);
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
    Map<String, Recommendation> latest = latestLists(run);
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
    assertThat(run.embeddings.stream().map(ItemEmbedding::id).distinct()).hasSize(40);
  }

  private static Map<String, Recommendation> latestLists(Run run) {
    return run.recommendations.stream()
        .collect(Collectors.toMap(Recommendation::user, list -> list, (earlier, later) -> later));
  }

  private static int number(String id) {
    return Integer.parseInt(id.substring(id.indexOf('-') + 1));
  }

  private static Run run(int parallelism, int topKShards, int failsAt) throws Exception {
    return run(TwoTastes::record, TwoTastes.RECORDS, spec(), parallelism, topKShards, failsAt);
  }

  private static Run run(
      GeneratorFunction<Long, RawRecord> records,
      long count,
      String spec,
      int parallelism,
      int topKShards,
      int failsAt)
      throws Exception {
    return run(records, count, 1, spec, parallelism, topKShards, failsAt);
  }

  private static Run run(
      GeneratorFunction<Long, RawRecord> records,
      long count,
      int partitions,
      String spec,
      int parallelism,
      int topKShards,
      int failsAt)
      throws Exception {
    int readers = Math.min(parallelism, partitions);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.configure(
        FlinkSettings.of(
            env.getConfiguration(),
            Duration.ofMillis(100),
            Optional.of(checkpoints.toUri().toString())));
    env.configure(
        new Configuration()
            // The streams' ends are Flink's own here and have no uids.
            .set(PipelineOptions.AUTO_GENERATE_UIDS, true)
            .set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay")
            .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 1)
            .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ZERO));
    env.setParallelism(parallelism);

    Outputs outputs =
        Topology.define(
            env.fromSource(
                    new DataGeneratorSource<>(
                        records,
                        count,
                        RateLimiterStrategy.perCheckpoint(100),
                        TypeInformation.of(RawRecord.class)),
                    WatermarkStrategy.noWatermarks(),
                    "records")
                .setParallelism(readers)
                .map(new FailsOnce(failsAt))
                .setParallelism(readers),
            new JobPlan("ratings", spec, topKShards, partitions));

    CloseableIterator<ItemEmbedding> embeddings = outputs.itemEmbeddings().collectAsync();
    CloseableIterator<Recommendation> recommendations = outputs.recommendations().collectAsync();
    CloseableIterator<TrainingProgress> progress = outputs.trainingProgress().collectAsync();
    CloseableIterator<DeadLetter> deadLetters = outputs.deadLetters().collectAsync();
    env.executeAsync();
    return new Run(all(embeddings), all(recommendations), all(progress), all(deadLetters));
  }

  private static <T> List<T> all(CloseableIterator<T> stream) throws Exception {
    List<T> all = new ArrayList<>();
    try (stream) {
      stream.forEachRemaining(all::add);
    }
    return all;
  }

  private static String spec() throws IOException {
    try (InputStream in = TopologyTest.class.getResourceAsStream("/small.yaml")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Fails at an offset plus 1000 for each partition, the first time that the job runs. */
  private static final class FailsOnce extends RichMapFunction<RawRecord, RawRecord> {

    private final int at;

    FailsOnce(int at) {
      this.at = at;
    }

    @Override
    public RawRecord map(RawRecord record) {
      if (1000L * record.partition() + record.offset() == at
          && getRuntimeContext().getTaskInfo().getAttemptNumber() == 0) {
        throw new IllegalStateException("failing at record " + at + ", as the test asks for");
      }
      return record;
    }
  }
}
