package io.towerflow.spec;

import java.util.List;

/** A model spec that cannot work, with everything that is wrong with it. */
public final class SpecException extends IllegalArgumentException {

  private final List<String> problems;

  SpecException(String source, List<String> problems) {
    this(source, problems, null);
  }

  SpecException(String source, List<String> problems, Throwable cause) {
    super(source + " cannot work:\n  " + String.join("\n  ", problems), cause);
    this.problems = List.copyOf(problems);
  }

  /**
   * What is wrong, one sentence each: the path of the key (like {@code
   * candidate.features[1].width}), what stands there, and what it would take.
   */
  public List<String> problems() {
    return problems;
  }
}
