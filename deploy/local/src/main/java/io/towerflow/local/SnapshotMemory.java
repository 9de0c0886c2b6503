package io.towerflow.local;

import io.towerflow.learn.StateStore;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** A model's snapshot in memory. */
final class SnapshotMemory implements StateStore.Writer, StateStore.Reader {

  private final Map<String, Map<Integer, byte[]>> tables = new TreeMap<>();

  @Override
  public void put(String table, int row, byte[] value) {
    tables.computeIfAbsent(table, name -> new HashMap<>()).put(row, value);
  }

  @Override
  public void remove(String table, int row) {
    if (tables.containsKey(table)) {
      tables.get(table).remove(row);
    }
  }

  @Override
  public void forEach(String table, StateStore.RowVisitor visitor) throws Exception {
    for (Map.Entry<Integer, byte[]> row : tables.getOrDefault(table, Map.of()).entrySet()) {
      visitor.row(row.getKey(), row.getValue());
    }
  }

  /** Bytes of all rows of a table. */
  long bytes(String table) {
    return tables.getOrDefault(table, Map.of()).values().stream()
        .mapToLong(row -> row.length)
        .sum();
  }

  /** Rows of each table by its name. */
  Map<String, Integer> rows() {
    Map<String, Integer> rows = new TreeMap<>();
    tables.forEach((name, table) -> rows.put(name, table.size()));
    return rows;
  }
}
