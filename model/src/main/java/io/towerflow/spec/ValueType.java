package io.towerflow.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the value of a key has to look like.
 *
 * @param takes what it takes, to end the sentence "it takes ..."
 * @param reader reads a value, or notes what is wrong with it and returns nothing
 */
record ValueType<T>(String takes, Reader<T> reader) {

  /**
   * Epoch numbers below this are seconds (until the year 5138), others milliseconds (from 1973).
   */
  private static final long FIRST_MILLISECONDS = 100_000_000_000L;

  private static final Pattern DURATION = Pattern.compile("([0-9]{1,13})(ms|s|m|h|d)");

  private static final String POSITIVE = "a number greater than 0";

  private static final Duration LONGEST = Duration.ofDays(36_500);

  /** See {@link #reader}. */
  @FunctionalInterface
  interface Reader<T> {
    Optional<T> read(JsonNode value, String path, Problems problems);
  }

  Optional<T> read(JsonNode value, String path, Problems problems) {
    return reader.read(value, path, problems);
  }

  <R> ValueType<R> map(Function<T, R> function) {
    return new ValueType<>(
        takes, (value, path, problems) -> read(value, path, problems).map(function));
  }

  static ValueType<Boolean> truth() {
    return scalar(
        "true or false",
        value -> value.isBoolean() ? Optional.of(value.booleanValue()) : Optional.empty());
  }

  /** A text that is not blank. */
  static ValueType<String> text(String takes) {
    return scalar(
        takes,
        value ->
            value.isTextual() && !value.textValue().isBlank()
                ? Optional.of(value.textValue())
                : Optional.empty());
  }

  static ValueType<Condition> condition() {
    return scalar(
        "a condition on the value's field, such as rating >= 4, by >=, >, <=, <, == or !=",
        value -> value.isTextual() ? Condition.of(value.textValue()) : Optional.empty());
  }

  static ValueType<Long> wholeNumber() {
    return scalar(
        "a whole number of 64 bits",
        value ->
            value.isIntegralNumber() && value.canConvertToLong()
                ? Optional.of(value.longValue())
                : Optional.empty());
  }

  static ValueType<Integer> wholeNumber(int least, int most) {
    return scalar(
        "a whole number from " + least + " to " + most,
        value ->
            value.isIntegralNumber()
                    && value.canConvertToInt()
                    && value.intValue() >= least
                    && value.intValue() <= most
                ? Optional.of(value.intValue())
                : Optional.empty());
  }

  /** A number that is still positive and finite in single precision, in which models compute. */
  static ValueType<Double> positiveNumber() {
    return number(POSITIVE, ValueType::isPositive);
  }

  /** A positive number, or a word that stands for none. */
  static ValueType<OptionalDouble> positiveNumberOr(String word) {
    return scalar(
        POSITIVE + ", or " + word,
        value ->
            value.isTextual() && value.textValue().equals(word)
                ? Optional.of(OptionalDouble.empty())
                : numberOf(value, ValueType::isPositive).map(OptionalDouble::of));
  }

  private static boolean isPositive(double x) {
    return (float) x > 0 && Float.isFinite((float) x);
  }

  static ValueType<Double> number(String takes, Range range) {
    return scalar(takes, value -> numberOf(value, range));
  }

  private static Optional<Double> numberOf(JsonNode value, Range range) {
    return value.isNumber() && range.contains(value.doubleValue())
        ? Optional.of(value.doubleValue())
        : Optional.empty();
  }

  /** Which numbers are taken. */
  @FunctionalInterface
  interface Range {
    boolean contains(double x);
  }

  /** A duration of at least {@code least}, such as {@code 500ms}, {@code 5s} or {@code 1d}. */
  static ValueType<Duration> duration(String least) {
    return scalar(takesDuration(least), value -> durationOf(value, least));
  }

  private static String takesDuration(String least) {
    return "a duration from " + least + " to 36500d, such as 500ms, 5s, 10m, 1h or 1d";
  }

