package io.towerflow.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.towerflow.job.TowerflowJob;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChaosCommandTest {

  private static final int EVENTS = 6000;

  @TempDir Path temporary;

  @Test
  void theModelIsTheSameAfterTheTrainerWentToAnotherProcessorAndTheJobManagerWasKilled()
      throws Exception {
    Path jar =
        Path.of(TowerflowJob.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .resolveSibling("towerflow-job-light.jar");
    assumeThat(jar).as("the job's jar, which 'mvn package' makes before these tests").exists();

    CommandLineRun run =
        CommandLineRun.of(
            temporary,
            "chaos",
            "--kills",
            "2",
            "--task-managers",
            "1",
            "--events",
            String.valueOf(EVENTS),
            "--other-java-options",
            "-XX:UseAVX=1",
            "--json");

    assertThat(run.errors()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("which trains", "jobmanager");
    JsonNode figures = new ObjectMapper().readTree(run.lastLine());
    assertThat(figures.fieldNames())
        .toIterable()
        .containsExactly(
            "events_sent",
            "events_trained",
            "dead_letters",
            "kills",
            "restarts",
            "crossings",
            "duplicates",
            "lost",
            "digest",
            "quiet_digest",
            "recovery_seconds");
    assertThat(figures.get("events_sent").asLong()).isEqualTo(EVENTS);
    assertThat(figures.get("events_trained").asLong()).isEqualTo(EVENTS);
    assertThat(figures.get("dead_letters").asLong()).isZero();
    assertThat(figures.get("kills").asInt()).isEqualTo(2);
    assertThat(figures.get("restarts").asInt()).isEqualTo(2);
    assertThat(figures.get("crossings").asInt()).as("by the kill of the trainer").isEqualTo(1);
    assertThat(figures.get("duplicates").asLong()).isZero();
    assertThat(figures.get("lost").asLong()).isZero();
    assertThat(figures.get("digest").asText())
        .isNotEmpty()
        .isEqualTo(figures.get("quiet_digest").asText());
    assertThat(figures.get("recovery_seconds").get("median").asDouble()).isPositive();
    assertThat(figures.get("recovery_seconds").get("max").asDouble())
        .isGreaterThanOrEqualTo(figures.get("recovery_seconds").get("median").asDouble());
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void itExplainsItself() {
    CommandLineRun run = CommandLineRun.of(temporary, "chaos", "--help");
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .startsWith("Usage: towerflow chaos")
        .contains("--kills", "--seed", "--events", "--task-managers", "--logs", "--json")
        .contains("--other-java-options");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --kills 0                    | --kills: must be 1 or more, is 0
          --task-managers 0            | --task-managers: must be 1 or more, is 0
          --kills 10 --events 21999    | --kills: 10 take a stream of 22000 events or more
          --data /nowhere              | --data: data set: no folder '/nowhere'
          --data /nowhere --events 5   | --events and --seed are for the synthetic stream
          --spec nonesuch              | --spec
          """)
  void wrongUsageIsNamedBeforeAnythingIsStarted(String arguments, String named) {
    CommandLineRun run = CommandLineRun.of(temporary, ("chaos " + arguments).split(" "));
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors()).contains(named, "--help").doesNotContain("Exception", "\tat ");
    assertThat(run.out()).isEmpty();
    assertThat(temporary).isEmptyDirectory();
  }
}
