package io.towerflow.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopKBenchCommandTest {

  @TempDir Path temporary;

  @Test
  void everyCellIsMeasured(@TempDir Path report) throws Exception {
    CommandLineRun run =
        bench(
            "--candidates 20,700 --width 3,8 --batch 1,70 --threads 1,2 --top-k 30 --rounds 3"
                + " --round-seconds 0 --json --report-dir "
                + report);

    assertThat(run.errors()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("  700 candidates of 8 numbers, 70 together, 2 threads: ");
    JsonNode figures = new ObjectMapper().readTree(run.lastLine());
    assertThat(figures.fieldNames())
        .toIterable()
        .containsExactly("bench", "machine", "cells", "report");
    assertThat(figures.get("cells")).hasSize(16);
    JsonNode first = figures.get("cells").get(0);
    assertThat(first.fieldNames())
        .toIterable()
        .startsWith("candidates", "width", "batch", "threads", "top_k", "queries_per_second");
    assertThat(first.get("candidates").asInt()).isEqualTo(20);
    for (JsonNode cell : figures.get("cells")) {
      assertThat(cell.get("queries_per_second").asDouble()).isPositive();
      assertThat(cell.get("queries_per_second_of_rounds")).hasSize(3);
    }
    assertThat(report.resolve("bench-topk.html")).exists();
    assertThat(report.resolve("bench-topk.csv")).content().hasLineCount(1 + 16 * 3);
  }

  @Test
  void theListsAreTheSameHoweverManyThreads() throws Exception {
    float[][] queries = {{1, 0, -1}, {0.5f, 2, 0.25f}};
    int[][] noneSeen = new int[2][0];
    try (var one = new TopKBenchmark(1_500, 3, 1, 40, 7);
        var three = new TopKBenchmark(1_500, 3, 3, 40, 7)) {
      assertThat(three.search(queries, noneSeen))
          .hasSize(2)
          .isEqualTo(one.search(queries, noneSeen));
    }
  }

  @Test
  void itExplainsItself() {
    CommandLineRun run = bench("--help");
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .startsWith("Usage: towerflow bench topk")
        .contains("--candidates", "--width", "--batch", "--threads", "--top-k", "--rounds")
        .contains("--report-dir", "--json", "heap");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --candidates 0                  | --candidates: must be 1 or more, is 0
          --candidates 1,many             | --candidates
          --candidates 2000000000         | --candidates: 2,000,000,000 of 165 numbers need a heap of
          --width 0                       | --width: must be 1 or more, is 0
          --batch 0                       | --batch: must be 1 or more, is 0
          --threads 0                     | --threads: must be 1 or more, is 0
          --top-k 0                       | --top-k: must be 1 or more, is 0
          --rounds 0                      | --rounds: must be 1 or more, is 0
          --round-seconds -1              | --round-seconds: must be 0 or more, is -1.0
          --candidates 1 --report-dir /dev/null | --report-dir
          """)
  void wrongUsageIsNamedBeforeAnythingIsMeasured(String arguments, String named) {
    CommandLineRun run = bench(arguments);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors()).contains(named, "--help").doesNotContain("Exception", "\tat ");
    assertThat(run.out()).isEmpty();
  }

  private CommandLineRun bench(String arguments) {
    return CommandLineRun.of(temporary, ("bench topk " + arguments).split(" "));
  }
}
