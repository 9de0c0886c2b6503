package io.towerflow.spec;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Reads model specs and refuses those that cannot work. Every refusal is a {@link SpecException}
 * that lists all that is wrong, each with the path of its key and what it would take.
 */
public final class ModelSpecs {

  private static final List<String> PRESETS =
      List.of("offline-best", "online", "online-fast", "online-wide", "tutorial");

  private static final YAMLMapper YAML =
      YAMLMapper.builder(
              YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private ModelSpecs() {}

  /** The names of the specs that come with Towerflow. */
  public static List<String> presets() {
    return PRESETS;
  }

  /**
   * The text of a spec, unread.
   *
   * @param presetNameOrPath the name of a preset, or else the path of a YAML file
   * @throws SpecException if there is neither
   */
  public static String text(String presetNameOrPath) {
    return PRESETS.contains(presetNameOrPath)
        ? presetText(presetNameOrPath)
        : fileText(presetNameOrPath);
  }

  /**
   * Reads a spec.
   *
   * @param presetNameOrPath the name of a preset, or else the path of a YAML file
   * @throws SpecException if there is neither, or the spec cannot work
   */
  public static ModelSpec load(String presetNameOrPath) {
    return parse(text(presetNameOrPath), "The model spec " + presetNameOrPath);
  }

  /**
   * Reads a spec.
   *
   * @param yaml its text
   * @throws SpecException if the spec cannot work
   */
  public static ModelSpec parse(String yaml) {
    return parse(yaml, "The model spec");
  }

  private static ModelSpec parse(String yaml, String source) {
    Problems problems = new Problems();
    Optional<ModelSpec> spec = new SpecReader(problems).read(tree(yaml, source));
    spec.ifPresent(each -> SpecRules.check(each, problems));
    if (!problems.none()) {
      throw new SpecException(source, problems.found());
    }
    return spec.orElseThrow();
  }

  private static ObjectNode tree(String yaml, String source) {
    try {
      refuseAliases(yaml, source);
      JsonNode tree = YAML.readTree(yaml);
      if (tree instanceof ObjectNode object) {
        return object;
      }
      throw new SpecException(
          source,
          List.of(
              tree.isMissingNode() || ValueType.isEmpty(tree)
                  ? "it is empty; it takes at least event, query and candidate"
                  : "it is no section of keys; it takes at least event, query and candidate"));
    } catch (JsonProcessingException e) {
      throw new SpecException(source, List.of(syntaxProblem(e)), e);
    } catch (IOException e) {
      throw new UncheckedIOException("A text in memory cannot fail to be read", e);
    }
  }

  /** The tree would hold an alias's name where its anchor's value belongs. */
  private static void refuseAliases(String yaml, String source) throws IOException {
    try (YAMLParser parser = YAML.getFactory().createParser(yaml)) {
      while (parser.nextToken() != null) {
        if (parser.isCurrentAlias()) {
          throw new SpecException(
              source,
              List.of(
                  at(parser.currentTokenLocation())
                      + "aliases are not resolved; write the value of *"
                      + parser.getText()
                      + " in its place"));
        }
      }
    }
  }

  private static String syntaxProblem(JsonProcessingException e) {
    if (e.getCause() instanceof MarkedYAMLException yaml && yaml.getProblemMark() != null) {
      return "line "
          + (yaml.getProblemMark().getLine() + 1)
          + ", column "
          + (yaml.getProblemMark().getColumn() + 1)
          + ": "
          + yaml.getProblem();
    }
    return at(e.getLocation()) + e.getOriginalMessage();
  }

  private static String at(JsonLocation location) {
    return location == null
        ? ""
        : "line " + location.getLineNr() + ", column " + location.getColumnNr() + ": ";
  }

  private static String presetText(String name) {
    String resource = "presets/" + name + ".yaml";
    try (InputStream in = ModelSpecs.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("The preset " + resource + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("The preset " + resource + " cannot be read", e);
    }
  }

  private static String fileText(String path) {
    String source = "The model spec " + path;
    try {
      Path file = Path.of(path);
      if (!Files.exists(file)) {
        throw new SpecException(
            source,
            List.of("there is no such file, nor a preset" + Nearest.hintOrAll(path, PRESETS)));
      }
      return Files.readString(file);
    } catch (InvalidPathException | IOException e) {
      throw new SpecException(source, List.of("it cannot be read: " + e), e);
    }
  }
}
