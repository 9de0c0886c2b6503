package io.towerflow.local;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the benchmark of the search came to.
 *
 * @param machine what it ran on
 * @param topK hits a query
 * @param cells by width, candidates, threads, batch
 */
record TopKReport(String machine, int topK, List<TopKCell> cells) implements BenchReport {

  private static final double THOUSAND = 1e3;

  private static final String INTRO =
      "Exact search as the job's shards do it: every candidate is scored for every query, queries"
          + " that come together go through the candidates together. With several threads each has"
          + " a part of the candidates, and their lists are merged.";

  @Override
  public String bench() {
    return "topk";
  }

  /** The figures of a cell on one line. */
  static String line(TopKCell cell) {
    return String.format(
        Locale.ROOT,
        "  %,d candidates of %d numbers, %,d together, %s: %,.0f queries/s",
        cell.candidates(),
        cell.width(),
        cell.batch(),
        threads(cell.threads()),
        cell.median());
  }

  private static String threads(int threads) {
    return threads == 1 ? "1 thread" : threads + " threads";
  }

  @Override
  public Map<String, Object> figures(Path directory) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("bench", bench());
    figures.put("machine", machine);
    figures.put("cells", cells.stream().map(this::figures).toList());
    figures.put("report", page(directory).toString());
    return figures;
  }

  private Map<String, Object> figures(TopKCell cell) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("candidates", cell.candidates());
    figures.put("width", cell.width());
    figures.put("batch", cell.batch());
    figures.put("threads", cell.threads());
    figures.put("top_k", topK);
    figures.put("queries_per_second", cell.median());
    figures.put("queries_per_second_of_rounds", cell.queriesPerSecond());
    return figures;
  }

  @Override
  public String csv() {
    StringBuilder csv =
        new StringBuilder("candidates,width,batch,threads,top_k,round,queries_per_second\n");
    for (TopKCell cell : cells) {
      for (int i = 0; i < cell.queriesPerSecond().size(); i++) {
        csv.append(
            String.format(
                Locale.ROOT,
                "%d,%d,%d,%d,%d,%d,%.1f\n",
                cell.candidates(),
                cell.width(),
                cell.batch(),
                cell.threads(),
                topK,
                i + 1,
                cell.queriesPerSecond().get(i)));
      }
    }
    return csv.toString();
  }

  @Override
  public ComparisonPage page() {
    List<ComparisonPage.Plot> plots =
        cells.stream().map(TopKCell::width).distinct().map(this::plot).toList();
    return new ComparisonPage("Exact search in batches", INTRO, plots, List.of(table()));
  }

  private ComparisonPage.Plot plot(int width) {
    List<TopKCell> ofWidth = cells.stream().filter(cell -> cell.width() == width).toList();
    List<Integer> candidates = ofWidth.stream().map(TopKCell::candidates).distinct().toList();
    Map<String, List<Double>> curves =
        ofWidth.stream()
            .collect(
                Collectors.groupingBy(
                    cell ->
                        String.format(
                            Locale.ROOT, "%,d together, %s", cell.batch(), threads(cell.threads())),
                    LinkedHashMap::new,
                    Collectors.mapping(cell -> cell.median() / THOUSAND, Collectors.toList())));
    return new ComparisonPage.Plot(
        "Thousands of queries a second, %d numbers a vector".formatted(width),
        "Medians over the rounds.",
        "Candidates",
        candidates,
        curves.entrySet().stream()
            .map(curve -> new ComparisonPage.Curve(curve.getKey(), curve.getValue()))
            .toList());
  }

  private ComparisonPage.Table table() {
    return new ComparisonPage.Table(
        "Figures",
        String.format(
            Locale.ROOT,
            "On %s; the best %d of each query. Medians over %d rounds.",
            machine,
            topK,
            cells.get(0).queriesPerSecond().size()),
        List.of("Candidates", "numbers a vector", "queries together", "threads", "queries/s"),
        cells.stream()
            .map(
                cell ->
                    List.of(
                        number(cell.candidates()),
                        number(cell.width()),
                        number(cell.batch()),
                        number(cell.threads()),
                        number(cell.median())))
            .toList());
  }

  private static String number(double number) {
    return String.format(Locale.ROOT, "%,.0f", number);
  }
}
