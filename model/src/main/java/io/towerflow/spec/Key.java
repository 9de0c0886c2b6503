package io.towerflow.spec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.Optional;

/**
 * A key that a section may hold.
 *
 * @param name as it stands in the YAML
 * @param type what its value has to look like
 * @param defaultText what it is when it is left out, for people
 * @param defaultValue the same as a value; empty if the key is required
 */
record Key<T>(String name, ValueType<T> type, String defaultText, Optional<T> defaultValue) {

  private static final YAMLMapper YAML = new YAMLMapper();

  static <T> Key<T> required(String name, ValueType<T> type) {
    return new Key<>(name, type, "required", Optional.empty());
  }

  /** A key that may be left out and then means nothing. */
  static <T> Key<Optional<T>> optional(String name, ValueType<T> type) {
    return new Key<>(name, type.map(Optional::of), "none", Optional.of(Optional.empty()));
  }

  /** A key that may be left out and then is as if {@code yaml} stood there. */
  static <T> Key<T> of(String name, ValueType<T> type, String yaml) {
    Problems problems = new Problems();
    Optional<T> value = type.read(tree(yaml), name, problems);
    if (value.isEmpty()) {
      throw new IllegalStateException("The default cannot work: " + problems.found());
    }
    return new Key<>(name, type, yaml, value);
  }

  private static JsonNode tree(String yaml) {
    try {
      return YAML.readTree(yaml);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The default is no YAML: " + yaml, e);
    }
  }
}
