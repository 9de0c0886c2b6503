package io.towerflow.local;

import io.towerflow.local.LearnCell.Coordinates;
import io.towerflow.local.LearnEndurance.Look;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What learning for very long came to.
 *
 * @param machine what it ran on
 */
record EnduranceReport(String machine, List<Run> runs) implements BenchReport {

  private static final double MEGABYTE = 1e6;

  private static final String INTRO =
      "One model learnt the same events over and over, each time later by the length of the stream."
          + " Memory was looked at after a collection of garbage. What a model is meant to keep, it"
          + " has once it has seen every user and item and its replay memory is full; from then on"
          + " neither line may rise.";

  /**
   * One model.
   *
   * @param looks at its memory, two or more
   */
  record Run(Coordinates coordinates, List<Look> looks) {

    private Look last() {
      return looks.get(looks.size() - 1);
    }
  }

  @Override
  public String bench() {
    return "learn-steps";
  }

  /** What one look found, on one line. */
  static String line(Look look) {
    return String.format(
        Locale.ROOT,
        "  step %,9d: heap %,.0f MB, resident %s",
        look.step(),
        look.heapBytes() / MEGABYTE,
        look.residentBytes().isPresent()
            ? String.format(Locale.ROOT, "%,.0f MB", look.residentBytes().getAsLong() / MEGABYTE)
            : "unknown");
  }

  @Override
  public Map<String, Object> figures(Path directory) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("bench", bench());
    figures.put("machine", machine);
    figures.put("cells", runs.stream().map(EnduranceReport::cell).toList());
    figures.put("report", page(directory).toString());
    return figures;
  }

  private static Map<String, Object> cell(Run run) {
    Map<String, Object> cell = new LinkedHashMap<>();
    cell.put("preset", run.coordinates.preset());
    cell.put(
        "items", run.coordinates.items().isPresent() ? run.coordinates.items().getAsLong() : null);
    cell.put("arithmetic", run.coordinates.kind());
    cell.put("device", run.coordinates.arithmetic().device());
    cell.put("threads", run.coordinates.arithmetic().threads());
    cell.put("steps", run.last().step());
    cell.put(
        "events_per_second",
        run.last().events() / run.looks.stream().mapToDouble(Look::seconds).sum());
    cell.put("looks", run.looks.stream().map(EnduranceReport::look).toList());
    return cell;
  }

  private static Map<String, Object> look(Look look) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("step", look.step());
    figures.put("events", look.events());
    figures.put("seconds", look.seconds());
    figures.put("heap_bytes", look.heapBytes());
    figures.put(
        "resident_bytes",
        look.residentBytes().isPresent() ? look.residentBytes().getAsLong() : null);
    return figures;
  }

  @Override
  public String csv() {
    StringBuilder csv = new StringBuilder("cell,step,events,seconds,heap_bytes,resident_bytes\n");
    for (Run run : runs) {
      for (Look look : run.looks) {
        csv.append(
            String.format(
                Locale.ROOT,
                "\"%s\",%d,%d,%.3f,%d,%s\n",
                run.coordinates.name(),
                look.step(),
                look.events(),
                look.seconds(),
                look.heapBytes(),
                look.residentBytes().isPresent() ? look.residentBytes().getAsLong() : ""));
      }
    }
    return csv.toString();
  }

  @Override
  public ComparisonPage page() {
    return new ComparisonPage(
        "Learning for long",
        INTRO,
        runs.stream().map(EnduranceReport::plot).toList(),
        runs.stream().map(run -> table(run)).toList());
  }

  private static ComparisonPage.Plot plot(Run run) {
    List<ComparisonPage.Curve> curves = new ArrayList<>();
    curves.add(
        new ComparisonPage.Curve(
            "heap after a collection",
            run.looks.stream().map(look -> (Double) (look.heapBytes() / MEGABYTE)).toList()));
    if (run.looks.stream().allMatch(look -> look.residentBytes().isPresent())) {
      curves.add(
          new ComparisonPage.Curve(
              "resident",
              run.looks.stream()
                  .map(look -> (Double) (look.residentBytes().getAsLong() / MEGABYTE))
                  .toList()));
    }
    return new ComparisonPage.Plot(
        run.coordinates.name(),
        "Megabytes.",
        "Step",
        run.looks.stream().map(Look::step).toList(),
        curves);
  }

  private ComparisonPage.Table table(Run run) {
    return new ComparisonPage.Table(
        run.coordinates.name(),
        "On %s.".formatted(machine),
        List.of("Step", "events", "seconds", "heap, MB", "resident, MB"),
        run.looks.stream()
            .map(
                look ->
                    List.of(
                        String.format(Locale.ROOT, "%,d", look.step()),
                        String.format(Locale.ROOT, "%,d", look.events()),
                        String.format(Locale.ROOT, "%,.1f", look.seconds()),
                        String.format(Locale.ROOT, "%,.1f", look.heapBytes() / MEGABYTE),
                        look.residentBytes().isPresent()
                            ? String.format(
                                Locale.ROOT, "%,.1f", look.residentBytes().getAsLong() / MEGABYTE)
                            : "-"))
            .toList());
  }
}
