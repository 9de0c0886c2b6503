package io.towerflow.local;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/**
 * An HTML page that sets several things beside each other, in plots and tables. It needs nothing
 * beside it: styles, plots and data are inside.
 *
 * @param title for people
 * @param intro how to read it
 */
record ComparisonPage(String title, String intro, List<Plot> plots, List<Table> tables) {

  /**
   * Curves over one axis.
   *
   * @param axis what the axis counts
   * @param xs where the curves have values
   */
  record Plot(
      @JsonProperty("title") String title,
      @JsonProperty("note") String note,
      @JsonProperty("axis") String axis,
      @JsonProperty("xs") List<? extends Number> xs,
      @JsonProperty("curves") List<Curve> curves) {}

  /**
   * One curve.
   *
   * @param values one for each of the plot's {@code xs}, null where it has none
   */
  record Curve(@JsonProperty("name") String name, @JsonProperty("values") List<Double> values) {}

  /** A table, whose first column says what a row is about. */
  record Table(String title, String note, List<String> header, List<List<String>> rows) {}

  String html() {
    return ReportPage.fill(
        "comparison.html",
        Map.of(
            "title",
            ReportPage.escape(title),
            "intro",
            ReportPage.escape(intro),
            // Nothing in the data may end the script that it stands in.
            "plots",
            Json.line(plots).replace("<", "\\u003c"),
            "tables",
            tables.stream().map(ComparisonPage::table).collect(joining())));
  }

  private static String table(Table table) {
    return """
    <div class="card"><h2>%s</h2><p class="note">%s</p>
    <table class="table"><thead><tr>%s</tr></thead><tbody>
    %s</tbody></table></div>
    """
        .formatted(
            ReportPage.escape(table.title()),
            ReportPage.escape(table.note()),
            table.header().stream()
                .map(name -> "<th scope=\"col\">%s</th>".formatted(ReportPage.escape(name)))
                .collect(joining()),
            table.rows().stream().map(ComparisonPage::row).collect(joining()));
  }

  private static String row(List<String> cells) {
    return "<tr><th scope=\"row\">%s</th>%s</tr>\n"
        .formatted(
            ReportPage.escape(cells.get(0)),
            cells.subList(1, cells.size()).stream()
                .map(cell -> "<td>%s</td>".formatted(ReportPage.escape(cell)))
                .collect(joining()));
  }
}
