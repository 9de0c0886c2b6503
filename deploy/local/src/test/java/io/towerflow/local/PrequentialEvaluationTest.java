package io.towerflow.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.towerflow.spec.ModelSpecs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job and the baselines on one stream. */
class PrequentialEvaluationTest {

  /** Five windows of 400 events, the last of which is the last fifth. */
  private static final int EVENTS = 2000;

  /** Narrow, for speed; as soon as it knows more than 300 items, some batches are not scored. */
  private static final String SPEC =
      ModelSpecs.text("online")
          .replace("width: 160", "width: 16")
          .replace("items: 100", "items: 10")
          .replace("every_events: 1000,", "every_events: 400,")
          .replace("full_until: 10000", "full_until: 300");

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
            "--spec",
            Files.writeString(directory.resolve("small.yaml"), SPEC).toString(),
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
    JsonNode model = figures.get("model");
    assertThat(model.get("events").asInt()).isBetween(EVENTS / 3, EVENTS - 1);
    assertThat(model.get("last_fifth").get("events").asInt()).isBetween(1, 399);
    for (JsonNode baseline : figures.get("baselines")) {
      assertThat(baseline.get("events")).isEqualTo(model.get("events"));
      assertThat(baseline.get("last_fifth").get("events"))
          .isEqualTo(model.get("last_fifth").get("events"));
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
          .isEqualTo(Math.round(whole.get("events").asInt() * whole.get("hit_at_10").asDouble()))
          .isPositive();
    }
  }

  @Test
  void theReportHoldsTheWindowsOfEveryRanking() throws Exception {
    List<String> lines = Files.readAllLines(directory.resolve("report/prequential.csv"));
    assertThat(lines.get(0)).isEqualTo("ranking,events,scored,hit_at_10,hit_at_100,mrr_at_100");
    assertThat(lines).hasSize(1 + 5 * 5);
    assertThat(lines.get(1)).startsWith("model,400,400,");
    int lastWindow = figures.get("model").get("last_fifth").get("events").asInt();
    assertThat(lines.get(5)).startsWith("model,2000," + lastWindow + ",");
    assertThat(lines.get(25)).startsWith("bpr,2000," + lastWindow + ",");
    assertThat(Path.of(figures.get("report").asText()))
        .content()
        .contains("\"xs\":[400,800,1200,1600,2000]", "\"name\":\"item-kNN\"")
        .doesNotContain("{{");
    assertThat(new ObjectMapper().readTree(directory.resolve("report/prequential.json").toFile()))
        .isEqualTo(figures);
    assertThat(run.out()).contains("Scored on", "decayed popularity", "Hit@10 by cohort:", "torso");
  }

  @Test
  void ratingsBelowTheBarAreNoWishesForAnyoneAndTheHeadForetellsThemAll() throws Exception {
    String spec =
        SPEC.replace("event: {", "event: {positive_when: rating >= 4, ")
            + "\nrating: {weight: 1, layers: [8]}\n";
    CommandLineRun rated =
        CommandLineRun.of(
            Files.createDirectories(directory.resolve("rated")),
            "evaluate",
            "--protocol",
            "prequential",
            "--spec",
            Files.writeString(directory.resolve("rated.yaml"), spec).toString(),
            "--events",
            "1000",
            "--report-dir",
            directory.resolve("rated-report").toString(),
            "--json");
    assertThat(rated.errors()).isEmpty();
    JsonNode all = new ObjectMapper().readTree(rated.lastLine());

    int nonPositives = all.get("non_positives").asInt();
    assertThat(nonPositives).isBetween(100, 900);
    assertThat(all.get("model").get("events").asInt()).isLessThanOrEqualTo(1000 - nonPositives);
    for (JsonNode baseline : all.get("baselines")) {
      assertThat(baseline.get("events")).isEqualTo(all.get("model").get("events"));
    }
    assertThat(all.get("baselines").get("popularity"))
        .as("the job's own count of wishes")
        .isEqualTo(all.get("job_popularity"));
    assertThat(all.get("rating_rmse").asDouble()).isBetween(0.1, 4.0);
    assertThat(rated.out())
        .contains("of 1,000 events were no positives", "Ratings foretold with a root mean squared");
    assertThat(Path.of(all.get("report").asText())).content().contains("Ratings", "RMSE");
    assertThat(figures.has("rating_rmse")).as("without a head").isFalse();
  }
}
