package io.towerflow.connectors.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.towerflow.message.Attributes;
import io.towerflow.message.Event;
import io.towerflow.message.RawRecord;
import io.towerflow.spec.AttributeFields;
import io.towerflow.spec.EventId;
import io.towerflow.spec.EventSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads events from JSON records, by the spec's field names. Fields that the spec doesn't name are
 * skipped. What can't be used is refused with the reason, never repaired.
 *
 * <ul>
 *   <li>The value is one JSON object in UTF-8, at most {@value #MAX_VALUE_BYTES} bytes long and
 *       {@value #MAX_DEPTH} levels deep.
 *   <li>Ids are strings or whole numbers, which are read as their decimal text: {@code 7} and
 *       {@code "7"} are one id. They have 1 to {@value #MAX_ID_CHARS} characters.
 *   <li>The time is a number or a string. A number below 100 000 000 000 counts seconds since the
 *       epoch, a fraction being kept to the millisecond; from there on it counts milliseconds. (As
 *       seconds that bound lies in the year 5138, as milliseconds in March 1973.) A string is an
 *       ISO-8601 date-time with an offset, such as {@code 1997-12-04T15:55:49Z}; one without is
 *       read as UTC. Times from 1970-01-01T00:00:00Z up to, but not including, 2100-01-01T00:00:00Z
 *       are taken.
 *   <li>The value, where the spec names one, is a finite number; where it is absent or null, the
 *       event has none.
 *   <li>The weight, where the spec names one, is a number of at least 0, finite in single
 *       precision; where it is absent or null, it is 1.
 *   <li>Every text that the spec names must be there as a string, since a feature reads it: at most
 *       {@value #MAX_TEXT_CHARS} characters, and it may be empty.
 *   <li>A category is a string, a whole number or a boolean, or a list of them. Numbers and
 *       booleans are read as their text: {@code 7} and {@code "7"} are one value. A list has at
 *       most {@value #MAX_CATEGORIES} values, each at most {@value #MAX_ID_CHARS} characters. An
 *       absent field, null and the empty string, in a list too, are no value.
 *   <li>A number that a feature reads is finite in single precision; where it is absent or null,
 *       the event has none.
 * </ul>
 *
 * <p>One decoder serves one thread.
 */
public final class EventDecoder {

  /** The longest value that is looked at, in bytes. */
  public static final int MAX_VALUE_BYTES = 1 << 20;

  /** The longest id, in UTF-16 units. */
  public static final int MAX_ID_CHARS = 512;

  /** The longest text, in UTF-16 units. */
  public static final int MAX_TEXT_CHARS = 4096;

  /** The most values of a category. */
  public static final int MAX_CATEGORIES = 64;

  /** The deepest nesting of objects and arrays. */
  public static final int MAX_DEPTH = 64;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          // A table of names that strangers choose would only grow.
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(MAX_VALUE_BYTES)
                  .build())
          .build();

  private static final String[] NO_VALUES = new String[0];

  private final EventSpec spec;

  /** Where the value of a field of interest is put; one field may serve several ends. */
  private final Map<String, Integer> slots = new HashMap<>();

  private final JsonToken[] tokens;
  private final String[] values;

  /** The elements of a list, by slot; other elements than scalars have no text. */
  private final List<List<Element>> elements = new ArrayList<>();

  private record Element(JsonToken token, String text) {}

  /** A decoder of the events that {@code spec} describes. */
  public EventDecoder(EventSpec spec) {
    this.spec = spec;
    slot(spec.user());
    slot(spec.item());
    slot(spec.time());
    spec.id().map(EventId::field).ifPresent(this::slot);
    spec.value().ifPresent(this::slot);
    spec.weight().ifPresent(this::slot);
    spec.texts().forEach(this::slot);
    for (AttributeFields fields : List.of(spec.itemAttributes(), spec.context())) {
      fields.categories().forEach(this::slot);
      fields.numbers().forEach(this::slot);
    }
    slots.values().forEach(slot -> elements.add(new ArrayList<>()));
    tokens = new JsonToken[slots.size()];
    values = new String[slots.size()];
  }

  private void slot(String field) {
    slots.putIfAbsent(field, slots.size());
  }

  /**
   * Reads the event of a record. Faults are looked for in the order of the spec (user, item, time,
   * id, value, weight, texts, the item's attributes, the context), whatever the order of the
   * record's fields, and the first one is reported.
   *
   * @throws UndecodableException if the record cannot be used
   */
  public Event decode(RawRecord record) throws UndecodableException {
    return decode(record.value(), record);
  }

  /**
   * Reads an event from a value that the event's record need not hold: for whoever keeps more
   * events than there is memory for their records.
   *
   * @throws UndecodableException if the value cannot be used
   */
  public Event decode(byte[] json, RawRecord record) throws UndecodableException {
    read(json);
    String user = id(spec.user());
    String item = id(spec.item());
    long time = time(spec.time());
    String eventId = spec.id().isPresent() ? id(spec.id().get().field()) : "";
    double value = spec.value().isPresent() ? number(spec.value().get()) : Double.NaN;
    double weight = spec.weight().isPresent() ? weight(spec.weight().get()) : 1;
    String[] texts = new String[spec.texts().size()];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = text(spec.texts().get(i));
    }
    return new Event(
        user,
        item,
        time,
        value,
        weight,
        spec.isPositive(value),
        texts,
        attributes(spec.itemAttributes()),
        attributes(spec.context()),
        eventId,
        record);
  }

  /** Fills the slots from the value's fields. */
  private void read(byte[] value) throws UndecodableException {
    Arrays.fill(tokens, null);
    if (value == null || value.length == 0) {
      throw refusal(Reason.EMPTY_VALUE, "the record has no value");
    }
    if (value.length > MAX_VALUE_BYTES) {
      throw refusal(
          Reason.TOO_LONG,
          "the value is %d bytes long; at most %d are read"
              .formatted(value.length, MAX_VALUE_BYTES));
    }
    String json = Utf8.decodeOrNull(value);
    if (json == null) {
      throw refusal(Reason.NOT_JSON, "the value is not well-formed UTF-8");
    }
    try (JsonParser parser = JSON.createParser(json)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        throw refusal(Reason.EMPTY_VALUE, "the value holds nothing but white space");
      }
      if (first != JsonToken.START_OBJECT) {
        throw refusal(
            Reason.NOT_AN_OBJECT,
            "the value is JSON, but %s instead of an object".formatted(name(first)));
      }
      readFields(parser);
      if (parser.nextToken() != null) {
        throw refusal(Reason.NOT_JSON, "more follows after the JSON object");
      }
    } catch (JsonProcessingException e) {
      throw refusal(Reason.NOT_JSON, "the value is not well-formed JSON: " + position(e));
    } catch (IOException e) {
      // A parser of a string has nothing to read from that could fail.
      throw new UncheckedIOException(e);
    }
  }

  private void readFields(JsonParser parser) throws IOException, UndecodableException {
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken token = parser.nextToken();
      Integer slot = slots.get(name);
      if (slot == null) {
        parser.skipChildren();
        continue;
      }
      if (tokens[slot] != null) {
        throw new UndecodableException(
            Reason.DUPLICATE_FIELD, name, "the field '%s' occurs more than once".formatted(name));
      }
      tokens[slot] = token;
      values[slot] = token.isScalarValue() ? parser.getText() : null;
      if (token == JsonToken.START_ARRAY) {
        readElements(parser, elements.get(slot));
      } else {
        parser.skipChildren();
      }
    }
  }

  private static void readElements(JsonParser parser, List<Element> elements) throws IOException {
    elements.clear();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      elements.add(new Element(token, token.isScalarValue() ? parser.getText() : null));
      parser.skipChildren();
    }
  }

  private Attributes attributes(AttributeFields fields) throws UndecodableException {
    if (fields.isNone()) {
      return Attributes.NONE;
    }
    String[][] categories = new String[fields.categories().size()][];
    for (int i = 0; i < categories.length; i++) {
      categories[i] = category(fields.categories().get(i));
    }
    double[] numbers = new double[fields.numbers().size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = number(fields.numbers().get(i));
      if (Double.isFinite(numbers[i]) && Float.isInfinite((float) numbers[i])) {
        throw tooLarge(fields.numbers().get(i));
      }
    }
    return new Attributes(categories, numbers);
  }

  private String[] category(String field) throws UndecodableException {
    int slot = slots.get(field);
    if (tokens[slot] == null) {
      return NO_VALUES;
    }
    if (tokens[slot] != JsonToken.START_ARRAY) {
      return isNoValue(tokens[slot], values[slot])
          ? NO_VALUES
          : new String[] {categoryValue(field, tokens[slot], values[slot])};
    }
    List<Element> list = elements.get(slot);
    if (list.size() > MAX_CATEGORIES) {
      throw new UndecodableException(
          Reason.TOO_LONG,
          field,
          "the list '%s' has %d values; at most %d are taken"
              .formatted(field, list.size(), MAX_CATEGORIES));
    }
    List<String> found = new ArrayList<>();
    for (Element element : list) {
      if (!isNoValue(element.token, element.text)) {
        found.add(categoryValue(field, element.token, element.text));
      }
    }
    return found.isEmpty() ? NO_VALUES : found.toArray(NO_VALUES);
  }

  private static boolean isNoValue(JsonToken token, String text) {
    return token == JsonToken.VALUE_NULL || (token == JsonToken.VALUE_STRING && text.isEmpty());
  }

  private static String categoryValue(String field, JsonToken token, String text)
      throws UndecodableException {
    switch (token) {
      case VALUE_STRING -> checkEncodable(field, text);
      case VALUE_NUMBER_INT, VALUE_TRUE, VALUE_FALSE -> {}
      default -> throw wrongType(field, token, "strings, whole numbers and booleans, or a list");
    }
    checkLength("category", field, text, MAX_ID_CHARS);
    return text;
  }

  private String id(String field) throws UndecodableException {
    int slot = present(field);
    String id = values[slot];
    if (tokens[slot] == JsonToken.VALUE_STRING) {
      checkEncodable(field, id);
    } else if (tokens[slot] != JsonToken.VALUE_NUMBER_INT) {
      throw wrongType(field, slot, "a string or a whole number");
    }
    if (id.isEmpty()) {
      throw new UndecodableException(
          Reason.EMPTY_ID, field, "the id '%s' is empty".formatted(field));
    }
    checkLength("id", field, id, MAX_ID_CHARS);
    return id;
  }

  private long time(String field) throws UndecodableException {
    int slot = present(field);
    String written = values[slot];
    return switch (tokens[slot]) {
      case VALUE_NUMBER_INT -> EventTime.ofInteger(field, written);
      case VALUE_NUMBER_FLOAT -> EventTime.ofFraction(field, written);
      case VALUE_STRING -> {
        checkEncodable(field, written);
        yield EventTime.ofText(field, written);
      }
      default -> throw wrongType(field, slot, "a number or an ISO-8601 date-time");
    };
  }

  private double number(String field) throws UndecodableException {
    int slot = slots.get(field);
    if (absent(slot)) {
      return Double.NaN;
    }
    if (!tokens[slot].isNumeric()) {
      throw wrongType(field, slot, "a number");
    }
    double number = Double.parseDouble(values[slot]);
    if (!Double.isFinite(number)) {
      throw tooLarge(field);
    }
    return number;
  }

  private UndecodableException tooLarge(String field) {
    return new UndecodableException(
        Reason.NOT_FINITE,
        field,
        "the value '%s' is %s, too large a number to be held"
            .formatted(field, Excerpt.of(values[slots.get(field)])));
  }

  private double weight(String field) throws UndecodableException {
    double weight = number(field);
    int slot = slots.get(field);
    if (weight < 0) {
      throw new UndecodableException(
          Reason.NEGATIVE_WEIGHT,
          field,
          "the weight '%s' is %s; it takes at least 0".formatted(field, Excerpt.of(values[slot])));
    }
    if (Float.isInfinite((float) weight)) {
      throw tooLarge(field); // the model computes in single precision
    }
    return Double.isNaN(weight) ? 1 : weight;
  }

  private String text(String field) throws UndecodableException {
    int slot = present(field);
    if (tokens[slot] != JsonToken.VALUE_STRING) {
      throw wrongType(field, slot, "a string");
    }
    checkLength("text", field, values[slot], MAX_TEXT_CHARS);
    checkEncodable(field, values[slot]);
    return values[slot];
  }

  private int present(String field) throws UndecodableException {
    int slot = slots.get(field);
    if (absent(slot)) {
      throw new UndecodableException(
          Reason.MISSING_FIELD,
          field,
          "the field '%s' is %s".formatted(field, tokens[slot] == null ? "missing" : "null"));
    }
    return slot;
  }

  private boolean absent(int slot) {
    return tokens[slot] == null || tokens[slot] == JsonToken.VALUE_NULL;
  }

  private static void checkLength(String what, String field, String value, int longest)
      throws UndecodableException {
    if (value.length() > longest) {
      throw new UndecodableException(
          Reason.TOO_LONG,
          field,
          "the %s '%s' has %d characters; at most %d are taken"
              .formatted(what, field, value.length(), longest));
    }
  }

  /** What can't be written as UTF-8 can't leave again. */
  private static void checkEncodable(String field, String value) throws UndecodableException {
    if (!Utf8.isEncodable(value)) {
      throw new UndecodableException(
          Reason.INVALID_TEXT,
          field,
          "the field '%s' holds half of a surrogate pair, which is no character".formatted(field));
    }
  }

  private UndecodableException wrongType(String field, int slot, String takes) {
    return wrongType(field, tokens[slot], takes);
  }

  private static UndecodableException wrongType(String field, JsonToken token, String takes) {
    return new UndecodableException(
        Reason.WRONG_TYPE,
        field,
        "the field '%s' is %s; it takes %s".formatted(field, name(token), takes));
  }

  private static UndecodableException refusal(Reason reason, String message) {
    return new UndecodableException(reason, "", message);
  }

  private static String name(JsonToken token) {
    return switch (token) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case VALUE_STRING -> "a string";
      case VALUE_NUMBER_INT -> "a whole number";
      case VALUE_NUMBER_FLOAT -> "a number with a fraction";
      case VALUE_TRUE, VALUE_FALSE -> "a boolean";
      case VALUE_NULL -> "null";
      default -> token.toString();
    };
  }

  private static String position(JsonProcessingException e) {
    String fault = Excerpt.firstLine(e.getOriginalMessage());
    return e.getLocation() == null
        ? fault
        : "%s, at line %d, column %d"
            .formatted(fault, e.getLocation().getLineNr(), e.getLocation().getColumnNr());
  }
}
