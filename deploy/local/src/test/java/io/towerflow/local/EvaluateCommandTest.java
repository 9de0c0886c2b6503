package io.towerflow.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvaluateCommandTest {

  @TempDir Path temporary;

  @Test
  void itExplainsItself() {
    CommandLineRun run = CommandLineRun.of(temporary, "evaluate", "--help");
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .startsWith("Usage: towerflow evaluate")
        .contains("--protocol", "tutorial", "prequential", "--layers", "--without", "--json");
    assertThat(run.errors()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          evaluate                                            | --protocol
          --protocol hearsay                                  | --protocol
          --protocol tutorial                                 | --data: takes the folder
          --protocol tutorial --data /nowhere                 | --data: data set: no folder '/nowhere'
          --protocol tutorial --data /nowhere --spec nonesuch | --spec
          --protocol tutorial --data /nowhere --spec online   | --spec: Spec online reads a history
          --protocol tutorial --data /nowhere --layers 64,x   | --layers
          --protocol tutorial --data /nowhere --layers 0      | --layers '0': towers.layers
          --protocol tutorial --data /nowhere --layers=       | --layers '': towers.layers
          --protocol tutorial --data /nowhere --without hue   | --without
          --protocol tutorial --data /nowhere --epochs 0      | --epochs: must be 1 or more, is 0
          --protocol tutorial --data /nowhere --every 0       | --every: must be 1 or more, is 0
          --protocol tutorial --data /nowhere --repeat 0      | --repeat: must be 1 or more, is 0
          --protocol tutorial --data /nowhere --events 5      | --events: is for --protocol prequential
          --protocol prequential --layers 32                  | --layers: is for --protocol tutorial
          --protocol prequential --without time               | --without: is for --protocol tutorial
          --protocol prequential --epochs 3                   | --epochs: is for --protocol tutorial
          --protocol prequential --every 3                    | --every: is for --protocol tutorial
          --protocol prequential --repeat 3                   | --repeat: is for --protocol tutorial
          --protocol prequential --data /nowhere --seed 1     | --events and --seed are for the synthetic stream
          --protocol prequential --events 0                   | --events: must be 1 or more, is 0
          --protocol prequential --arithmetic engine --threads 2 | --threads: is for Java's arithmetic
          --protocol tutorial --data /nowhere --device gpu    | --device: There is no device gpu
          --protocol prequential --spec nonesuch              | --spec
          """)
  void wrongUsageIsNamedBeforeAnythingIsStarted(String arguments, String named) {
    String line = arguments.startsWith("evaluate") ? arguments : "evaluate " + arguments;
    CommandLineRun run = CommandLineRun.of(temporary, line.split(" "));
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors()).contains(named, "--help").doesNotContain("Exception", "\tat ");
    assertThat(run.out()).isEmpty();
    assertThat(temporary).isEmptyDirectory();
  }
}