  private static Optional<Duration> durationOf(JsonNode value, String least) {
    Duration shortest = durationOf(least).orElseThrow();
    return Optional.of(value)
        .filter(JsonNode::isTextual)
        .flatMap(node -> durationOf(node.textValue()))
        .filter(d -> d.compareTo(shortest) >= 0 && d.compareTo(LONGEST) <= 0);
  }

  /** A duration of at least {@code least}, or a word that stands for one beyond all others. */
  static ValueType<Duration> durationOr(String word, Duration meant, String least) {
    return scalar(
        word + " or " + takesDuration(least),
        value ->
            value.isTextual() && value.textValue().equals(word)
                ? Optional.of(meant)
                : durationOf(value, least));
  }

  static ValueType<Instant> instant() {
    return scalar(
        "an instant: ISO-8601, or seconds or milliseconds since 1970", ValueType::instantOf);
  }

  /** One of an enum's constants, in lower case. */
  static <E extends Enum<E>> ValueType<E> choice(Class<E> constants) {
    List<E> all = Arrays.asList(constants.getEnumConstants());
    return scalar(
        all.stream().map(ValueType::nameOf).collect(Collectors.joining(" or ")),
        value ->
            all.stream()
                .filter(each -> value.isTextual() && nameOf(each).equals(value.textValue()))
                .findFirst());
  }

  /** The one word that chose the section's form, and so was read before. */
  static ValueType<String> constant(String word) {
    return scalar(
        word,
        value ->
            value.isTextual() && value.textValue().equals(word)
                ? Optional.of(word)
                : Optional.empty());
  }

  /** A section of keys; one that was left empty is there, with no keys. */
  static ValueType<ObjectNode> section() {
    return scalar(
        "a section of keys",
        value -> {
          if (isEmpty(value)) {
            return Optional.of(JsonNodeFactory.instance.objectNode());
          }
          return value instanceof ObjectNode section ? Optional.of(section) : Optional.empty();
        });
  }

  /**
   * A list.
   *
   * @param takes what the list takes
   * @param least elements at least
   */
  static <T> ValueType<List<T>> listOf(ValueType<T> element, String takes, int least) {
    return new ValueType<>(
        takes,
        (value, path, problems) -> {
          if (!value.isArray() || value.size() < least) {
            problems.refuse(path, value, takes);
            return Optional.empty();
          }
          List<T> elements = new ArrayList<>();
          for (int i = 0; i < value.size(); i++) {
            element.read(value.get(i), path + "[" + i + "]", problems).ifPresent(elements::add);
          }
          return elements.size() == value.size()
              ? Optional.of(List.copyOf(elements))
              : Optional.empty();
        });
  }

  private static <T> ValueType<T> scalar(String takes, Function<JsonNode, Optional<T>> reader) {
    return new ValueType<>(
        takes,
        (value, path, problems) -> {
          Optional<T> read = reader.apply(value);
          if (read.isEmpty()) {
            problems.refuse(path, value, takes);
          }
          return read;
        });
  }

  private static Optional<Duration> durationOf(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long amount = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(amount);
          case "s" -> Duration.ofSeconds(amount);
          case "m" -> Duration.ofMinutes(amount);
          case "h" -> Duration.ofHours(amount);
          default -> Duration.ofDays(amount);
        });
  }

  private static Optional<Instant> instantOf(JsonNode value) {
    if (value.isIntegralNumber() && value.canConvertToLong()) {
      long epoch = value.longValue();
      if (epoch < 0) {
        return Optional.empty();
      }
      return Optional.of(
          epoch < FIRST_MILLISECONDS ? Instant.ofEpochSecond(epoch) : Instant.ofEpochMilli(epoch));
    }
    if (!value.isTextual()) {
      return Optional.empty();
    }
    String text = value.textValue();
    try {
      return Optional.of(
          text.indexOf('T') < 0
              ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
              : Instant.parse(text));
    } catch (DateTimeException e) {
      return Optional.empty(); // the caller says what it takes
    }
  }

  /** Whether nothing stands after a key, which is read as a text of no length. */
  static boolean isEmpty(JsonNode value) {
    return value.isNull() || (value.isTextual() && value.textValue().isEmpty());
  }

  private static String nameOf(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
