package io.towerflow.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.connectors.data.SyntheticOptions;
import io.towerflow.spec.ModelSpecs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LauncherTest {

  @TempDir Path temporary;

  @Test
  void itNamesItsCommands() {
    CommandLineRun run = run("--help");
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .startsWith("Usage: towerflow")
        .contains("demo", "produce", "run", "recommend", "report", "evaluate");
    assertThat(run.errors()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo", "produce", "run", "recommend", "report", "evaluate"})
  void everyCommandExplainsItself(String command) {
    CommandLineRun run = run(command, "--help");
    assertThat(run.code()).isZero();
    assertThat(run.out()).startsWith("Usage: towerflow " + command).contains("--json");
    assertThat(run.errors()).isEmpty();
  }

  @Test
  void theVersionIsTheOneOfTheBuild() {
    CommandLineRun run = run("--version");
    assertThat(run.code()).isZero();
    assertThat(run.out()).matches("towerflow \\d+\\.\\d+\\.\\d+\\S*\\R");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          demo --evnts 5                           | --evnts
          demo --events many                       | --events
          demo --events 0                          | --events: must be 1 or more, is 0
          demo --rate -1                           | --rate: must be 0 or more, is -1.0
          demo --checkpoint-interval fast          | --checkpoint-interval
          demo --delivery perhaps                  | --delivery
          demo --data /nowhere                     | --data: data set: no folder '/nowhere'
          demo --data /nowhere --seed 7            | --events and --seed are for the synthetic stream
          demo --spec nonesuch                     | --spec
          demo --report-dir /dev/null/x            | --report-dir
          demo --arithmetic abacus                 | --arithmetic
          demo --arithmetic java --device cuda:0   | --device: Java computes on the processor
          demo --threads 0                         | --threads: takes a number from 1 to 256, not 0
          run --device gpu                         | --device: There is no device gpu
          produce --spec nonesuch                  | --spec
          produce --kafka group.id=x               | --kafka
          run --stop soon                          | --stop
          run --ratings a --dead-letters a         | --dead-letters
          recommend                                | USER
          report --from hearsay                    | --from
          forecast                                 | forecast
          ''                                       | Missing command
          """)
  void wrongUsageIsNamedBeforeAnythingIsStarted(String arguments, String named) {
    CommandLineRun run = arguments.isEmpty() ? run() : run(arguments.split(" "));
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors()).contains(named, "--help").doesNotContain("Exception", "\tat ");
    assertThat(run.out()).isEmpty();
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void anUnknownPresetIsToldTheOnesThereAre() {
    assertThat(run("demo", "--spec", "nonesuch").errors())
        .contains("nonesuch")
        .contains(ModelSpecs.presets());
  }

  @Test
  void aSpecThatReadsAFieldTheDataLacksIsRefused(@TempDir Path files) throws Exception {
    Path spec =
        Files.writeString(
            files.resolve("spec.yaml"),
            ModelSpecs.text("online").replace("movie_title", "headline"));
    Files.writeString(files.resolve("u.item"), "1|The Silent Harbour|\n");
    Files.writeString(files.resolve("u.data"), "7\t1\t5\t881250949\n");

    CommandLineRun run = run("demo", "--data", files.toString(), "--spec", spec.toString());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors())
        .contains("--spec", "[headline]")
        .contains("[genres, movie_id, movie_title, rating, timestamp, user_id]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"recommend u1", "produce --events 1", "run --stop end"})
  void aBrokerThatIsNotThereIsNamedAndTheStackTraceIsInTheLog(String command) {
    List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
    arguments.addAll(List.of("--brokers", "127.0.0.1:1"));
    arguments.addAll(List.of("--kafka", "default.api.timeout.ms=300"));
    arguments.addAll(List.of("--kafka", "request.timeout.ms=200"));

    CommandLineRun run = run(arguments.toArray(String[]::new));

    assertThat(run.code()).isEqualTo(1);
    List<String> lines = run.errors().lines().toList();
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0))
        .containsIgnoringCase("towerflow: no answer from the Kafka brokers '127.0.0.1:1'");
    assertThat(lines.get(1)).startsWith("The stack trace is in " + temporary);
  }

  @Test
  void theHelpNamesTheSyntheticStreamsDefaults() {
    SyntheticOptions defaults = SyntheticOptions.defaults();
    assertThat(run("demo", "--help").out())
        .contains("Default: " + defaults.events(), "Default: " + defaults.seed());
  }

  @Test
  void aReportWithoutARunIsRefused() {
    CommandLineRun run = run("report", "--report-dir", temporary.resolve("none").toString());
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.errors()).contains("There are no figures at").hasLineCount(1);
  }

  private CommandLineRun run(String... arguments) {
    return CommandLineRun.of(temporary, arguments);
  }
}
