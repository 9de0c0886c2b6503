package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.job.JobUnderTest.Run;
import io.towerflow.message.ItemEmbedding;
import java.nio.file.Path;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A job that is stopped with a savepoint and goes on from it in another number of subtasks and of
 * search shards. All its operators are in the savepoint by their names; one that is not would stop
 * the restore.
 */
@Timeout(120)
class RescaleTest {

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(4)
              .build());

  @TempDir static Path checkpoints;

  /** Users have rows too, so the digest tells by which index each is known. */
  private static String spec() {
    String spec = JobUnderTest.smallSpec();
    String rows = spec.replaceFirst("features:\n", "features:\n    - {kind: id, width: 8}\n");
    assertThat(rows).isNotEqualTo(spec);
    return rows;
  }

  private static JobUnderTest job() {
    return new JobUnderTest(checkpoints).withSpec(spec());
  }

  @Test
  void nobodyCanTellThatAJobWasStoppedAndRescaledTwice() throws Exception {
    JobUnderTest rescaled = job();
    rescaled.stopAfter(150);
    rescaled.inSubtasks(4, 3).stopAfter(140);
    Run run = rescaled.inSubtasks(1, 1).run();

    assertThat(run.last().events()).isEqualTo(399);
    run.assertTellsTheSameAs(job().run());
  }

  @Test
  void whoComesInOneScaleLeavesInAnother() throws Exception {
    JobUnderTest rescaled = endless();
    rescaled.stopAfter(200);
    rescaled.inSubtasks(4, 3).stopAfter(210);
    Run run = rescaled.inSubtasks(1, 1).run();

    assertThat(run.last().events()).isEqualTo(600);
    assertThat(run.embeddings()).as("of items that left").anyMatch(ItemEmbedding::isTombstone);
    run.assertTellsTheSameAs(endless().run());
  }

  /** Users and items of which nothing is heard for eighty of the six hundred seconds leave. */
  private static JobUnderTest endless() {
    return job()
        .reads(TwoTastes::endless, 600, 1)
        .withSpec(
            spec() + "vocabulary: {users: {time_to_live: 80s}, items: {time_to_live: 80s}}\n");
  }

  @Test
  void eventsThatWaitForThoseOfOtherPartitionsDoSoInAnyScale() throws Exception {
    JobUnderTest rescaled = merged().inSubtasks(4, 3);
    rescaled.stopAfter(40); // of each partition
    rescaled.inSubtasks(1, 1).stopAfter(150); // of one partition after the other
    Run run = rescaled.inSubtasks(4, 3).run();

    assertThat(run.last().events()).isEqualTo(399);
    run.assertTellsTheSameAs(merged().run());
  }

  private static JobUnderTest merged() {
    return job()
        .reads(TwoTastes::ofFourPartitions, TwoTastes.RECORDS, 4)
        .withSpec(spec() + "order: time\n");
  }
}
