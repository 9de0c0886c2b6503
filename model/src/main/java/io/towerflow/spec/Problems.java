package io.towerflow.spec;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** What was found to be wrong with a spec so far. */
final class Problems {

  private static final int SHOWN = 60;

  private final List<String> found = new ArrayList<>();

  List<String> found() {
    return found;
  }

  boolean none() {
    return found.isEmpty();
  }

  /** Notes a sentence about a key. */
  void add(String path, String sentence) {
    found.add(path + ": " + sentence);
  }

  /** Notes a value that is not what its key takes. */
  void refuse(String path, JsonNode value, String takes) {
    add(path, "it is " + show(value) + ", but takes " + takes);
  }

  private static String show(JsonNode value) {
    if (ValueType.isEmpty(value)) {
      return "empty";
    }
    String json = value.toString();
    return json.length() <= SHOWN ? json : json.substring(0, SHOWN) + "...";
  }
}
