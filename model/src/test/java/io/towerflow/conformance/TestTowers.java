package io.towerflow.conformance;

import io.towerflow.spec.ModelSpecs;
import io.towerflow.table.RowTable;
import io.towerflow.tower.CandidateContext;
import io.towerflow.tower.EncodedAttributes;
import io.towerflow.tower.QueryContext;
import io.towerflow.tower.TwoTowers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Towers whose rows a test writes and reads. */
final class TestTowers implements AutoCloseable {

  private final TwoTowers towers;

  /** Towers of a spec in YAML. */
  TestTowers(String yaml) {
    towers = new TwoTowers(ModelSpecs.parse(yaml), () -> 100);
  }

  TwoTowers towers() {
    return towers;
  }

  RowTable table(String name) {
    return towers.tables().stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
  }

  /** Writes a row: its weights, then the optimizer's slots. */
  void set(String table, int row, float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    table(table).restore(row, bytes.array());
  }

  /** A row's weights. */
  float[] get(String table, int row) {
    RowTable rows = table(table);
    float[] weights = new float[rows.width()];
    rows.read(row, weights, 0);
    return weights;
  }

  /** One step of training; returns the mean loss of a query, by weight. */
  double train(
      List<QueryContext> queries,
      List<CandidateContext> candidates,
      int[] positives,
      float[] weights,
      float[] adjustments,
      long step) {
    return towers.train(queries, candidates, positives, weights, adjustments, step);
  }

  static QueryContext user(int user) {
    return userAt(user, 0);
  }

  /** A user at a time, in milliseconds. */
  static QueryContext userAt(int user, long time) {
    return new QueryContext(user, time, new int[0], new long[0], 0, EncodedAttributes.NONE);
  }

  static CandidateContext item(int item, int... tokens) {
    return new CandidateContext(item, new int[][] {tokens}, EncodedAttributes.NONE, new float[0]);
  }

  @Override
  public void close() {
    towers.close();
  }
}
