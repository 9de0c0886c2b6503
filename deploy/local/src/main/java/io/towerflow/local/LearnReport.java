package io.towerflow.local;

import io.towerflow.local.LearnCell.Coordinates;
import io.towerflow.local.LearnCell.Round;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What the benchmark of the learner came to.
 *
 * @param machine what it ran on
 * @param cells in the order in which they took turns
 */
record LearnReport(String machine, List<LearnFigures> cells) implements BenchReport {

  private static final String INTRO =
      "The learner alone: examples were made before the clock ran, and there was neither Kafka nor"
          + " Flink. Every cell had a warm-up that is not counted; then they took turns, round by"
          + " round. Presets were given the same events in every round, each by a fresh model, and"
          + " scored every batch that the job would score. A second on the processor is one of any"
          + " thread of the process, the compiler's and the garbage collector's included: where one"
          + " thread learns and it is far from a second by the clock, the machine was busy. Tables"
          + " of a given number of rows were filled first, and learnt on.";

  @Override
  public String bench() {
    return "learn";
  }

  /** The figures of one cell on one line. */
  static String line(LearnFigures cell) {
    Round last = cell.last();
    return String.format(
        Locale.ROOT,
        "  %s: %,.0f events/s (%,.0f a second on the processor)%s, digest %s",
        cell.coordinates().name(),
        cell.eventsPerSecond(),
        cell.eventsPerProcessorSecond(),
        last.hitAt10() == null
            ? ""
            : String.format(
                Locale.ROOT,
                ", hit@10 %s / %s",
                fraction(last.hitAt10()),
                fraction(last.hitAt10LastFifth())),
        last.digest().substring(0, 12));
  }

