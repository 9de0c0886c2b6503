package io.towerflow.spec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which of a dense layer's inputs go on as which, when a spec is changed: inputs follow the feature
 * that they come from, wherever it is listed. An input that comes from nowhere is a new one.
 *
 * @param blocks runs of inputs that go on, none of which overlap
 */
public record InputBlocks(List<Block> blocks) {

  /**
   * A run of inputs.
   *
   * @param from its first input before
   * @param to its first input after
   * @param length how many
   */
  public record Block(int from, int to, int length) {}

  /** The numbers of a feature among its tower's inputs. */
  record Span(int from, int length) {}

  /** The inputs of the query tower's first layer. */
  public static InputBlocks ofQuery(ModelSpec before, ModelSpec after) {
    return of(before, before.query(), after, after.query());
  }

  /** The inputs of the candidate tower's first layer. */
  public static InputBlocks ofCandidate(ModelSpec before, ModelSpec after) {
    return of(before, before.candidate(), after, after.candidate());
  }

  /**
   * The inputs of the rating head: the query tower's outputs, and behind them as many of the
   * candidate tower.
   */
  public static InputBlocks ofRating(ModelSpec before, ModelSpec after) {
    int was = SpecRules.outputWidth(before);
    int is = SpecRules.outputWidth(after);
    int both = Math.min(was, is);
    return new InputBlocks(List.of(new Block(0, 0, both), new Block(was, is, both)));
  }

  private static InputBlocks of(
      ModelSpec before, List<FeatureSpec> was, ModelSpec after, List<FeatureSpec> is) {
    Map<String, Span> old = spans(before, was);
    List<Block> blocks = new ArrayList<>();
    spans(after, is)
        .forEach(
            (feature, span) -> {
              Span known = old.get(feature);
              if (known != null) {
                blocks.add(new Block(known.from, span.from, span.length));
              }
            });
    return new InputBlocks(List.copyOf(blocks));
  }

  /** By what each feature reads; features that are added up make one span. */
  static Map<String, Span> spans(ModelSpec spec, List<FeatureSpec> features) {
    Map<String, Span> spans = new LinkedHashMap<>();
    int from = 0;
    for (FeatureSpec feature : features) {
      if (!SpecRules.isReadByTower(feature)) {
        continue;
      }
      int width = SpecRules.width(feature, spec);
      if (spec.towers().combine() == TowerSpec.Combine.SUM) {
        return Map.of("all", new Span(0, width));
      }
      spans.put(SpecChange.identity(feature), new Span(from, width));
      from += width;
    }
    return spans;
  }

  /** Whether every input is where it was; there may be new ones behind, or old ones missing. */
  public boolean stayInPlace() {
    return blocks.stream().allMatch(block -> block.from == block.to);
  }

  /** Where an input goes on, or -1 where it does not. */
  public int after(int input) {
    for (Block block : blocks) {
      if (input >= block.from && input < block.from + block.length) {
        return block.to + input - block.from;
      }
    }
    return -1;
  }
}
