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
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Partitions as they are read, by several readers: no two runs need have the same order, nor has a
 * run the same before and after it is restored. So no model tells whether all went well; an audit
 * does.
 */
@Timeout(120)
class ArrivalOrderTest {

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(4)
              .build());

  private static final int PARTITIONS = 4;
  private static final int RECORDS = 12_000;
  private static final int EVENTS = RECORDS - 1; // one record is no event

  @TempDir static Path checkpoints;

  @ParameterizedTest
  @ValueSource(strings = {"decode", "sequence", "items", "users", "trainer"})
  void everyEventIsTrainedOnceInWhateverOrder(
      String failing, @InjectMiniCluster MiniCluster cluster) throws Exception {
    long at = new Random(failing.hashCode()).nextLong(EVENTS / 2, EVENTS) + 1;
    Run run =
        new JobUnderTest(checkpoints)
            .reads(number -> TwoTastes.ofFourPartitions(number, RECORDS), RECORDS, PARTITIONS)
            .flowing()
            .withSpec(JobUnderTest.smallSpec() + "order: arrival\n")
            .inSubtasks(2, 2)
            .training(() -> new AuditLearner(16, 1000))
            .failing(new Failure(failing, Moment.BEFORE_ELEMENT, at))
            .run();

    assertThat(run.restores(cluster)).as("restores from a checkpoint").isEqualTo(1);
    List<String> trained = List.of(run.last().modelDigest().split(" "));
    assertThat(trained.size()).as("events trained").isEqualTo(EVENTS);
    for (int partition = 0; partition < PARTITIONS; partition++) {
      String ofPartition = partition + ":";
      assertThat(trained)
          .filteredOn(event -> event.startsWith(ofPartition))
          .as("partition %d", partition)
          .containsExactlyElementsOf(events(partition));
    }
  }

  /** The events of a partition, in the order of its log. */
  private static List<String> events(int partition) {
    List<String> events = new ArrayList<>();
    for (int offset = 0; offset < RECORDS / PARTITIONS; offset++) {
      if (PARTITIONS * offset + partition != TwoTastes.BAD_RECORD) {
        events.add(partition + ":" + offset);
      }
    }
    return events;
  }
}
