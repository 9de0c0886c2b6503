package io.towerflow.local;

import static java.util.stream.Collectors.joining;

import io.towerflow.metrics.TopKAccuracy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/**
 * What an evaluation by the tutorial's protocol came to.
 *
 * @param title what ran, for people
 * @param runs one a variant of the spec
 */
record TutorialReport(String title, List<TutorialRun> runs) {

  private static final String INTRO =
      "Trained in epochs on a random 80 % of the events, measured on the rest: how often the item"
          + " of an event ranked within the first K of all candidates. A random split lets a model"
          + " know the future, most of all by features of time: a run without them shows how much"
          + " that is worth.";

  /** Where the page is in a report's directory. */
  static Path page(Path directory) {
    return directory.resolve("tutorial.html");
  }

  /** The figures for programs. */
  Map<String, Object> figures(Path directory) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("protocol", "tutorial");
    figures.put("runs", runs.stream().map(TutorialRun::figures).toList());
    if (isRepeated()) {
      figures.put("means", means().stream().map(Line::figures).toList());
    }
    figures.put("report", page(directory).toString());
    return figures;
  }

  /** Writes page, CSV and JSON, over those of an earlier evaluation. */
  void write(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("tutorial.csv"), csv());
    Files.writeString(directory.resolve("tutorial.json"), Json.line(details()) + "\n");
    Files.writeString(page(directory), html());
  }

  /** The figures as a table on a terminal. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    List<Line> table = table();
    int width =
        Math.max(24, 1 + table.stream().mapToInt(line -> line.name.length()).max().orElse(0));
    lines.add("Final accuracy within the first K of all candidates");
    lines.add("(unseen: without the items of the user's training events):");
    lines.add(
        String.format(
            Locale.ROOT,
            "  %-" + width + "s%8s%8s%8s%8s%8s%10s%11s%12s",
            "run",
            "top-1",
            "top-5",
            "top-10",
            "top-50",
            "top-100",
            "best-100",
            "unseen-10",
            "unseen-100"));
    for (Line line : table) {
      lines.add(
          String.format(
              Locale.ROOT,
              "  %-" + width + "s%8.4f%8.4f%8.4f%8.4f%8.4f%10.4f%11.4f%12.4f",
              line.name,
              line.all(1),
              line.all(5),
              line.all(10),
              line.all(50),
              line.all(100),
              line.bestTop100(),
              line.unseen(10),
              line.unseen(100)));
    }
    return lines;
  }

  /** A run, or the mean of runs that differ by their seed alone. */
  private record Line(String name, List<TutorialRun> runs) {

    double mean(ToDoubleFunction<TutorialRun> figure) {
      return runs.stream().mapToDouble(figure).average().orElseThrow();
    }

    double all(int depth) {
      return mean(run -> run.last().all().at(depth));
    }

    double unseen(int depth) {
      return mean(run -> run.last().unseen().at(depth));
    }

    double bestTop100() {
      return mean(TutorialRun::bestTop100);
    }

    Map<String, Object> figures() {
      Map<String, Object> figures = new LinkedHashMap<>();
      figures.put("of", runs.get(0).variant().kind());
      figures.put("runs", runs.size());
      TopKAccuracy.DEPTHS.forEach(depth -> figures.put("top_" + depth, all(depth)));
      figures.put("best_top_100", bestTop100());
      figures.put("unseen_top_10", unseen(10));
      figures.put("unseen_top_100", unseen(100));
      return figures;
    }
  }

  private boolean isRepeated() {
    return runs.stream().anyMatch(run -> run.variant().repeated());
  }

  private List<Line> means() {
    Map<String, List<TutorialRun>> kinds = new LinkedHashMap<>();
    runs.forEach(
        run -> kinds.computeIfAbsent(run.variant().kind(), kind -> new ArrayList<>()).add(run));
    List<Line> means = new ArrayList<>();
    kinds.forEach(
        (kind, same) -> means.add(new Line("%s mean of %d".formatted(kind, same.size()), same)));
    return means;
  }

  /** All runs, and after them the means of those that were repeated. */
  private List<Line> table() {
    List<Line> table = new ArrayList<>();
    runs.forEach(run -> table.add(new Line(run.name(), List.of(run))));
    if (isRepeated()) {
      table.addAll(means());
    }
    return table;
  }

  private Map<String, Object> details() {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("protocol", "tutorial");
    details.put("title", title);
    details.put(
        "runs",
        runs.stream()
            .map(
                run -> {
                  Map<String, Object> all = run.figures();
                  all.put(
                      "measurements",
                      run.measurements().stream().map(TutorialRun.Measurement::figures).toList());
                  return all;
                })
            .toList());
    return details;
  }

  private String csv() {
    StringBuilder csv = new StringBuilder("run,epoch,loss");
    TopKAccuracy.DEPTHS.forEach(depth -> csv.append(",top_").append(depth));
    TopKAccuracy.DEPTHS.forEach(depth -> csv.append(",unseen_").append(depth));
    csv.append(",seconds\n");
    for (TutorialRun run : runs) {
      for (TutorialRun.Measurement each : run.measurements()) {
        csv.append(run.name())
            .append(',')
            .append(each.figures().values().stream().map(String::valueOf).collect(joining(",")))
            .append('\n');
      }
    }
    return csv.toString();
  }

  private String html() {
    return new ComparisonPage(
            title,
            INTRO,
            List.of(
                plot(
                    "Top-100 accuracy",
                    "Among all candidates, those included that the user took in training.",
                    each -> each.all().at(100)),
                plot(
                    "Top-100 accuracy among unseen items",
                    "Without the items of the user's training events.",
                    each -> each.unseen().at(100)),
                plot(
                    "Loss",
                    "Mean over the events of an epoch's training.",
                    TutorialRun.Measurement::loss)),
            List.of(finalFigures()))
        .html();
  }

  private ComparisonPage.Plot plot(
      String title, String note, ToDoubleFunction<TutorialRun.Measurement> figure) {
    TreeSet<Integer> epochs = new TreeSet<>();
    runs.forEach(run -> run.measurements().forEach(each -> epochs.add(each.epoch())));
    List<ComparisonPage.Curve> curves = new ArrayList<>();
    for (TutorialRun run : runs) {
      Map<Integer, Double> byEpoch = new LinkedHashMap<>();
      run.measurements().forEach(each -> byEpoch.put(each.epoch(), figure.applyAsDouble(each)));
      List<Double> values = new ArrayList<>();
      epochs.forEach(epoch -> values.add(byEpoch.get(epoch)));
      curves.add(new ComparisonPage.Curve(run.name(), values));
    }
    return new ComparisonPage.Plot(title, note, "Epoch", List.copyOf(epochs), curves);
  }

  private ComparisonPage.Table finalFigures() {
    List<String> header = new ArrayList<>(List.of("Run", "Epochs"));
    TopKAccuracy.DEPTHS.forEach(depth -> header.add("Top-" + depth));
    header.add("Best top-100");
    TopKAccuracy.DEPTHS.forEach(depth -> header.add("Unseen " + depth));
    header.add("Seconds");
    List<List<String>> rows = new ArrayList<>();
    for (Line line : table()) {
      int epochs = line.runs.get(0).last().epoch();
      List<String> row = new ArrayList<>(List.of(line.name, String.valueOf(epochs)));
      TopKAccuracy.DEPTHS.forEach(depth -> row.add(fraction(line.all(depth))));
      row.add(fraction(line.bestTop100()));
      TopKAccuracy.DEPTHS.forEach(depth -> row.add(fraction(line.unseen(depth))));
      row.add(String.format(Locale.ROOT, "%.0f", line.mean(run -> run.last().seconds())));
      rows.add(row);
    }
    return new ComparisonPage.Table(
        "Final figures",
        "After the last epoch; best is over all measurements. Unseen leaves out the items of the"
            + " user's training events.",
        header,
        rows);
  }

  private static String fraction(double number) {
    return String.format(Locale.ROOT, "%.4f", number);
  }
}
