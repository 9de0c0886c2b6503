package io.towerflow.arithmetic;

import io.towerflow.kernel.Workers;
import io.towerflow.table.RowSet;
import io.towerflow.table.RowTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rows of tables that one pass reads, and, where it learns, updates. */
final class Leases {

  private final Map<RowTable, Lease> byTable = new LinkedHashMap<>();
  private final List<Pool> pools = new ArrayList<>();

  /** The lease of a table, a new one where nothing of it was asked for yet. */
  Lease of(RowTable table) {
    return byTable.computeIfAbsent(table, Lease::new);
  }

  Collection<Lease> all() {
    return byTable.values();
  }

  List<Pool> pools() {
    return pools;
  }

  Pool pool(RowTable table, int[][] groups) {
    RowSet rows = of(table).rows();
    int[][] places = new int[groups.length][];
    for (int i = 0; i < groups.length; i++) {
      places[i] = new int[groups[i].length];
      for (int k = 0; k < groups[i].length; k++) {
        places[i][k] = rows.add(groups[i][k]);
      }
    }
    Pool pool = new Pool(table, places);
    pools.add(pool);
    return pool;
  }

  /**
   * Updates every touched row once, tables in order of announcement, rows likewise. Rows are moved
   * aside and only then, all of them, put in place: a number that is not finite never enters a
   * table, be it a gradient's or come of it.
   *
   * @param arena where they are moved
   * @throws DivergenceException if there is one; no row is changed then
   */
  void apply(long step, Arena arena, Workers workers) {
    for (Lease lease : byTable.values()) {
      lease.move(step, arena, workers);
    }
    byTable.values().forEach(Lease::settle);
  }
}
