package io.towerflow.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.towerflow.learn.SplitTrainer;
import io.towerflow.message.Attributes;
import io.towerflow.message.Event;
import io.towerflow.message.RawRecord;
import io.towerflow.spec.ModelSpecs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tutorial's protocol, from a folder of files to the files of a report. */
class TutorialEvaluationTest {

  private static final int USERS = 8;
  private static final int ITEMS = 20;
  private static final long START = 880_000_000;

  @TempDir static Path directory;

  /** The events that the files hold, in the order of time. */
  private static final List<Event> EVENTS = new ArrayList<>();

  private static Path data;
  private static CommandLineRun run;
  private static JsonNode figures;

  @BeforeAll
  static void evaluateVariantsOnATinyDataSet() throws Exception {
    StringBuilder items = new StringBuilder();
    for (int item = 0; item < ITEMS; item++) {
      items.append("%d|%s|\n".formatted(item, title(item)));
    }
    // Even users take even items, odd users odd ones: 8 times 8 events.
    StringBuilder ratings = new StringBuilder();
    for (int k = 0; k < 8; k++) {
      for (int user = 0; user < USERS; user++) {
        int item = (user + 2 * k) % ITEMS;
        long time = START + 1000L * EVENTS.size();
        ratings.append("%d\t%d\t5\t%d\n".formatted(user, item, time));
        EVENTS.add(
            new Event(
                String.valueOf(user),
                title(item),
                1000 * time,
                5,
                1,
                true,
                new String[] {title(item)},
                Attributes.NONE,
                Attributes.NONE,
                "",
                RawRecord.at("ratings", 0, EVENTS.size())));
      }
    }
    data = Files.createDirectories(directory.resolve("data"));
    Files.writeString(data.resolve("u.item"), items);
    Files.writeString(data.resolve("u.data"), ratings);
    run =
        evaluate(
            directory.resolve("report"),
            "--layers 64,32 --layers 8 --without time,text --epochs 5 --every 2 --seed 3");
    assertThat(run.errors()).isEmpty();
    assertThat(run.code()).isZero();
    figures = new ObjectMapper().readTree(run.lastLine());
  }

