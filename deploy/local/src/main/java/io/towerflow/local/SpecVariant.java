package io.towerflow.local;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;
import io.towerflow.spec.SpecException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A spec with something changed, to be compared with others of its kind.
 *
 * @param without the features that are left out, if any are
 * @param repeated whether there are others that differ by nothing but the seed
 * @param spec what came of it, checked as if it had been written so
 */
record SpecVariant(Optional<Without> without, boolean repeated, ModelSpec spec) {

  private static final YAMLMapper YAML = new YAMLMapper();

  /** Features that can be left out. */
  enum Without {
    /** What a query knows of its event's time. */
    TIME,
    /** The words of an item's texts. */
    TEXT;

    /** Whether features of a kind are among them. */
    boolean covers(String kind) {
      return switch (this) {
        case TIME -> kind.equals("bucketized_time") || kind.equals("normalized_time");
        case TEXT -> kind.equals("text");
      };
    }

    /** As it is written. */
    String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The variants of a spec: each choice of layers with all features, then without some; and each of
   * these under several seeds, the spec's and those after it.
   *
   * @param yaml the text of a spec that works
   * @param layers what the spec's layers are replaced by, one variant each; none to leave them
   * @param without which features are left out, one further variant each
   * @param seeds under how many seeds, at least 1
   * @throws IllegalArgumentException if a variant cannot work; the message begins with the option
   */
  static List<SpecVariant> of(
      String yaml, List<List<Integer>> layers, List<Without> without, int seeds) {
    List<SpecVariant> variants = new ArrayList<>();
    for (Optional<List<Integer>> sizes : orElseNothing(layers)) {
      ObjectNode full = tree(yaml);
      sizes.ifPresent(each -> replaceLayers(full, each));
      String said = sizes.map(each -> "--layers '%s'".formatted(joined(each, ","))).orElse("");
      addSeeds(variants, Optional.empty(), full, said, seeds);
      for (Without features : without) {
        ObjectNode fewer = full.deepCopy();
        String also = (said + " --without " + features.key()).strip();
        if (!remove(fewer, features)) {
          throw new IllegalArgumentException(also + ": the spec has no such features");
        }
        addSeeds(variants, Optional.of(features), fewer, also, seeds);
      }
    }
    return variants;
  }

  private static void addSeeds(
      List<SpecVariant> variants,
      Optional<Without> without,
      ObjectNode tree,
      String said,
      int seeds) {
    ModelSpec first = parse(tree, said);
    variants.add(new SpecVariant(without, seeds > 1, first));
    for (int i = 1; i < seeds; i++) {
      ObjectNode other = tree.deepCopy().put("seed", first.seed() + i);
      variants.add(new SpecVariant(without, true, parse(other, said)));
    }
  }

  /** A name for people, such as {@code 64-32 without time seed 42}. */
  String name() {
    return kind() + (repeated ? " seed " + spec.seed() : "");
  }

  /** The name without the seed: what several have in common. */
  String kind() {
    List<Integer> layers = spec.towers().layers();
    return (layers.isEmpty() ? "no layers" : joined(layers, "-"))
        + without.map(features -> " without " + features.key()).orElse("");
  }

  private static List<Optional<List<Integer>>> orElseNothing(List<List<Integer>> layers) {
    return layers.isEmpty()
        ? List.of(Optional.empty())
        : layers.stream().distinct().map(Optional::of).toList();
  }

  private static ObjectNode tree(String yaml) {
    try {
      return (ObjectNode) YAML.readTree(yaml);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("A spec that works is YAML", e);
    }
  }

  private static void replaceLayers(ObjectNode spec, List<Integer> sizes) {
    ArrayNode layers = spec.withObject("/towers").putArray("layers");
    sizes.forEach(layers::add);
  }

  /** Whether there was anything to remove. */
  private static boolean remove(ObjectNode spec, Without without) {
    boolean removed = false;
    for (String side : List.of("query", "candidate")) {
      var features = spec.path(side).path("features").elements();
      while (features.hasNext()) {
        if (without.covers(features.next().path("kind").asText())) {
          features.remove();
          removed = true;
        }
      }
    }
    return removed;
  }

  private static ModelSpec parse(ObjectNode spec, String said) {
    try {
      return ModelSpecs.parse(spec.toString()); // JSON is YAML
    } catch (SpecException e) {
      throw new IllegalArgumentException(said + ": " + String.join("\n  ", e.problems()), e);
    }
  }

  private static String joined(List<Integer> sizes, String separator) {
    return sizes.stream().map(String::valueOf).collect(joining(separator));
  }
}
