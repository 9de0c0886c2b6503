package io.towerflow.connectors.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The fields of a JSON object of a known kind; whatever isn't as it should be is refused. */
final class JsonFields {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final String kind;
  private final JsonNode node;

  private JsonFields(String kind, JsonNode node) {
    this.kind = kind;
    this.node = node;
  }

  static JsonFields of(String kind, byte[] bytes) {
    try {
      JsonNode node = MAPPER.readTree(bytes);
      if (!node.isObject()) {
        throw new IllegalArgumentException("not %s: no JSON object".formatted(kind));
      }
      return new JsonFields(kind, node);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "not %s: %s".formatted(kind, Excerpt.firstLine(e.getOriginalMessage())), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Iterable<String> names() {
    return node::fieldNames;
  }

  boolean has(String field) {
    return node.has(field);
  }

  boolean isNull(String field) {
    return require(field, true, "a value").isNull();
  }

  String text(String field) {
    return require(field, node.path(field).isTextual(), "a string").textValue();
  }

  long integer(String field) {
    return require(field, node.path(field).isIntegralNumber(), "a whole number").longValue();
  }

  double number(String field) {
    return require(field, node.path(field).isNumber(), "a number").doubleValue();
  }

  /** Milliseconds since the epoch. */
  long time(String field) {
    try {
      return Instant.parse(text(field)).toEpochMilli();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "not %s: '%s' is no ISO-8601 time in UTC".formatted(kind, field), e);
    }
  }

  float[] floats(String field) {
    JsonNode array = require(field, node.path(field).isArray(), "an array");
    float[] floats = new float[array.size()];
    for (int i = 0; i < floats.length; i++) {
      if (!array.get(i).isNumber()) {
        throw wrong(field, "an array of numbers");
      }
      floats[i] = array.get(i).floatValue();
    }
    return floats;
  }

  JsonFields object(String field) {
    return new JsonFields(kind, require(field, node.path(field).isObject(), "an object"));
  }

  List<JsonFields> objects(String field) {
    List<JsonFields> objects = new ArrayList<>();
    for (JsonNode element : require(field, node.path(field).isArray(), "an array")) {
      if (!element.isObject()) {
        throw wrong(field, "an array of objects");
      }
      objects.add(new JsonFields(kind, element));
    }
    return objects;
  }

  private JsonNode require(String field, boolean right, String takes) {
    if (!node.has(field)) {
      throw new IllegalArgumentException("not %s: '%s' is missing".formatted(kind, field));
    }
    if (!right) {
      throw wrong(field, takes);
    }
    return node.get(field);
  }

  private IllegalArgumentException wrong(String field, String takes) {
    return new IllegalArgumentException("not %s: '%s' takes %s".formatted(kind, field, takes));
  }
}
