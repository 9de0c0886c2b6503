package io.towerflow.tower;

import io.towerflow.optimizer.Optimizer;
import io.towerflow.table.Initializer;
import io.towerflow.table.RowTable;
import java.util.ArrayList;
import java.util.List;

/**
 * The tables of one member of a model. A table's name is part of the seed of its rows, so members
 * begin differently: the first one's tables bear their plain names, those of the others come after
 * {@code member1.}, {@code member2.} and so on.
 */
final class Parameters {

  private final String prefix;
  private final Optimizer optimizer;
  private final long seed;
  private final List<RowTable> tables = new ArrayList<>();

  /**
   * No tables yet.
   *
   * @param member which member's, counted from 0
   */
  Parameters(int member, Optimizer optimizer, long seed) {
    this.prefix = prefix(member);
    this.optimizer = optimizer;
    this.seed = seed;
  }

  /** What the names of a member's tables begin with. */
  static String prefix(int member) {
    return member == 0 ? "" : "member" + member + ".";
  }

  /** What this member calls what each member has. */
  String named(String name) {
    return prefix + name;
  }

  /** A new table. */
  RowTable table(String name, int width, Initializer initializer) {
    RowTable table = new RowTable(named(name), width, initializer, optimizer, seed);
    tables.add(table);
    return table;
  }

  /** All of them, in the order in which they were asked for. */
  List<RowTable> tables() {
    return List.copyOf(tables);
  }
}
