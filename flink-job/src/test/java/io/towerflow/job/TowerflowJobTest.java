package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.client.program.PackagedProgram;
import org.apache.flink.client.program.ProgramParametrizationException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;

class TowerflowJobTest {

  private static List<StreamNode> nodes(String... arguments) {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(4, new Configuration());
    TowerflowJob.build(env, JobOptions.parse(arguments));
    return List.copyOf(env.getStreamGraph().getStreamNodes());
  }

  @Test
  void everyOperatorHasItsUidAndAsManyKeyGroupsAsThereAreShards() {
    List<StreamNode> nodes = nodes("--checkpoint-dir", "file:///tmp/checkpoints");

    assertThat(nodes).allMatch(node -> node.getMaxParallelism() == 128);
    assertThat(nodes)
        .extracting(StreamNode::getTransformationUID)
        .doesNotContainNull()
        .doesNotHaveDuplicates()
        .filteredOn(uid -> !uid.startsWith("Sink Committer: ")) // Flink's half of each sink
        .containsExactlyInAnyOrder(
            "ratings",
            "decode",
            "sequence",
            "items",
            "users",
            "trainer",
            "search",
            "merge",
            "dead-letters-sink",
            "item-embeddings-sink",
            "recommendations-sink",
            "training-progress-sink");
  }

  @Test
  void whoeverSeesAllEventsIsOne() {
    assertThat(nodes("--checkpoint-dir", "file:///tmp/checkpoints", "--parallelism", "3"))
        .filteredOn(
            node ->
                List.of("sequence", "items", "users", "trainer")
                    .contains(node.getTransformationUID()))
        .extracting(StreamNode::getTransformationUID, StreamNode::getParallelism)
        .containsExactlyInAnyOrder(
            tuple("sequence", 1), tuple("items", 3), tuple("users", 3), tuple("trainer", 1));
  }

  @Test
  void theParallelismIsTheOptionsAndElseTheClusters() {
    assertThat(nodes("--checkpoint-dir", "file:///tmp/checkpoints", "--parallelism", "3"))
        .filteredOn(node -> node.getTransformationUID().equals("search"))
        .extracting(StreamNode::getParallelism)
        .containsExactly(3);
    assertThat(nodes("--checkpoint-dir", "file:///tmp/checkpoints"))
        .filteredOn(node -> node.getTransformationUID().equals("search"))
        .extracting(StreamNode::getParallelism)
        .containsExactly(4);
  }

  @Test
  void aTransactionOutlivesAnIntervalAndACheckpoint() {
    // Kafka's 15 minutes, of which a checkpoint may take Flink's 10.
    String[] tooLong = {
      "--checkpoint-dir", "file:///tmp/checkpoints", "--checkpoint-interval", "5min"
    };
    assertThatThrownBy(() -> nodes(tooLong))
        .isInstanceOf(BadOptionsException.class)
        .hasMessageStartingWith("--checkpoint-interval: with --delivery exactly-once")
        .hasMessageContaining("5 min + 10 min (execution.checkpointing.timeout)")
        .hasMessageContaining("within transaction.timeout.ms (15 min)")
        .hasMessageContaining("--kafka transaction.timeout.ms=...");
    assertThat(
            nodes(
                "--checkpoint-dir",
                "file:///tmp/checkpoints",
                "--checkpoint-interval",
                "5min",
                "--kafka",
                "transaction.timeout.ms=900001"))
        .isNotEmpty();
  }

  @Test
  void aProcessThatIsGivenBadOptionsEndsWithOneMessageAndCodeTwo() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                TowerflowJob.class.getName(),
                "--top-k-shards",
                "0")
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(output.strip()).isEqualTo("--top-k-shards: takes a number from 1 to 128, not 0");
    assertThat(process.exitValue()).isEqualTo(2);
  }

  @Test
  void aClusterThatIsGivenBadOptionsLivesOn() throws Exception {
    List<URL> classPath =
        List.of(TowerflowJob.class.getProtectionDomain().getCodeSource().getLocation());
    try (PackagedProgram program =
        PackagedProgram.newBuilder()
            .setUserClassPaths(classPath)
            .setEntryPointClassName(TowerflowJob.class.getName())
            .setArguments("--top-k-shards", "0")
            .build()) {

      assertThatThrownBy(program::invokeInteractiveModeForExecution)
          .isInstanceOf(ProgramParametrizationException.class)
          .hasMessage("--top-k-shards: takes a number from 1 to 128, not 0");
    }
  }
}
