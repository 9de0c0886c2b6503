package io.towerflow.job;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.job.Failure.Moment;
import io.towerflow.job.JobUnderTest.Run;
import io.towerflow.message.Recommendation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An exception in each operator in turn, at records that a seed picks. */
@Timeout(120)
class FailureTest {

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(4)
              .build());

  @TempDir static Path checkpoints;

  private static Run undisturbed;

  private static Run quiet() throws Exception {
    if (undisturbed == null) {
      undisturbed = new JobUnderTest(checkpoints).run();
    }
    return undisturbed;
  }

  /** A failure in a job of so many subtasks an operator and search shards. */
  record Case(int subtasks, int shards, Failure failure) {
    @Override
    public String toString() {
      return failure + (subtasks == 1 ? "" : ", one of %d subtasks".formatted(subtasks));
    }
  }

  /** Where each operator fails: with one subtask and with several. */
  static List<Case> failures() throws Exception {
    List<Case> cases = new ArrayList<>();
    for (int seed = 0; seed < 2; seed++) {
      Random random = new Random(seed);
      int subtasks = seed % 2 == 0 ? 1 : 2;
      int shards = seed % 2 == 0 ? 1 : 3;
      for (String operator : List.of("decode", "sequence", "items", "users", "trainer")) {
        // What comes before the first checkpoint is known; what leaves the trainer comes after it.
        cases.add(
            new Case(
                subtasks,
                shards,
                new Failure(
                    operator,
                    random.nextBoolean() || operator.equals("trainer")
                        ? Moment.BEFORE_ELEMENT
                        : Moment.AFTER_OUTPUT,
                    random.nextLong(JobUnderTest.RECORDS_PER_CHECKPOINT, quiet().last().events())
                        + 1)));
      }
      Moment amid = random.nextBoolean() ? Moment.BEFORE_OUTPUT : Moment.AFTER_OUTPUT;
      cases.add(any(random, subtasks, shards, "trainer", amid, trainerOutputs(shards)));
      cases.add(any(random, subtasks, shards, "search", Moment.BEFORE_ELEMENT, searched(shards)));
      cases.add(any(random, subtasks, shards, "search", amid, partialLists(shards)));
      cases.add(
          any(random, subtasks, shards, "merge", Moment.BEFORE_ELEMENT, partialLists(shards)));
      cases.add(any(random, subtasks, shards, "merge", amid, quiet().recommendations().size()));
      cases.add(
          any(
              random,
              subtasks,
              shards,
              "recommendations",
              Moment.BEFORE_ELEMENT,
              quiet().recommendations().size()));
    }
    for (Moment amid : List.of(Moment.BEFORE_OUTPUT, Moment.AFTER_OUTPUT)) {
      cases.add(new Case(1, 1, new Failure("trainer", amid, trainerOutputs(1))));
      cases.add(new Case(1, 1, new Failure("sequence", amid, quiet().last().events())));
    }
    return cases;
  }

  private static Case any(
      Random random, int subtasks, int shards, String operator, Moment moment, long outOf) {
    return new Case(subtasks, shards, new Failure(operator, moment, random.nextLong(outOf) + 1));
  }

  /**
   * Each candidate goes to a shard and to the world, and the queries of a publication, a number of
   * them together, to every shard.
   */
  private static long trainerOutputs(int shards) throws Exception {
    return quiet().progress().size() + quiet().embeddings().size() + searched(shards);
  }

  private static long searched(int shards) throws Exception {
    Map<Long, Long> queries =
        quiet().recommendations().stream()
            .collect(groupingBy(Recommendation::modelVersion, counting()));
    long messages = 0;
    for (long together : queries.values()) {
      messages += (together - 1) / PublicationSender.QUERIES_TOGETHER + 1;
    }
    return quiet().embeddings().size() + shards * messages;
  }

  private static long partialLists(int shards) throws Exception {
    return (long) shards * quiet().recommendations().size();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("failures")
  void nobodyCanTellThatAnOperatorFailed(Case each, @InjectMiniCluster MiniCluster cluster)
      throws Exception {
    Run run =
        new JobUnderTest(checkpoints)
            .inSubtasks(each.subtasks(), each.shards())
            .failing(each.failure())
            .run();

    assertThat(run.restores(cluster))
        .as("%s: restores from a checkpoint, which is no start from nothing", each)
        .isEqualTo(1);
    run.assertTellsTheSameAs(quiet());
  }
}
