package io.towerflow.local;

import io.towerflow.job.CheckpointCosts;
import io.towerflow.job.CheckpointCosts.Cost;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What the benchmark of checkpoints came to.
 *
 * @param machine what it ran on
 * @param width weights of a row, and slots
 * @param sizes one a size of table
 */
record CheckpointsReport(String machine, int width, List<CheckpointCosts> sizes)
    implements BenchReport {

  /** The largest median over the sizes, in smallest ones, that still counts as flat. */
  private static final double FLAT = 1.3;

  private static final double MEAN_TO_DIRTY = 6;
  private static final double UPLOAD_TO_TABLE = 1.0 / 3;
  private static final double STALL_MILLIS = 2000;
  private static final double MEMORY_TO_ROW = 1.25;
  private static final double MEGABYTE = 1e6;

  private static final String INTRO =
      "The same number of random rows was touched before each checkpoint, whatever the size of the"
          + " table, which had been written whole and merged before. Bytes are those that the"
          + " trainer uploaded; time is from trigger to completion. What is uploaded beyond the"
          + " rows that were touched is rows that were moved to drop garbage, and files that"
          + " RocksDB merged.";

  /**
   * A bound and what was measured.
   *
   * @param bound a name for programs
   * @param what for people
   * @param value what was measured, in the same unit as {@code limit}
   */
  record Verdict(String bound, String what, double value, double limit) {

    boolean ok() {
      return value <= limit;
    }

    String line() {
      return String.format(
          Locale.ROOT, "  %-6s %s: %.2f (at most %.2f)", word(), what, value, limit);
    }

    private String word() {
      return ok() ? "ok" : "missed";
    }
  }

  @Override
  public String bench() {
    return "checkpoints";
  }

  /** One size's figures on one line. */
  static String line(CheckpointCosts costs) {
    return String.format(
        Locale.ROOT,
        "  %,d rows: uploads of %.1f MB (median), %.1f (mean), %.1f (largest); %.0f ms (median),"
            + " %d at most; stalls of %d ms at most, %.0f at the first; restored in %.1f s",
        costs.rows(),
        costs.median(Cost::uploadedBytes) / MEGABYTE,
        costs.mean(Cost::uploadedBytes) / MEGABYTE,
        costs.max(Cost::uploadedBytes) / MEGABYTE,
        costs.median(Cost::millis),
        costs.max(Cost::millis),
        costs.max(Cost::stallMillis),
        costs.firstStallMillis(),
        costs.restoreMillis() / 1000);
  }

  /** The bounds: those over all sizes first, then each size's. */
  List<Verdict> verdicts() {
    List<Verdict> verdicts = new ArrayList<>();
    verdicts.add(flat("median_bytes_flat", "bytes", each -> each.median(Cost::uploadedBytes)));
    verdicts.add(flat("median_ms_flat", "time", each -> each.median(Cost::millis)));
    for (CheckpointCosts each : sizes) {
      String rows = String.format(Locale.ROOT, "%,d rows: ", each.rows());
      verdicts.add(
          new Verdict(
              "mean_bytes",
              rows + "mean upload, in dirty bytes",
              each.mean(Cost::uploadedBytes) / each.dirtyBytes(),
              MEAN_TO_DIRTY));
      verdicts.add(
          new Verdict(
              "max_bytes",
              rows + "largest upload, in tables",
              (double) each.max(Cost::uploadedBytes) / each.allBytes(),
              UPLOAD_TO_TABLE));
      verdicts.add(
          new Verdict(
              "first_stall_ms",
              rows + "stall of the first checkpoint, ms",
              each.firstStallMillis(),
              STALL_MILLIS));
      verdicts.add(
          new Verdict(
              "stall_ms",
              rows + "longest stall of a later checkpoint, ms",
              each.max(Cost::stallMillis),
              STALL_MILLIS));
      verdicts.add(
          new Verdict(
              "memory",
              rows + "memory, in weights and slots",
              bytesPerRow(each) / (2.0 * width * Float.BYTES),
              MEMORY_TO_ROW));
    }
    return verdicts;
  }

  private Verdict flat(String bound, String what, ToDoubleFunction<CheckpointCosts> median) {
    double smallest = sizes.stream().mapToDouble(median).min().orElseThrow();
    double largest = sizes.stream().mapToDouble(median).max().orElseThrow();
    return new Verdict(
        bound, "median %s, largest by smallest size's".formatted(what), largest / smallest, FLAT);
  }

  private static double bytesPerRow(CheckpointCosts costs) {
    return (double) costs.tableBytes() / costs.rows();
  }

  @Override
  public Map<String, Object> figures(Path directory) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("bench", bench());
    figures.put("machine", machine);
    figures.put("cells", sizes.stream().map(CheckpointsReport::cell).toList());
    figures.put("verdicts", verdicts().stream().map(CheckpointsReport::figures).toList());
    figures.put("report", page(directory).toString());
    return figures;
  }

  private static Map<String, Object> cell(CheckpointCosts costs) {
    Map<String, Object> cell = new LinkedHashMap<>();
    cell.put("rows", costs.rows());
    cell.put("dirty_rows", costs.dirtyRows());
    cell.put("dirty_bytes", costs.dirtyBytes());
    cell.put("all_bytes", costs.allBytes());
    cell.put("checkpoints", costs.checkpoints().size());
    cell.put("median_bytes", costs.median(Cost::uploadedBytes));
    cell.put("mean_bytes", costs.mean(Cost::uploadedBytes));
    cell.put("max_bytes", costs.max(Cost::uploadedBytes));
    cell.put("max_state_bytes", costs.max(Cost::stateBytes));
    cell.put("median_ms", costs.median(Cost::millis));
    cell.put("max_ms", costs.max(Cost::millis));
    cell.put("max_stall_ms", costs.max(Cost::stallMillis));
    cell.put("first_bytes", costs.first().uploadedBytes());
    cell.put("first_ms", costs.first().millis());
    cell.put("first_stall_ms", costs.firstStallMillis());
    cell.put("restore_ms", costs.restoreMillis());
    cell.put("rows_restored", costs.rowsRestored());
    cell.put("memory_bytes_per_row", bytesPerRow(costs));
    cell.put("bytes", costs.checkpoints().stream().map(Cost::uploadedBytes).toList());
    cell.put("ms", costs.checkpoints().stream().map(Cost::millis).toList());
    cell.put("stall_ms", costs.checkpoints().stream().map(Cost::stallMillis).toList());
    return cell;
  }

  private static Map<String, Object> figures(Verdict verdict) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("bound", verdict.bound());
    figures.put("what", verdict.what());
    figures.put("value", verdict.value());
    figures.put("limit", verdict.limit());
    figures.put("verdict", verdict.word());
    return figures;
  }

  @Override
  public String csv() {
    StringBuilder csv =
        new StringBuilder("rows,checkpoint,uploaded_bytes,state_bytes,ms,stall_ms,write_ms\n");
    for (CheckpointCosts size : sizes) {
      List<Cost> all = new ArrayList<>(List.of(size.first()));
      all.addAll(size.checkpoints());
      for (int i = 0; i < all.size(); i++) {
        Cost cost = all.get(i);
        csv.append(
            String.format(
                Locale.ROOT,
                "%d,%d,%d,%d,%d,%d,%.1f\n",
                size.rows(),
                i,
                cost.uploadedBytes(),
                cost.stateBytes(),
                cost.millis(),
                cost.stallMillis(),
                cost.writeMillis()));
      }
    }
    return csv.toString();
  }

  @Override
  public ComparisonPage page() {
    return new ComparisonPage(
        "Checkpoints by size of the table",
        INTRO,
        List.of(
            plot("Megabytes uploaded", cost -> cost.uploadedBytes() / MEGABYTE),
            plot("Milliseconds", Cost::millis),
            plot("Milliseconds that training stood still", Cost::stallMillis)),
        List.of(table(), bounds()));
  }

  private ComparisonPage.Plot plot(String title, ToDoubleFunction<Cost> figure) {
    int longest = sizes.stream().mapToInt(each -> each.checkpoints().size()).max().orElseThrow();
    return new ComparisonPage.Plot(
        title,
        "Of each checkpoint after the first, which is of the whole table.",
        "Checkpoint",
        IntStream.rangeClosed(1, longest).boxed().toList(),
        sizes.stream()
            .map(
                each ->
                    new ComparisonPage.Curve(
                        String.format(Locale.ROOT, "%,d rows", each.rows()),
                        each.checkpoints().stream()
                            .map(cost -> (Double) figure.applyAsDouble(cost))
                            .toList()))
            .toList());
  }

  private ComparisonPage.Table table() {
    return new ComparisonPage.Table(
        "Figures",
        "On " + machine + ". The first checkpoint is of the whole table, just filled.",
        List.of(
            "Rows",
            "MB median",
            "mean",
            "largest",
            "ms median",
            "largest",
            "stall, ms",
            "first: MB",
            "ms",
            "stall, ms",
            "restored, s",
            "bytes of memory a row"),
        sizes.stream()
            .map(
                each ->
                    List.of(
                        number("%,.0f", each.rows()),
                        number("%.1f", each.median(Cost::uploadedBytes) / MEGABYTE),
                        number("%.1f", each.mean(Cost::uploadedBytes) / MEGABYTE),
                        number("%.1f", each.max(Cost::uploadedBytes) / MEGABYTE),
                        number("%.0f", each.median(Cost::millis)),
                        number("%.0f", (double) each.max(Cost::millis)),
                        number("%.0f", (double) each.max(Cost::stallMillis)),
                        number("%.1f", each.first().uploadedBytes() / MEGABYTE),
                        number("%.0f", (double) each.first().millis()),
                        number("%.0f", each.firstStallMillis()),
                        number("%.1f", each.restoreMillis() / 1000),
                        number("%.0f", bytesPerRow(each))))
            .toList());
  }

  private ComparisonPage.Table bounds() {
    return new ComparisonPage.Table(
        "Bounds",
        "What a checkpoint may cost, if it is to follow the change and not the table.",
        List.of("Bound", "Measured", "At most", "Verdict"),
        verdicts().stream()
            .map(
                each ->
                    List.of(
                        each.what(),
                        number("%.2f", each.value()),
                        number("%.2f", each.limit()),
                        each.word()))
            .toList());
  }

  private static String number(String format, double number) {
    return String.format(Locale.ROOT, format, number);
  }
}