  @Override
  public Map<String, Object> figures(Path directory) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("bench", bench());
    figures.put("machine", machine);
    figures.put("cells", cells.stream().map(LearnReport::cell).toList());
    figures.put("report", page(directory).toString());
    return figures;
  }

  /** What a cell is about and comes to, for programs. */
  static Map<String, Object> cell(LearnFigures cell) {
    Round last = cell.last();
    Map<String, Object> figures = coordinates(cell.coordinates(), last.items());
    figures.put("events", last.events());
    figures.put("warm_up_events", cell.warmUpEvents());
    figures.put("events_per_second", cell.eventsPerSecond());
    figures.put("events_per_processor_second", cell.eventsPerProcessorSecond());
    figures.put(
        "events_per_second_of_rounds", cell.rounds().stream().map(Round::eventsPerSecond).toList());
    figures.put("hit_at_10", last.hitAt10());
    figures.put("hit_at_10_last_fifth", last.hitAt10LastFifth());
    figures.put("model_digest", last.digest());
    return figures;
  }

  /**
   * @param items known at the end
   */
  static Map<String, Object> coordinates(Coordinates cell, long items) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("preset", cell.preset());
    figures.put("items", cell.items().orElse(items));
    figures.put("rows", orNull(cell.rows()));
    figures.put("width", orNull(cell.width()));
    figures.put("arithmetic", cell.kind());
    figures.put("device", cell.arithmetic().device());
    figures.put("threads", cell.arithmetic().threads());
    return figures;
  }

  private static Long orNull(OptionalLong number) {
    return number.isPresent() ? number.getAsLong() : null;
  }

  @Override
  public String csv() {
    StringBuilder csv =
        new StringBuilder(
            "preset,items,rows,width,arithmetic,device,threads,round,events,seconds,processor_seconds,events_per_second,hit_at_10,model_digest\n");
    for (LearnFigures cell : cells) {
      for (int i = 0; i < cell.rounds().size(); i++) {
        Round round = cell.rounds().get(i);
        String[] cells =
            Stream.concat(
                    coordinates(cell.coordinates(), round.items()).values().stream(),
                    Stream.of(
                        i + 1,
                        round.events(),
                        String.format(Locale.ROOT, "%.3f", round.seconds()),
                        String.format(Locale.ROOT, "%.3f", round.processorSeconds()),
                        String.format(Locale.ROOT, "%.0f", round.eventsPerSecond()),
                        round.hitAt10(),
                        round.digest()))
                .map(value -> value == null ? "" : value.toString())
                .toArray(String[]::new);
        csv.append(String.join(",", cells)).append('\n');
      }
    }
    return csv.toString();
  }

  @Override
  public ComparisonPage page() {
    List<ComparisonPage.Plot> plots = new ArrayList<>();
    plot("catalogue", "Items", Coordinates::items).ifPresent(plots::add);
    plot("tables", "Rows", Coordinates::rows).ifPresent(plots::add);
    plots.add(byRound());
    return new ComparisonPage("Learning alone", INTRO, plots, List.of(table()));
  }

  /** Speed against a size, where there are several. */
  private Optional<ComparisonPage.Plot> plot(
      String what, String axis, Function<Coordinates, OptionalLong> size) {
    List<LearnFigures> sized =
        cells.stream().filter(cell -> size.apply(cell.coordinates()).isPresent()).toList();
    List<Long> sizes =
        sized.stream()
            .map(cell -> size.apply(cell.coordinates()).getAsLong())
            .distinct()
            .sorted()
            .toList();
    if (sizes.size() < 2) {
      return Optional.empty();
    }
    Map<String, List<Double>> curves = new LinkedHashMap<>();
    for (LearnFigures cell : sized) {
      String name = cell.coordinates().preset() + ", " + cell.coordinates().computing();
      curves
          .computeIfAbsent(name, each -> new ArrayList<>(Collections.nCopies(sizes.size(), null)))
          .set(
              sizes.indexOf(size.apply(cell.coordinates()).getAsLong()),
              cell.eventsPerSecond() / 1e3);
    }
    return Optional.of(
        new ComparisonPage.Plot(
            "Thousands of events a second, by the size of the " + what,
            "Medians over the rounds.",
            axis,
            sizes,
            curves.entrySet().stream()
                .map(curve -> new ComparisonPage.Curve(curve.getKey(), curve.getValue()))
                .toList()));
  }

  private ComparisonPage.Plot byRound() {
    return new ComparisonPage.Plot(
        "Thousands of events a second, by round",
        "The cells took turns.",
        "Round",
        IntStream.rangeClosed(1, cells.get(0).rounds().size()).boxed().toList(),
        cells.stream()
            .map(
                cell ->
                    new ComparisonPage.Curve(
                        cell.coordinates().name(),
                        cell.rounds().stream()
                            .map(round -> round.eventsPerSecond() / 1e3)
                            .toList()))
            .toList());
  }

  private ComparisonPage.Table table() {
    return new ComparisonPage.Table(
        "Figures",
        "On %s. Medians over %d rounds.".formatted(machine, cells.get(0).rounds().size()),
        List.of(
            "Cell",
            "events/s",
            "slowest round",
            "fastest",
            "a second on the processor",
            "hit@10",
            "last fifth",
            "digest"),
        cells.stream().map(LearnReport::row).toList());
  }

  private static List<String> row(LearnFigures cell) {
    Round last = cell.last();
    double[] speeds = cell.rounds().stream().mapToDouble(Round::eventsPerSecond).sorted().toArray();
    return List.of(
        cell.coordinates().name(),
        number(cell.eventsPerSecond()),
        number(speeds[0]),
        number(speeds[speeds.length - 1]),
        number(cell.eventsPerProcessorSecond()),
        fraction(last.hitAt10()),
        fraction(last.hitAt10LastFifth()),
        last.digest().substring(0, 12));
  }

  private static String number(double number) {
    return String.format(Locale.ROOT, "%,.0f", number);
  }

  private static String fraction(Double number) {
    return number == null ? "-" : String.format(Locale.ROOT, "%.4f", number);
  }
}
