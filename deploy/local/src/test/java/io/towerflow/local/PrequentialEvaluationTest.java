package io.towerflow.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job and the baselines on one stream. */
class PrequentialEvaluationTest {

  /** Five windows of the spec's 1000 events, the last of which is the last fifth. */
  private static final int EVENTS = 5000;

  private static final List<String> BASELINES =
      List.of("popularity", "decayed_popularity", "item_knn", "bpr");

  @TempDir static Path directory;

  private static CommandLineRun run;
  private static JsonNode figures;

  @BeforeAll
  static void evaluateASyntheticStream() throws Exception {
    run =
        CommandLineRun.of(
            Files.createDirectories(directory.resolve("temporary")),
            "evaluate",
            "--protocol",
            "prequential",
            "--events",
            String.valueOf(EVENTS),
            "--report-dir",
            directory.resolve("report").toString(),
            "--json");
    assertThat(run.errors()).isEmpty();
    assertThat(run.code()).isZero();
    figures = new ObjectMapper().readTree(run.lastLine());
  }

  @Test
  void theJobAndTheBaselinesAgreeOnHowMostPopularDoes() {
    JsonNode popularity = figures.get("baselines").get("popularity");
    assertThat(popularity.get("hit_at_10").asDouble()).isPositive();
    assertThat(popularity).isEqualTo(figures.get("job_popularity"));
  }

  @Test
  void everyRankingIsMeasuredOnTheSameEvents() {
    assertThat(figures.get("protocol").asText()).isEqualTo("prequential");
    assertThat(figures.get("events_trained").asInt()).isEqualTo(EVENTS);
    assertThat(figures.get("dead_letters").asInt()).isZero();
    assertThat(figures.get("model_digest").asText()).isNotEmpty();
    assertThat(figures.get("baselines").fieldNames())
        .toIterable()
        .containsExactlyElementsOf(BASELINES);
    assertThat(figures.get("model").get("events").asInt()).isEqualTo(EVENTS);
    assertThat(figures.get("model").get("last_fifth").get("events").asInt()).isEqualTo(1000);
    for (JsonNode baseline : figures.get("baselines")) {
      assertThat(baseline.get("events").asInt()).isEqualTo(EVENTS);
      assertThat(baseline.get("last_fifth").get("events").asInt()).isEqualTo(1000);
    }
    for (JsonNode cohort : figures.get("by_cohort")) {
      for (String baseline : BASELINES) {
        assertThat(cohort.get(baseline).get("events")).isEqualTo(cohort.get("model").get("events"));
      }
    }
  }

  @Test
  void cohortsAddUpToTheWhole() {
    for (String ranking : List.of("model", "item_knn")) {
      double hits = 0;
      for (String cohort : List.of("new_user", "new_item", "head", "torso", "tail")) {
        JsonNode each = figures.get("by_cohort").get(cohort).get(ranking);
        hits += each.get("events").asInt() * each.get("hit_at_10").asDouble();
      }
      JsonNode whole =
          ranking.equals("model") ? figures.get("model") : figures.get("baselines").get(ranking);
      assertThat(Math.round(hits))
          .isEqualTo(Math.round(EVENTS * whole.get("hit_at_10").asDouble()))
          .isPositive();
    }
  }

  @Test
  void theModelBeatsWhatIsTheSameForEverybodyOnceItHasLearnt() {
    JsonNode model = figures.get("model").get("last_fifth");
    JsonNode popularity = figures.get("baselines").get("popularity").get("last_fifth");
    assertThat(model.get("hit_at_10").asDouble())
        .isGreaterThan(popularity.get("hit_at_10").asDouble());
  }

  @Test
  void theReportHoldsTheWindowsOfEveryRanking() throws Exception {
    List<String> lines = Files.readAllLines(directory.resolve("report/prequential.csv"));
    assertThat(lines.get(0)).isEqualTo("ranking,events,scored,hit_at_10,hit_at_100,mrr_at_100");
    assertThat(lines).hasSize(1 + 5 * 5);
    assertThat(lines.get(5)).startsWith("model,5000,1000,");
    assertThat(lines.get(25)).startsWith("bpr,5000,1000,");
    assertThat(Path.of(figures.get("report").asText()))
        .content()
        .contains("\"xs\":[1000,2000,3000,4000,5000]", "\"name\":\"item-kNN\"")
        .doesNotContain("{{");
    assertThat(new ObjectMapper().readTree(directory.resolve("report/prequential.json").toFile()))
        .isEqualTo(figures);
    assertThat(run.out()).contains("decayed popularity", "Hit@10 by cohort:", "torso");
  }
}
