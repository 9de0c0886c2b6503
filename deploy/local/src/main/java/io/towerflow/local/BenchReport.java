package io.towerflow.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** What a benchmark came to: an HTML page, a CSV and a JSON file in a report's directory. */
interface BenchReport {

  /** The benchmark's name on the command line. */
  String bench();

  /** The figures for programs. */
  Map<String, Object> figures(Path directory);

  /** Each single measurement. */
  String csv();

  /** The figures for people. */
  ComparisonPage page();

  /** Where the page is in a report's directory. */
  default Path page(Path directory) {
    return directory.resolve("bench-%s.html".formatted(bench()));
  }

  /** Writes page, CSV and JSON, over those of an earlier run. */
  default void write(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("bench-%s.csv".formatted(bench())), csv());
    Files.writeString(
        directory.resolve("bench-%s.json".formatted(bench())),
        Json.line(figures(directory)) + "\n");
    Files.writeString(page(directory), page().html());
  }
}
