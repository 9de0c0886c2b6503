package io.towerflow.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds SPEC.md to the code. */
class SpecReferenceTest {

  private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  private static String reference;

  /** A row of one of the reference's tables. */
  private record Row(String section, String key, String takes, String defaultText) {}

  @BeforeAll
  static void read() throws IOException {
    reference = Files.readString(Path.of("SPEC.md"));
  }

  @Test
  void everyKeyStandsInTheReferenceWithWhatItTakesAndItsDefaultAndNothingElseDoes() {
    List<Row> known = new ArrayList<>();
    for (Shape shape : Schema.SHAPES) {
      for (Key<?> key : shape.keys()) {
        known.add(new Row(shape.title(), key.name(), key.type().takes(), key.defaultText()));
      }
    }

    assertThat(rows()).containsExactlyElementsOf(known);
  }

  @Test
  void everyRowSaysWhatItsKeyDoes() {
    assertThat(tableLines())
        .isNotEmpty()
        .allSatisfy(line -> assertThat(cells(line).get(3)).as(line).endsWith("."));
  }

  @Test
  void examplesWork() {
    List<String> examples =
        YAML.matcher(reference).results().map(result -> result.group(1)).toList();

    assertThat(examples)
        .isNotEmpty()
        .allSatisfy(
            yaml -> assertThatCode(() -> ModelSpecs.parse(yaml)).doesNotThrowAnyException());
  }

  private static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    String section = "";
    for (String line : reference.lines().toList()) {
      if (line.startsWith("#")) {
        section = line.replaceFirst("#+ ", "");
      } else if (isRow(line)) {
        List<String> cells = cells(line);
        rows.add(new Row(section, unquoted(cells.get(0)), cells.get(1), unquoted(cells.get(2))));
      }
    }
    return rows;
  }

  private static List<String> tableLines() {
    return reference.lines().filter(SpecReferenceTest::isRow).toList();
  }

  private static boolean isRow(String line) {
    return line.startsWith("| `");
  }

  private static List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    for (String cell : line.substring(1, line.lastIndexOf('|')).split("\\|", -1)) {
      cells.add(cell.strip());
    }
    return cells;
  }

  private static String unquoted(String cell) {
    return cell.replace("`", "");
  }
}
