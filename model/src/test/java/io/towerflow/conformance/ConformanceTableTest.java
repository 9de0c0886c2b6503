package io.towerflow.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ConformanceTableTest {

  @Test
  void everyConformanceTestStandsInTheReadmesTableAndNoOther() throws IOException {
    List<String> named =
        Pattern.compile("`(\\w+ConformanceTest)`")
            .matcher(Files.readString(Path.of("README.md")))
            .results()
            .map(result -> result.group(1))
            .toList();
    try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
      assertThat(named)
          .containsExactlyInAnyOrderElementsOf(
              files
                  .map(file -> file.getFileName().toString())
                  .filter(name -> name.endsWith("ConformanceTest.java"))
                  .map(name -> name.replace(".java", ""))
                  .toList());
    }
  }
}
