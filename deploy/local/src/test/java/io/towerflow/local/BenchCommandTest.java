package io.towerflow.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchCommandTest {

  @TempDir Path temporary;

  @Test
  void onePageTellsHowCostsGrow(@TempDir Path report) throws Exception {
    CommandLineRun run =
        bench("--report --events 64 --rounds 1 --scale 100 --json --report-dir " + report);

    assertThat(run.errors()).isEmpty();
    assertThat(run.code()).isZero();
    JsonNode figures = new ObjectMapper().readTree(run.lastLine());
    Map<String, Integer> points = new LinkedHashMap<>();
    for (JsonNode cell : figures.get("cells")) {
      points.merge(cell.get("axis").asText(), 1, Integer::sum);
      assertThat(cell.get("microseconds_per_event").asDouble()).isPositive();
    }
    assertThat(points)
        .as("sizes by axis")
        .containsExactly(
            Map.entry("catalogue", 3),
            Map.entry("rows", 3),
            Map.entry("history", 4),
            Map.entry("users", 3),
            Map.entry("batch", 4));
    // Of a row of 160 and its slots alone there are 1,280 bytes.
    assertThat(figures.get("bytes_per_item").asDouble()).isBetween(1_280.0, 2_000.0);
    // A hundred items seen, and as many recent ones with their times: 4 and 12 bytes each.
    assertThat(figures.get("bytes_per_user").asDouble()).isBetween(1_600.0, 2_000.0);
    assertThat(run.out()).contains("an event goes from", "An item takes");
    assertThat(report.resolve("bench-report.html")).content().contains("What it means");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --rounds 1                   | Missing benchmark, or --report
          --report --rounds 0          | --rounds: must be 1 or more, is 0
          --report --events 0          | --events: must be 1 or more, is 0
          --report --preset nonesuch   | --preset
          --report --data /nowhere     | --data: data set: no folder '/nowhere'
          """)
  void wrongUsageIsNamedBeforeAnythingIsStarted(String arguments, String named) {
    CommandLineRun run = bench(arguments);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors()).contains(named).doesNotContain("Exception", "\tat ");
    assertThat(temporary).isEmptyDirectory();
  }

  private CommandLineRun bench(String arguments) {
    return CommandLineRun.of(temporary, ("bench " + arguments).split(" "));
  }
}
