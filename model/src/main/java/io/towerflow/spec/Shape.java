package io.towerflow.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The keys that a section may hold.
 *
 * @param title what the section is called in the reference
 */
record Shape(String title, List<Key<?>> keys) {

  Shape(String title, Key<?>... keys) {
    this(title, List.of(keys));
  }

  /** The values of a section, those aside that were refused. */
  static final class Values {

    private final Map<Key<?>, Object> values = new HashMap<>();

    @SuppressWarnings("unchecked") // a key's value was read by the key's own type
    <T> Optional<T> find(Key<T> key) {
      return Optional.ofNullable((T) values.get(key));
    }

    <T> T get(Key<T> key) {
      return find(key).orElseThrow();
    }
  }

  /** Reads the values of a section and notes everything that is wrong with it. */
  Values read(ObjectNode section, String path, Problems problems) {
    List<String> names = keys.stream().map(Key::name).toList();
    section
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!names.contains(name)) {
                problems.add(join(path, name), "unknown key" + Nearest.hintOrAll(name, names));
              }
            });
    Values values = new Values();
    for (Key<?> key : keys) {
      valueOf(key, section, path, problems).ifPresent(value -> values.values.put(key, value));
    }
    return values;
  }

  /**
   * Reads a section and makes something of it.
   *
   * @return what was made, or nothing if a value was refused
   */
  <T> Optional<T> read(
      ObjectNode section, String path, Problems problems, Function<Values, T> maker) {
    Values values = read(section, path, problems);
    return keys.stream().allMatch(values.values::containsKey)
        ? Optional.of(maker.apply(values))
        : Optional.empty();
  }

  private static <T> Optional<T> valueOf(
      Key<T> key, ObjectNode section, String path, Problems problems) {
    JsonNode value = section.get(key.name());
    if (value != null) {
      return key.type().read(value, join(path, key.name()), problems);
    }
    if (key.defaultValue().isEmpty()) {
      problems.add(join(path, key.name()), "missing; it takes " + key.type().takes());
    }
    return key.defaultValue();
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
