package io.towerflow.learn;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** A store in memory, as a backend of keyed state keeps it. */
final class MemoryStore implements StateStore.Writer, StateStore.Reader {

  final Map<String, Map<Integer, byte[]>> tables = new TreeMap<>();
  int written;

  @Override
  public void put(String table, int row, byte[] value) {
    tables.computeIfAbsent(table, name -> new TreeMap<>()).put(row, value);
    written++;
  }

  @Override
  public void remove(String table, int row) {
    rows(table).remove(row);
  }

  @Override
  public void forEach(String table, StateStore.RowVisitor visitor) throws Exception {
    for (Map.Entry<Integer, byte[]> row : rows(table).entrySet()) {
      visitor.row(row.getKey(), row.getValue());
    }
  }

  Map<Integer, byte[]> rows(String table) {
    return tables.computeIfAbsent(table, name -> new TreeMap<>());
  }

  /** A table's rows, to be compared. */
  Map<Integer, String> shown(String table) {
    Map<Integer, String> shown = new TreeMap<>();
    rows(table).forEach((row, value) -> shown.put(row, Arrays.toString(value)));
    return shown;
  }

  MemoryStore copy() {
    MemoryStore copy = new MemoryStore();
    tables.forEach((table, rows) -> copy.tables.put(table, new TreeMap<>(rows)));
    return copy;
  }
}
