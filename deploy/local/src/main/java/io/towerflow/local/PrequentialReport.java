package io.towerflow.local;

import io.towerflow.message.Accuracy;
import io.towerflow.message.RatingError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * What an evaluation by the prequential protocol came to.
 *
 * @param title what ran, for people
 * @param events events learnt
 * @param nonPositives of them those that were no positives, and so not ranked
 * @param deadLetters records that could not be used
 * @param seconds from the start of the job to its end
 * @param pace how fast it learnt
 * @param itemEmbeddings items' vectors that it sent
 * @param baselinesSeconds what the baselines took after it
 * @param model the model's ranking
 * @param baselines the others, measured on the same events
 * @param jobPopularity most popular as the job itself counts it, which has to be what the baseline
 *     of that name comes to
 * @param rating how far the model's rating head was off, over all events; no events without a head
 * @param ratingLastFifth the same over the last fifth of the events
 * @param modelDigest the digest of the whole model at the end
 */
record PrequentialReport(
    String title,
    long events,
    long nonPositives,
    long deadLetters,
    double seconds,
    Pace pace,
    long itemEmbeddings,
    double baselinesSeconds,
    Ranking model,
    List<Ranking> baselines,
    Ranking jobPopularity,
    RatingError rating,
    RatingError ratingLastFifth,
    String modelDigest) {

  /** Points of a curve: windows are put together until no more are left. */
  private static final int POINTS = 25;

  private static final String INTRO =
      "Each event was first predicted, then learnt, by the model and by the baselines alike: its"
          + " item was ranked among all known ones that the user had not taken. First sightings of"
          + " a user or an item are misses.";

  /** Where the page is in a report's directory. */
  static Path page(Path directory) {
    return directory.resolve("prequential.html");
  }

  /** The figures for programs. */
  Map<String, Object> figures(Path directory) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("protocol", "prequential");
    figures.put("events_trained", events);
    figures.put("non_positives", nonPositives);
    figures.put("dead_letters", deadLetters);
    figures.put("model", model.figures(events));
    Map<String, Object> byName = new LinkedHashMap<>();
    baselines.forEach(each -> byName.put(each.name(), each.figures(events)));
    figures.put("baselines", byName);
    figures.put("job_popularity", jobPopularity.figures(events));
    Map<String, Object> byCohort = new LinkedHashMap<>();
    for (String cohort : cohortNames()) {
      Map<String, Object> rankings = new LinkedHashMap<>();
      rankings().forEach(each -> rankings.put(each.name(), Ranking.figures(of(each, cohort))));
      byCohort.put(cohort, rankings);
    }
    figures.put("by_cohort", byCohort);
    if (rating.events() > 0) {
      figures.put("rating_rmse", rating.rmse());
      figures.put(
          "rating_rmse_last_fifth", ratingLastFifth.events() > 0 ? ratingLastFifth.rmse() : null);
    }
    figures.put("seconds", seconds);
    figures.put("events_per_second_learning", pace.learning());
    figures.put("events_per_second_first_fifth", pace.firstFifth());
    figures.put("events_per_second_last_fifth", pace.lastFifth());
    figures.put("item_embeddings_sent", itemEmbeddings);
    figures.put("baselines_seconds", baselinesSeconds);
    figures.put("model_digest", modelDigest);
    figures.put("report", page(directory).toString());
    return figures;
  }

  /** Writes page, CSV and JSON, over those of an earlier evaluation. */
  void write(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("prequential.csv"), csv());
    Files.writeString(directory.resolve("prequential.json"), Json.line(figures(directory)) + "\n");
    Files.writeString(page(directory), html());
  }

  /** The figures as tables on a terminal. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("Each event predicted before it was learnt (all / last fifth of the events):");
    lines.add(
        String.format(Locale.ROOT, "  %-20s%-18s%-18s%s", "", "hit@10", "hit@100", "MRR@100"));
    rankings()
        .forEach(
            each -> {
              Accuracy last = each.lastFifth(events);
              lines.add(
                  String.format(
                      Locale.ROOT,
                      "  %-20s%-18s%-18s%s",
                      label(each),
                      pair(each.total(), last, Accuracy::hitAt10),
                      pair(each.total(), last, Accuracy::hitAt100),
                      pair(each.total(), last, Accuracy::mrrAt100)));
            });
    if (nonPositives > 0) {
      lines.add(
          String.format(
              Locale.ROOT,
              "  %,d of %,d events were no positives (event.positive_when), which nobody ranks",
              nonPositives,
              events));
    }
    if (model.total().events() < events - nonPositives) {
      lines.add(
          String.format(
              Locale.ROOT,
              "  Scored on %,d of %,d events, since the catalogue is large (evaluation.full_until)",
              model.total().events(),
              events - nonPositives));
    }
    if (rating.events() > 0) {
      lines.add("");
      lines.add(
          "Ratings foretold with a root mean squared error of %s / %s"
              .formatted(rmse(rating), rmse(ratingLastFifth)));
    }
    lines.add("");
    lines.add(
        "The job learnt %s events a second after its start, %s in the first fifth, %s in the last; item vectors sent: %s"
            .formatted(
                count(pace.learning()),
                count(pace.firstFifth()),
                count(pace.lastFifth()),
                count((double) itemEmbeddings)));
    lines.add("");
    lines.add("Hit@10 by cohort:");
    StringBuilder header =
        new StringBuilder(String.format(Locale.ROOT, "  %-12s%9s", "", "events"));
    rankings().forEach(each -> header.append(String.format(Locale.ROOT, "%20s", label(each))));
    lines.add(header.toString());
    cohortNames()
        .forEach(
            cohort -> {
              StringBuilder line =
                  new StringBuilder(
                      String.format(
                          Locale.ROOT, "  %-12s%,9d", name(cohort), of(model, cohort).events()));
              rankings()
                  .forEach(
                      each ->
                          line.append(
                              String.format(
                                  Locale.ROOT,
                                  "%20s",
                                  fraction(of(each, cohort), Accuracy::hitAt10))));
              lines.add(line.toString());
            });
    return lines;
  }

  private Stream<Ranking> rankings() {
    return Stream.concat(Stream.of(model), baselines.stream());
  }

  /** In the order that the metrics have them in; what comes by JSON has lost it. */
  private Set<String> cohortNames() {
    return baselines.get(0).cohorts().keySet();
  }

  private static Accuracy of(Ranking ranking, String cohort) {
    return ranking.cohorts().getOrDefault(cohort, Accuracy.NONE);
  }

  private String csv() {
    StringBuilder csv =
        new StringBuilder("ranking,events,scored,hit_at_10,hit_at_100,mrr_at_100\n");
    rankings()
        .forEach(
            ranking ->
                ranking
                    .windows()
                    .forEach(
                        window ->
                            csv.append(ranking.name())
                                .append(',')
                                .append(window.end())
                                .append(',')
                                .append(window.accuracy().events())
                                .append(',')
                                .append(window.accuracy().hitAt10())
                                .append(',')
                                .append(window.accuracy().hitAt100())
                                .append(',')
                                .append(window.accuracy().mrrAt100())
                                .append('\n')));
    return csv.toString();
  }

  private String html() {
    return new ComparisonPage(title, INTRO, List.of(plot()), tables()).html();
  }

  private List<ComparisonPage.Table> tables() {
    List<ComparisonPage.Table> tables = new ArrayList<>(List.of(table(), cohorts()));
    if (rating.events() > 0) {
      tables.add(
          new ComparisonPage.Table(
              "Ratings",
              "The root mean squared error of the rating head, each value foretold before it was"
                  + " learnt.",
              List.of("Ranking", "RMSE", "last fifth"),
              List.of(List.of(label(model), rmse(rating), rmse(ratingLastFifth)))));
    }
    return tables;
  }

  /** Single windows are noisy, and there may be thousands: so many are taken together. */
  private ComparisonPage.Plot plot() {
    TreeSet<Long> ends = new TreeSet<>();
    rankings().forEach(each -> each.windows().forEach(window -> ends.add(window.end())));
    List<Long> all = List.copyOf(ends);
    int together = (all.size() + POINTS - 1) / POINTS;
    List<Long> points = new ArrayList<>();
    for (int i = all.size() - 1; i >= 0; i -= together) {
      points.add(0, all.get(i));
    }
    return new ComparisonPage.Plot(
        "Hit@10 over the stream",
        "How often the item a user took next was among the first ten, from one point to the next.",
        "Events",
        points,
        rankings().map(each -> new ComparisonPage.Curve(label(each), hits(each, points))).toList());
  }

  private static List<Double> hits(Ranking ranking, List<Long> points) {
    List<Double> hits = new ArrayList<>();
    long from = 0;
    for (long to : points) {
      long after = from;
      Accuracy accuracy =
          ranking.windows().stream()
              .filter(window -> window.end() > after && window.end() <= to)
              .map(Ranking.Window::accuracy)
              .reduce(Accuracy.NONE, Accuracy::plus);
      hits.add(accuracy.events() == 0 ? null : (Double) accuracy.hitAt10());
      from = to;
    }
    return hits;
  }

  private ComparisonPage.Table table() {
    return new ComparisonPage.Table(
        "Figures",
        "Over all events, and over the last fifth of them.",
        List.of(
            "Ranking", "Hit@10", "last fifth", "Hit@100", "last fifth", "MRR@100", "last fifth"),
        rankings()
            .map(
                each -> {
                  Accuracy last = each.lastFifth(events);
                  return List.of(
                      label(each),
                      fraction(each.total(), Accuracy::hitAt10),
                      fraction(last, Accuracy::hitAt10),
                      fraction(each.total(), Accuracy::hitAt100),
                      fraction(last, Accuracy::hitAt100),
                      fraction(each.total(), Accuracy::mrrAt100),
                      fraction(last, Accuracy::mrrAt100));
                })
            .toList());
  }

  private ComparisonPage.Table cohorts() {
    List<String> header = new ArrayList<>(List.of("Cohort", "Events"));
    rankings().forEach(each -> header.add(label(each)));
    List<List<String>> rows = new ArrayList<>();
    cohortNames()
        .forEach(
            cohort -> {
              List<String> row = new ArrayList<>();
              row.add(name(cohort));
              row.add(String.format(Locale.ROOT, "%,d", of(model, cohort).events()));
              rankings().forEach(each -> row.add(fraction(of(each, cohort), Accuracy::hitAt10)));
              rows.add(row);
            });
    return new ComparisonPage.Table(
        "Hit@10 by cohort",
        "First sightings of a user or an item, and the returning users' items by popularity.",
        header,
        rows);
  }

  private static String label(Ranking ranking) {
    return switch (ranking.name()) {
      case "item_knn" -> "item-kNN";
      case "bpr" -> "BPR";
      default -> name(ranking.name());
    };
  }

  private static String name(String key) {
    return key.replace('_', ' ');
  }

  private static String pair(Accuracy all, Accuracy last, ToDoubleFunction<Accuracy> figure) {
    return fraction(all, figure) + " / " + fraction(last, figure);
  }

  private static String count(Double number) {
    return number == null ? "-" : String.format(Locale.ROOT, "%,.0f", number);
  }

  private static String rmse(RatingError error) {
    return error.events() == 0 ? "-" : String.format(Locale.ROOT, "%.4f", error.rmse());
  }

  private static String fraction(Accuracy accuracy, ToDoubleFunction<Accuracy> figure) {
    return accuracy.events() == 0
        ? "-"
        : String.format(Locale.ROOT, "%.4f", figure.applyAsDouble(accuracy));
  }
}