  private static CommandLineRun evaluate(Path report, String options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("evaluate", "--protocol", "tutorial"));
    arguments.addAll(List.of(options.split(" ")));
    arguments.addAll(
        List.of("--data", data.toString(), "--report-dir", report.toString(), "--json"));
    return CommandLineRun.of(
        Files.createDirectories(directory.resolve("temporary")), arguments.toArray(String[]::new));
  }

  @Test
  void thereIsARunForEachChoiceOfLayersAndForEachWithoutFeatures() {
    assertThat(figures.get("protocol").asText()).isEqualTo("tutorial");
    assertThat(figures.get("runs"))
        .extracting(each -> each.get("layers") + " " + each.get("without").asText())
        .containsExactly(
            "[64,32] null", "[64,32] time", "[64,32] text", "[8] null", "[8] time", "[8] text");
    assertThat(run.out()).contains("64-32 without time", "8 without text");
  }

  @Test
  void theFiguresAreThoseOfTheTrainerOnTheSameEvents() {
    JsonNode told = figures.get("runs").get(0);
    try (SplitTrainer trainer = new SplitTrainer(ModelSpecs.load("tutorial"), EVENTS, 0.8, 3)) {
      for (int epoch = 1; epoch <= 5; epoch++) {
        trainer.trainEpoch();
      }
      SplitTrainer.Measurement measured = trainer.measure();
      for (int depth : List.of(1, 5, 10, 50, 100)) {
        assertThat(told.get("top_" + depth).asDouble())
            .as("top-" + depth)
            .isEqualTo(measured.all().at(depth));
      }
      assertThat(told.get("unseen_top_10").asDouble()).isEqualTo(measured.unseen().at(10));
    }
  }

  @Test
  void everyCandidateIsWithinTheFirstHundredOfTwenty() {
    for (JsonNode each : figures.get("runs")) {
      assertThat(each.get("epochs").asInt()).isEqualTo(5);
      assertThat(each.get("top_50").asDouble()).isEqualTo(1);
      assertThat(each.get("best_top_100").asDouble()).isEqualTo(1);
      assertThat(each.get("unseen_top_100").asDouble()).isEqualTo(1);
      assertThat(each.get("top_1").asDouble()).isLessThanOrEqualTo(each.get("top_10").asDouble());
    }
  }

  @Test
  void theCsvHasARowForEachMeasurement() throws Exception {
    List<String> lines = Files.readAllLines(directory.resolve("report/tutorial.csv"));
    assertThat(lines.get(0))
        .isEqualTo(
            "run,epoch,loss,top_1,top_5,top_10,top_50,top_100,"
                + "unseen_1,unseen_5,unseen_10,unseen_50,unseen_100,seconds");
    // Six runs, measured after epochs 2, 4 and the last.
    assertThat(lines).hasSize(1 + 6 * 3);
    assertThat(lines.subList(1, 7))
        .extracting(line -> line.substring(0, line.indexOf(',', line.indexOf(',') + 1)))
        .containsExactly(
            "64-32,2",
            "64-32,4",
            "64-32,5",
            "64-32 without time,2",
            "64-32 without time,4",
            "64-32 without time,5");
    String[] last = lines.get(3).split(",");
    JsonNode first = figures.get("runs").get(0);
    assertThat(last).hasSize(14);
    assertThat(Double.parseDouble(last[3])).isEqualTo(first.get("top_1").asDouble());
    assertThat(Double.parseDouble(last[10])).isEqualTo(first.get("unseen_top_10").asDouble());
  }

  @Test
  void theReportIsAPageWithACurveForEachRunAndTheSameFiguresAsJson() throws Exception {
    Path page = Path.of(figures.get("report").asText());
    assertThat(page)
        .content()
        .contains(
            "\"title\":\"Top-100 accuracy\"",
            "\"xs\":[2,4,5],\"curves\":[{\"name\":\"64-32\",\"values\":[1.0,1.0,1.0]}",
            "<th scope=\"row\">8 without text</th>")
        .doesNotContain("{{");
    JsonNode details =
        new ObjectMapper().readTree(directory.resolve("report/tutorial.json").toFile());
    assertThat(details.get("runs").get(5).get("measurements")).hasSize(3);
    assertThat(details.get("runs").get(5).get("top_10"))
        .isEqualTo(figures.get("runs").get(5).get("top_10"));
  }

  @Test
  void runsThatDifferByTheirSeedAreSummedUpByTheirMean() throws Exception {
    Path report = directory.resolve("repeated");
    CommandLineRun repeated = evaluate(report, "--layers 8 --without time --epochs 4 --repeat 3");
    assertThat(repeated.errors()).isEmpty();
    JsonNode told = new ObjectMapper().readTree(repeated.lastLine());
    JsonNode runs = told.get("runs");
    assertThat(runs)
        .extracting(each -> each.get("seed").asInt() + " " + each.get("without").asText())
        .containsExactly("1 null", "2 null", "3 null", "1 time", "2 time", "3 time");
    assertThat(runs)
        .extracting(each -> each.get("top_5").asDouble())
        .as("they begin differently")
        .doesNotHaveDuplicates();
    JsonNode mean = told.get("means").get(1);
    assertThat(mean.get("of").asText()).isEqualTo("8 without time");
    assertThat(mean.get("runs").asInt()).isEqualTo(3);
    double sum = 0;
    for (int i = 3; i < 6; i++) {
      sum += runs.get(i).get("top_5").asDouble();
    }
    assertThat(mean.get("top_5").asDouble()).isCloseTo(sum / 3, within(1e-12));
    assertThat(repeated.out()).contains("8 without time seed 3", "8 without time mean of 3");
    assertThat(report.resolve("tutorial.html"))
        .content()
        .contains("<th scope=\"row\">8 mean of 3</th>");
    assertThat(figures.has("means")).as("without --repeat").isFalse();
  }

  private static String title(int item) {
    return (item % 2 == 0 ? "Quiet" : "Loud") + " Harbour " + item;
  }
}
