package io.towerflow.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LearnBenchCommandTest {

  @TempDir Path temporary;

  @Test
  void presetsCataloguesAndTablesTakeTurns(@TempDir Path report, @TempDir Path data)
      throws Exception {
    CommandLineRun run =
        bench(
            "--data "
                + movieLens(data)
                + " --presets online --items 300 --rows 100 --width 4 --arithmetic engine"
                + " --rounds 2 --events 128 --warm-up 64 --json --report-dir "
                + report);

    assertThat(run.errors()).isEmpty();
    assertThat(run.code()).isZero();
    JsonNode figures = new ObjectMapper().readTree(run.lastLine());
    assertThat(figures.fieldNames())
        .toIterable()
        .containsExactly("bench", "machine", "cells", "report");
    assertThat(figures.get("bench").asText()).isEqualTo("learn");
    JsonNode cells = figures.get("cells");
    assertThat(cells).hasSize(3);
    for (JsonNode cell : cells) {
      assertThat(cell.fieldNames())
          .toIterable()
          .contains("preset", "items", "rows", "arithmetic", "threads", "events_per_second")
          .contains("hit_at_10", "model_digest");
      assertThat(cell.get("arithmetic").asText()).isEqualTo("engine");
      assertThat(cell.get("threads").asInt()).isEqualTo(1);
      double first = cell.get("events_per_second_of_rounds").get(0).asDouble();
      double second = cell.get("events_per_second_of_rounds").get(1).asDouble();
      assertThat(cell.get("events_per_second").asDouble())
          .as("the median of two, so their mean")
          .isCloseTo((first + second) / 2, within(1e-6))
          .isPositive();
      assertThat(cell.get("model_digest").asText()).hasSize(64);
    }
    JsonNode stream = cells.get(0);
    assertThat(stream.get("preset").asText()).isEqualTo("online");
    assertThat(stream.get("items").asInt()).as("items of 128 events, ten each").isEqualTo(13);
    assertThat(stream.get("rows").isNull()).isTrue();
    assertThat(stream.get("events").asInt()).as("two batches of 64").isEqualTo(128);
    assertThat(stream.get("hit_at_10").asDouble()).isPositive();
    JsonNode shop = cells.get(1);
    assertThat(shop.get("items").asInt()).isEqualTo(300);
    assertThat(shop.get("hit_at_10").isNumber()).isTrue();
    JsonNode tables = cells.get(2);
    assertThat(tables.get("preset").asText()).isEqualTo("tutorial");
    assertThat(tables.get("rows").asInt()).isEqualTo(100);
    assertThat(tables.get("width").asInt()).isEqualTo(4);
    assertThat(tables.get("events").asInt()).as("one batch").isEqualTo(2048);
    assertThat(tables.get("hit_at_10").isNull()).as("nothing is scored").isTrue();
    assertThat(report.resolve("bench-learn.html")).exists();
    assertThat(report.resolve("bench-learn.csv")).content().hasLineCount(1 + 3 * 2);
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void learningForLongTellsTheMemoryThatItTakes(@TempDir Path report) throws Exception {
    CommandLineRun run =
        bench("--events 200 --arithmetic engine --steps 20 --json --report-dir " + report);

    assertThat(run.errors()).isEmpty();
    assertThat(run.code()).isZero();
    JsonNode cell = new ObjectMapper().readTree(run.lastLine()).get("cells").get(0);
    assertThat(cell.get("steps").asLong()).isGreaterThanOrEqualTo(20);
    JsonNode looks = cell.get("looks");
    assertThat(looks.get(0).get("step").asLong()).isZero();
    JsonNode last = looks.get(looks.size() - 1);
    assertThat(last.get("events").asLong())
        .as("events of %d steps of 64, the stream of 200 over and over", cell.get("steps").asLong())
        .isEqualTo(64 * cell.get("steps").asLong());
    for (JsonNode look : looks) {
      assertThat(look.get("heap_bytes").asLong()).isPositive();
    }
    assertThat(run.out()).contains("step         0: heap ");
    assertThat(report.resolve("bench-learn-steps.html")).exists();
  }

  @Test
  void itExplainsItself() {
    CommandLineRun run = bench("--help");
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .startsWith("Usage: towerflow bench learn")
        .contains("--data", "--presets", "--items", "--rows", "--arithmetic", "--device")
        .contains("--threads", "--rounds", "--events", "--warm-up", "--steps", "--json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --presets nonesuch              | --presets
          --arithmetic abacus             | --arithmetic
          --device gpu                    | --device: There is no device gpu
          --threads 0                     | --threads: must be 1 or more, is 0
          --items 0                       | --items: must be 1 or more, is 0
          --rows 0                        | --rows: must be 1 or more, is 0
          --rows 2000000000               | --rows: take some
          --rounds 0                      | --rounds: must be 1 or more, is 0
          --events 0                      | --events: must be 1 or more, is 0
          --warm-up 0                     | --warm-up: must be 1 or more, is 0
          --steps 0                       | --steps: must be 1 or more, is 0
          --steps 5 --rows 10             | --steps: is for presets
          --data /nowhere                 | --data: data set: no folder '/nowhere'
          --report-dir /dev/null          | --report-dir
          """)
  void wrongUsageIsNamedBeforeAnythingIsStarted(String arguments, String named) {
    CommandLineRun run = bench(arguments);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors()).contains(named, "--help").doesNotContain("Exception", "\tat ");
    assertThat(run.out()).isEmpty();
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void aStreamWithoutABatchCannotBeMeasured() {
    CommandLineRun run = bench("--events 63 --arithmetic engine");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.errors()).contains("online: trains batches of 64 events, and of", "63 can be");
  }

  /** 200 events of 10 users who take 20 items. */
  private static Path movieLens(Path folder) throws Exception {
    StringBuilder items = new StringBuilder();
    StringBuilder ratings = new StringBuilder();
    for (int item = 1; item <= 20; item++) {
      items.append(item).append("|Harbour ").append(item).append("|\n");
    }
    for (int event = 0; event < 200; event++) {
      ratings.append(
          "%d\t%d\t5\t%d\n".formatted(event % 10 + 1, event / 10 + 1, 881_250_949 + 60 * event));
    }
    Files.writeString(folder.resolve("u.item"), items);
    Files.writeString(folder.resolve("u.data"), ratings);
    return folder;
  }

  private CommandLineRun bench(String arguments) {
    return CommandLineRun.of(temporary, ("bench learn " + arguments).split(" "));
  }
}
