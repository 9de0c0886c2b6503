package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.job.Failure.Moment;
import io.towerflow.job.JobUnderTest.Run;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One of the two task managers that a job runs on is gone, and another comes in its place. */
@Timeout(120)
class TaskManagerLossTest {

  /** A slot each, so a job of two subtasks an operator needs both. */
  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(2)
              .setNumberSlotsPerTaskManager(1)
              .build());

  private static final int RECORDS = 1600;

  @TempDir static Path checkpoints;

  /** Numbers of the task managers that are there; the cluster numbers them as they start. */
  private static final List<Integer> RUNNING = new ArrayList<>(List.of(0, 1));

  private static int started = 2;

  private static Run undisturbed;

  private static Run quiet() throws Exception {
    if (undisturbed == null) {
      undisturbed = job().run();
    }
    return undisturbed;
  }

  private static JobUnderTest job() {
    return new JobUnderTest(checkpoints).reads(TwoTastes::record, RECORDS, 1).flowing();
  }

  @ParameterizedTest(name = "seed {0}: with the trainer: {1}")
  @CsvSource({"0, true", "1, false", "2, true", "3, false"})
  void nobodyCanTellThatATaskManagerWasLost(
      int seed, boolean withTrainer, @InjectMiniCluster MiniCluster cluster) throws Exception {
    long example = new Random(seed).nextLong(RECORDS / 2, quiet().last().events()) + 1;
    Run run =
        job()
            .inSubtasks(2, 3)
            .struck(
                // So no checkpoint passes the trainer, and what it learnt since the last is lost.
                new Failure("trainer", Moment.BEFORE_ELEMENT, example),
                ofTrainer -> {
                  int lost =
                      RUNNING.stream()
                          .filter(number -> (number == ofTrainer) == withTrainer)
                          .findAny()
                          .orElseThrow();
                  replace(lost, cluster);
                })
            .run();

    assertThat(run.restores(cluster)).as("restores from a checkpoint").isPositive();
    run.assertTellsTheSameAs(quiet());
  }

  private static void replace(int lost, MiniCluster cluster) throws Exception {
    cluster.terminateTaskManager(lost).get();
    RUNNING.remove(Integer.valueOf(lost));
    cluster.startTaskManager();
    RUNNING.add(started++);
  }
}
