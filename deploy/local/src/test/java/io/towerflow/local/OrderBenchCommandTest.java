package io.towerflow.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrderBenchCommandTest {

  @TempDir Path temporary;

  @Test
  void bothOrdersAreMeasuredOnTheSameEvents(@TempDir Path report, @TempDir Path disk)
      throws Exception {
    CommandLineRun run =
        bench(
            "--partitions 2 --events 4000 --block 100 --rounds 1 --checkpoint-interval 0.2 --json"
                + " --dir "
                + disk
                + " --report-dir "
                + report);

    assertThat(run.errors()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("  2 partitions: ", " events/s by arrival, ");
    JsonNode figures = new ObjectMapper().readTree(run.lastLine());
    assertThat(figures.fieldNames())
        .toIterable()
        .containsExactly("bench", "machine", "cells", "report");
    assertThat(figures.get("cells")).hasSize(2);
    JsonNode arrival = figures.get("cells").get(0);
    JsonNode time = figures.get("cells").get(1);
    assertThat(arrival.get("order").asText()).isEqualTo("arrival");
    assertThat(time.get("order").asText()).isEqualTo("time");
    for (JsonNode cell : figures.get("cells")) {
      assertThat(cell.get("partitions").asInt()).isEqualTo(2);
      assertThat(cell.get("events").asLong()).isEqualTo(4_000);
      assertThat(cell.get("events_per_second").asDouble()).isPositive();
      assertThat(cell.get("events_per_second_of_rounds")).hasSize(1);
      assertThat(cell.get("checkpoints").asLong()).isPositive();
    }
    assertThat(time.get("ratio_to_arrival").asDouble())
        .isCloseTo(
            time.get("events_per_second").asDouble() / arrival.get("events_per_second").asDouble(),
            within(1e-9));
    assertThat(arrival.get("most_held").asLong()).isZero();
    assertThat(time.get("most_held").asLong())
        .as("a block of the first partition, and one event that was left over")
        .isBetween(100L, 101L);
    assertThat(report.resolve("bench-order.html")).exists();
    assertThat(report.resolve("bench-order.csv")).content().hasLineCount(1 + 2);
    assertThat(disk).isEmptyDirectory();
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void itExplainsItself() {
    CommandLineRun run = bench("--help");
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .startsWith("Usage: towerflow bench order")
        .contains("--partitions", "--events", "--rounds", "--block", "--checkpoint-interval")
        .contains("--dir", "--report-dir", "--json", "Not measured");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --partitions 0                  | --partitions: must be 1 or more, is 0
          --partitions 1,many             | --partitions
          --events 7999                   | --events: must be 8000 or more, a block of 500 for each of 16 partitions, is 7999
          --events 0 --partitions 1       | --events: must be 500 or more, a block of 500 for each of 1 partition, is 0
          --rounds 0                      | --rounds: must be 1 or more, is 0
          --block 0                       | --block: must be 1 or more, is 0
          --checkpoint-interval 0         | --checkpoint-interval: must be 0.01 or more, is 0.0
          --checkpoint-interval NaN       | --checkpoint-interval: must be 0.01 or more, is NaN
          --report-dir /dev/null          | --report-dir
          """)
  void wrongUsageIsNamedBeforeAnythingIsStarted(String arguments, String named) {
    CommandLineRun run = bench(arguments);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors()).contains(named, "--help").doesNotContain("Exception", "\tat ");
    assertThat(run.out()).isEmpty();
    assertThat(temporary).isEmptyDirectory();
  }

  private CommandLineRun bench(String arguments) {
    return CommandLineRun.of(temporary, ("bench order " + arguments).split(" "));
  }
}
