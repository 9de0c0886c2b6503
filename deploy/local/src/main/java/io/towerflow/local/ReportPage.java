package io.towerflow.local;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The report as one HTML page that needs nothing beside it: styles, plots and data are inside. */
final class ReportPage {

  private static final Pattern PLACE = Pattern.compile("\\{\\{(\\w+)}}");

  private ReportPage() {}

  static String of(Report report) {
    return fill(
        "report.html",
        Map.of(
            "title", escape(report.title()),
            "tiles", tiles(report.figures()),
            "figures", figures(report.figures()),
            "cohorts", cohorts(report.cohorts()),
            "users", report.users().stream().map(ReportPage::user).collect(joining()),
            "windows", windows(report.windows())));
  }

  /** A page of this package with its places filled; styles and the plot library are known. */
  static String fill(String page, Map<String, String> places) {
    Map<String, String> contents = new HashMap<>(places);
    contents.put("style", resource("/io/towerflow/local/page.css"));
    contents.put("plotStyle", plotLibrary("uPlot.min.css"));
    contents.put("plotScript", plotLibrary("uPlot.iife.min.js"));
    return PLACE
        .matcher(resource("/io/towerflow/local/" + page))
        .replaceAll(place -> Matcher.quoteReplacement(contents.get(place.group(1))));
  }

  private static String tiles(Figures figures) {
    return tile(
            "Events learnt", count(figures.eventsTrained()), "of " + count(figures.eventsSent()))
        + tile("Events a second", count(Math.round(figures.eventsPerSecond())), "start included")
        + tile(
            "Hit@10, last fifth",
            fraction(figures.hitAt10LastFifth()),
            "most popular " + fraction(figures.popularityHitAt10LastFifth()))
        + tile("Dead letters", count(figures.deadLetters()), "unusable records");
  }

  private static String tile(String name, String number, String beside) {
    return "<div class=\"tile\"><span>%s</span><b>%s</b><span>%s</span></div>\n"
        .formatted(name, number, beside);
  }

  private static String figures(Figures figures) {
    return row("Events sent", count(figures.eventsSent()))
        + row("Events trained", count(figures.eventsTrained()))
        + row("Of them no positives", count(figures.nonPositives()))
        + row("Dead letters", count(figures.deadLetters()))
        + row("Training steps", count(figures.steps()))
        + row("Seconds", number("%.1f", figures.seconds()))
        + row("Events a second after the start", number("%,.0f", figures.eventsPerSecondLearning()))
        + row("Events a second, first fifth", number("%,.0f", figures.eventsPerSecondFirstFifth()))
        + row("Events a second, last fifth", number("%,.0f", figures.eventsPerSecondLastFifth()))
        + row("Item vectors sent", count(figures.itemEmbeddingsSent()))
        + row("Hit@10", fraction(figures.hitAt10()))
        + row("Hit@100", fraction(figures.hitAt100()))
        + row("MRR@100", fraction(figures.mrrAt100()))
        + row("Hit@10, first fifth", fraction(figures.hitAt10FirstFifth()))
        + row("Hit@10, last fifth", fraction(figures.hitAt10LastFifth()))
        + row("Most popular: hit@10", fraction(figures.popularityHitAt10()))
        + row("Most popular: hit@10, first fifth", fraction(figures.popularityHitAt10FirstFifth()))
        + row("Most popular: hit@10, last fifth", fraction(figures.popularityHitAt10LastFifth()))
        + (figures.ratingRmse() == null
            ? ""
            : row("Rating RMSE", fraction(figures.ratingRmse()))
                + row("Rating RMSE, last fifth", fraction(figures.ratingRmseLastFifth())))
        + row("Model version", count(figures.modelVersion()))
        + row(
            "Model digest",
            figures.modelDigest() == null
                ? "the stream has not ended"
                : "<code>" + escape(figures.modelDigest()) + "</code>");
  }

  private static String row(String name, String value) {
    return "<tr><th scope=\"row\">%s</th><td>%s</td></tr>\n".formatted(name, value);
  }

  private static String cohorts(Map<String, Report.Cohort> cohorts) {
    return cohorts.entrySet().stream()
        .map(
            entry ->
                "<tr><th scope=\"row\">%s</th><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n"
                    .formatted(
                        escape(entry.getKey().replace('_', ' ')),
                        count(entry.getValue().events()),
                        fraction(entry.getValue().hitAt10()),
                        fraction(entry.getValue().hitAt100()),
                        fraction(entry.getValue().mrrAt100())))
        .collect(joining());
  }

  private static String user(UserList user) {
    return """
    <article class="user">
    <h3>User %s <small>%s events, list of version %s</small></h3>
    <div class="lists">
    <div><h4>Liked best</h4><ol>%s</ol></div>
    <div><h4>Recommended</h4><ol>%s</ol></div>
    </div>
    </article>
    """
        .formatted(
            escape(user.user()),
            count(user.events()),
            count(user.modelVersion()),
            user.favourites().stream()
                .map(item -> item(item.id(), item.label(), number("%.1f", item.value())))
                .collect(joining()),
            user.recommended().stream()
                .map(item -> item(item.id(), item.label(), number("%.2f", item.score())))
                .collect(joining()));
  }

  private static String item(String id, String label, String number) {
    return "<li title=\"%s\"><span>%s</span><i>%s</i></li>"
        .formatted(escape(id), escape(label), number);
  }

  private static String number(String format, Double number) {
    return number == null ? "" : String.format(Locale.ROOT, format, number);
  }

  /** The windows as columns, the way the plots take them. */
  private static String windows(List<Report.Window> windows) {
    return "{\"events\":%s,\"hit\":%s,\"popular\":%s,\"loss\":%s,\"speed\":%s}"
        .formatted(
            column(windows, Report.Window::events),
            column(windows, Report.Window::hitAt10),
            column(windows, Report.Window::popularityHitAt10),
            column(windows, Report.Window::loss),
            column(windows, Report.Window::eventsPerSecond));
  }

  /** A JSON array; a number that is not known is null there too. */
  private static String column(
      List<Report.Window> windows, Function<Report.Window, Number> number) {
    return windows.stream().map(number).map(Objects::toString).collect(joining(",", "[", "]"));
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String fraction(Double number) {
    return number == null ? "–" : String.format(Locale.ROOT, "%.4f", number);
  }

  /** Text as it may stand in an element or in a quoted attribute. */
  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** A file of the plot library, which lies under its version in its jar. */
  private static String plotLibrary(String file) {
    Properties artifact = new Properties();
    try (InputStream in = open("/META-INF/maven/org.webjars.npm/uplot/pom.properties")) {
      artifact.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return resource(
        "/META-INF/resources/webjars/uplot/%s/dist/%s"
            .formatted(artifact.getProperty("version"), file));
  }

  private static String resource(String path) {
    try (InputStream in = open(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String path) {
    return Objects.requireNonNull(
        ReportPage.class.getResourceAsStream(path), () -> path + " is not on the class path");
  }
}
