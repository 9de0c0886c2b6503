package io.towerflow.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCommandTest {

  private static final int EVENTS = 5000;

  @Test
  void theDemoLearnsTellsWhatItCameToAndLeavesNothingBehind(
      @TempDir Path temporary, @TempDir Path report) throws Exception {
    CommandLineRun demo =
        CommandLineRun.of(
            temporary,
            "demo",
            "--events",
            String.valueOf(EVENTS),
            "--report-dir",
            report.toString(),
            "--json");

    assertThat(demo.errors()).isEmpty();
    assertThat(demo.code()).isZero();
    JsonNode figures = new ObjectMapper().readTree(demo.lastLine());
    assertThat(figures.fieldNames())
        .toIterable()
        .contains(
            "events_sent",
            "events_trained",
            "dead_letters",
            "steps",
            "seconds",
            "events_per_second",
            "events_per_second_learning",
            "events_per_second_first_fifth",
            "events_per_second_last_fifth",
            "item_embeddings_sent",
            "hit_at_10",
            "hit_at_100",
            "mrr_at_100",
            "hit_at_10_first_fifth",
            "hit_at_10_last_fifth",
            "popularity_hit_at_10",
            "popularity_hit_at_10_last_fifth",
            "model_version",
            "model_digest",
            "report");
    assertThat(figures.get("events_sent").asLong()).isEqualTo(EVENTS);
    assertThat(figures.get("events_trained").asLong()).isEqualTo(EVENTS);
    assertThat(figures.get("events_per_second_learning").asDouble())
        .as("without the start, beside all of it")
        .isGreaterThan(figures.get("events_per_second").asDouble());
    assertThat(figures.get("item_embeddings_sent").asLong())
        .as("each of the 1,200 items that are there from the start was sent, or nearly each")
        .isGreaterThan(1000);
    assertThat(figures.get("dead_letters").asLong()).isZero();
    assertThat(figures.get("hit_at_10_last_fifth").asDouble())
        .as("hit@10 over the last fifth, against the first")
        .isGreaterThan(figures.get("hit_at_10_first_fifth").asDouble());
    assertThat(figures.get("hit_at_10_last_fifth").asDouble())
        .as("hit@10 over the last fifth, against most popular")
        .isGreaterThan(figures.get("popularity_hit_at_10_last_fifth").asDouble());
    assertThat(demo.out()).containsPattern("User \\S+ \\(").contains("recommended");
    assertThat(Report.page(report)).isNotEmptyFile().hasToString(figures.get("report").asText());
    assertThat(temporary).isEmptyDirectory();
    assertThat(learntAlone(temporary, report))
        .as("what the benchmark of the learner makes of the same events")
        .isEqualTo(figures.get("model_digest").asText());
  }

  private static String learntAlone(Path temporary, Path report) throws Exception {
    CommandLineRun bench =
        CommandLineRun.of(
            temporary,
            ("bench learn --arithmetic auto --rounds 1 --warm-up 1 --json --events "
                    + EVENTS
                    + " --report-dir "
                    + report)
                .split(" "));
    assertThat(bench.errors()).isEmpty();
    return new ObjectMapper()
        .readTree(bench.lastLine())
        .get("cells")
        .get(0)
        .get("model_digest")
        .asText();
  }
}
