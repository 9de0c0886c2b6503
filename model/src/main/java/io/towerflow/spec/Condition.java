package io.towerflow.spec;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a field's number has to be, such as {@code rating >= 4}.
 *
 * @param field the field's name
 * @param comparison how its number is compared
 * @param bound with what
 */
public record Condition(String field, Comparison comparison, double bound) {

  /** How a number is compared with a bound. */
  public enum Comparison {
    AT_LEAST(">="),
    AT_MOST("<="),
    EQUAL("=="),
    UNEQUAL("!="),
    GREATER(">"),
    LESS("<");

    private final String sign;

    Comparison(String sign) {
      this.sign = sign;
    }
  }

  private static final Pattern TEXT =
      Pattern.compile(
          "\\s*(\\S.*?)\\s*(>=|<=|==|!=|>|<)\\s*([-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)\\s*");

  /** The condition that a text states, or nothing where it states none. */
  static Optional<Condition> of(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    Comparison comparison =
        Arrays.stream(Comparison.values())
            .filter(each -> each.sign.equals(matcher.group(2)))
            .findFirst()
            .orElseThrow();
    try {
      double bound = Double.parseDouble(matcher.group(3));
      return Optional.of(new Condition(matcher.group(1), comparison, bound))
          .filter(condition -> Double.isFinite(bound));
    } catch (NumberFormatException e) {
      return Optional.empty(); // two points, say; the caller says what it takes
    }
  }

  /** Whether a number is as it has to be; a missing one, NaN, never is. */
  public boolean holds(double number) {
    if (Double.isNaN(number)) {
      return false;
    }
    return switch (comparison) {
      case AT_LEAST -> number >= bound;
      case AT_MOST -> number <= bound;
      case EQUAL -> number == bound;
      case UNEQUAL -> number != bound;
      case GREATER -> number > bound;
      case LESS -> number < bound;
    };
  }

  @Override
  public String toString() {
    return field + " " + comparison.sign + " " + bound;
  }
}
