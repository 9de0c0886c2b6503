package io.towerflow.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a model costs as the world around it grows, on one page.
 *
 * @param machine what it ran on
 * @param preset the spec that was measured
 * @param axes what grew
 * @param state what is kept
 * @param frontier presets over a data set, by rising speed; none without a data set
 */
record GrowthReport(
    String machine, String preset, List<GrowthAxis> axes, State state, List<LearnFigures> frontier)
    implements BenchReport {

  private static final String INTRO =
      "The learner alone, on one thread: what an event costs while one thing grows and the others"
          + " stay. Costs are microseconds on the processor, medians over rounds that took turns.";

  private static final long USERS = 1_000_000;
  private static final long ITEMS = 100_000;

  /**
   * Bytes that are kept.
   *
   * @param item an item that was learnt: its rows with their slots, its catalogue entry, its counts
   * @param user a user who has taken a hundred items
   */
  record State(double item, double user) {

    static final int TAKEN = 100;

    private String sentence() {
      return String.format(
          Locale.ROOT,
          "An item takes %,.0f bytes of state, a user who has taken %d items %,.0f: %,d users and"
              + " %,d items take %,.1f GB, and the checkpoints of rows up to 2.5 times their part.",
          item,
          TAKEN,
          user,
          USERS,
          ITEMS,
          (USERS * user + ITEMS * item) / 1e9);
    }
  }

  @Override
  public String bench() {
    return "report";
  }

  /** What it all means. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    axes.forEach(axis -> lines.add(axis.sentence()));
    lines.add(state.sentence());
    frontier.forEach(cell -> lines.add(LearnReport.line(cell).strip()));
    return lines;
  }

  @Override
  public Map<String, Object> figures(Path directory) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("bench", bench());
    figures.put("machine", machine);
    figures.put("preset", preset);
    List<Map<String, Object>> cells = new ArrayList<>();
    for (GrowthAxis axis : axes) {
      for (GrowthAxis.Point point : axis.points()) {
        Map<String, Object> cell = new LinkedHashMap<>();
        cell.put("axis", axis.key());
        cell.put("size", point.size());
        cell.put("microseconds_per_event", point.micros());
        cells.add(cell);
      }
    }
    figures.put("cells", cells);
    figures.put("bytes_per_item", state.item());
    figures.put("bytes_per_user", state.user());
    figures.put("frontier", frontier.stream().map(LearnReport::cell).toList());
    figures.put("report", page(directory).toString());
    return figures;
  }

  @Override
  public String csv() {
    StringBuilder csv = new StringBuilder("axis,size,microseconds_per_event\n");
    for (GrowthAxis axis : axes) {
      for (GrowthAxis.Point point : axis.points()) {
        csv.append(
            String.format(Locale.ROOT, "%s,%d,%.2f\n", axis.key(), point.size(), point.micros()));
      }
    }
    return csv.toString();
  }

  @Override
  public ComparisonPage page() {
    List<ComparisonPage.Plot> plots = new ArrayList<>();
    if (frontier.size() > 1) {
      plots.add(frontierPlot());
    }
    axes.forEach(axis -> plots.add(plot(axis)));
    List<ComparisonPage.Table> tables = new ArrayList<>();
    if (!frontier.isEmpty()) {
      tables.add(frontierTable());
    }
    tables.add(
        new ComparisonPage.Table(
            "What it means",
            "On %s, spec %s.".formatted(machine, preset),
            List.of("What grows", "in a sentence"),
            meanings()));
    return new ComparisonPage("Growth", INTRO, plots, tables);
  }

  private List<List<String>> meanings() {
    List<List<String>> rows = new ArrayList<>();
    axes.forEach(axis -> rows.add(List.of(axis.what(), axis.sentence())));
    rows.add(List.of("state", state.sentence()));
    return rows;
  }

  private static ComparisonPage.Plot plot(GrowthAxis axis) {
    return new ComparisonPage.Plot(
        "Microseconds an event, by " + axis.what(),
        axis.sentence(),
        axis.what(),
        axis.points().stream().map(GrowthAxis.Point::size).toList(),
        List.of(
            new ComparisonPage.Curve(
                "an event",
                axis.points().stream().map(point -> (Double) point.micros()).toList())));
  }

  private ComparisonPage.Plot frontierPlot() {
    return new ComparisonPage.Plot(
        "Better or faster",
        "Hit@10 against events a second: %s."
            .formatted(
                String.join(", ", frontier.stream().map(c -> c.coordinates().preset()).toList())),
        "Events a second",
        frontier.stream().map(cell -> Math.round(cell.eventsPerSecond())).toList(),
        List.of(
            new ComparisonPage.Curve(
                "hit@10", frontier.stream().map(cell -> cell.last().hitAt10()).toList()),
            new ComparisonPage.Curve(
                "last fifth",
                frontier.stream().map(cell -> cell.last().hitAt10LastFifth()).toList())));
  }

  private ComparisonPage.Table frontierTable() {
    return new ComparisonPage.Table(
        "Presets",
        "Over the same events.",
        List.of("Preset", "events/s", "hit@10", "last fifth"),
        frontier.stream()
            .map(
                cell ->
                    List.of(
                        cell.coordinates().preset(),
                        String.format(Locale.ROOT, "%,.0f", cell.eventsPerSecond()),
                        String.format(Locale.ROOT, "%.4f", cell.last().hitAt10()),
                        String.format(Locale.ROOT, "%.4f", cell.last().hitAt10LastFifth())))
            .toList());
  }
}
