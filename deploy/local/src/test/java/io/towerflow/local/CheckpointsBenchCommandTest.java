package io.towerflow.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointsBenchCommandTest {

  @TempDir Path temporary;

  @Test
  void everyTouchedRowIsUploadedAndRestored(@TempDir Path report) throws Exception {
    CommandLineRun run =
        bench(
            "--rows 10000,20000 --dirty 2000 --checkpoints 3 --pause 0 --json --report-dir "
                + report);

    assertThat(run.errors()).isEmpty();
    assertThat(run.code()).isZero();
    JsonNode figures = new ObjectMapper().readTree(run.lastLine());
    assertThat(figures.fieldNames())
        .toIterable()
        .containsExactly("bench", "machine", "cells", "verdicts", "report");
    assertThat(figures.get("bench").asText()).isEqualTo("checkpoints");
    assertThat(figures.get("cells")).hasSize(2);
    for (int i = 0; i < 2; i++) {
      JsonNode cell = figures.get("cells").get(i);
      int rows = 10_000 * (i + 1);
      assertThat(cell.get("rows").asInt()).isEqualTo(rows);
      assertThat(cell.get("rows_restored").asInt()).isEqualTo(rows);
      assertThat(cell.get("checkpoints").asInt()).isEqualTo(3);
      // 32 weights, 32 slots and an index of 4 bytes each.
      assertThat(cell.get("dirty_bytes").asLong()).isEqualTo(2_000 * 260);
      assertThat(cell.get("all_bytes").asLong()).isEqualTo(rows * 260L);
      // Floats that were drawn at random hardly compress.
      assertThat(cell.get("first_bytes").asLong()).isGreaterThan(rows * 260L * 8 / 10);
      assertThat(cell.get("bytes")).hasSize(3);
      for (JsonNode bytes : cell.get("bytes")) {
        assertThat(bytes.asLong()).isGreaterThan(2_000 * 260 * 8 / 10);
      }
      assertThat(cell.get("ms")).hasSize(3);
      assertThat(cell.get("max_bytes").asLong())
          .isGreaterThanOrEqualTo(cell.get("median_bytes").asLong());
      assertThat(cell.get("max_state_bytes").asLong())
          .as("the whole table is in every checkpoint")
          .isGreaterThan(rows * 260L * 8 / 10);
      assertThat(cell.get("memory_bytes_per_row").asDouble()).isBetween(256.0, 1.25 * 256);
    }
    assertThat(figures.get("verdicts")).hasSize(2 + 2 * 5);
    for (JsonNode verdict : figures.get("verdicts")) {
      assertThat(verdict.get("verdict").asText())
          .isEqualTo(
              verdict.get("value").asDouble() <= verdict.get("limit").asDouble() ? "ok" : "missed");
    }
    assertThat(Files.readString(Path.of(figures.get("report").asText())))
        .contains("Megabytes uploaded", "20,000 rows");
    assertThat(report.resolve("bench-checkpoints.csv"))
        .content()
        .startsWith("rows,checkpoint,uploaded_bytes")
        .hasLineCount(1 + 2 * 4);
    assertThat(report.resolve("bench-checkpoints.json")).exists();
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void theDiskThatIsMeasuredIsLeftClean(@TempDir Path disk, @TempDir Path report) {
    CommandLineRun run =
        bench(
            "--rows 100 --dirty 100 --checkpoints 1 --pause 0 --dir "
                + disk
                + " --report-dir "
                + report);

    assertThat(run.errors()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(disk).isEmptyDirectory();
  }

  @Test
  void itExplainsItself() {
    CommandLineRun all = CommandLineRun.of(temporary, "bench", "--help");
    assertThat(all.code()).isZero();
    assertThat(all.out()).startsWith("Usage: towerflow bench").contains("checkpoints");
    CommandLineRun run = bench("--help");
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .startsWith("Usage: towerflow bench checkpoints")
        .contains("--rows", "--dirty", "--checkpoints", "--dir", "--report-dir", "--json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          bench                                    | Missing benchmark
          bench checkpoints --rows 19999           | --rows: must be --dirty (20000) or more, is 19999
          bench checkpoints --rows many            | --rows
          bench checkpoints --rows 2000000000      | TOWERFLOW_JAVA_OPTS=-Xmx
          bench checkpoints --dirty 0              | --dirty: must be 1 or more, is 0
          bench checkpoints --checkpoints 0        | --checkpoints: must be 1 or more, is 0
          bench checkpoints --width 0              | --width: must be 1 or more, is 0
          bench checkpoints --pause -1             | --pause: must be 0 or more, is -1.0
          bench checkpoints --report-dir /dev/null | --report-dir
          """)
  void wrongUsageIsNamedBeforeAnythingIsStarted(String arguments, String named) {
    CommandLineRun run = CommandLineRun.of(temporary, arguments.split(" "));
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors()).contains(named, "--help").doesNotContain("Exception", "\tat ");
    assertThat(run.out()).isEmpty();
    assertThat(temporary).isEmptyDirectory();
  }

  private CommandLineRun bench(String arguments) {
    return CommandLineRun.of(temporary, ("bench checkpoints " + arguments).split(" "));
  }
}
