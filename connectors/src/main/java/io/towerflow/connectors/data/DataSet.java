package io.towerflow.connectors.data;

import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A finite stream of events, the same at every reading. */
public interface DataSet {

  /** A name for people. */
  String name();

  /** How many events there are. */
  long size();

  /** The names of the fields that the events carry. */
  Set<String> fields();

  /** The field whose value keys a message: the user's id. */
  String keyField();

  /**
   * The events in the order of time; events of the same time stay in the order of the file. Values
   * are strings, numbers and lists of strings, ready for JSON. Close the stream after use.
   */
  Stream<Map<String, Object>> events();
}
