package io.towerflow.job;

import io.towerflow.learn.Example;
import io.towerflow.learn.Learner;
import io.towerflow.learn.PendingQuery;
import io.towerflow.learn.StateStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.KeyedStateBackend;

/**
 * A learner's state as Flink's keyed state, so that a checkpoint costs what changed.
 *
 * <p>Each table is one map state with an entry a row. Row {@code r} lies under the key of shard
 * {@code r mod 128}, so rows spread over all key groups; this is for the single subtask that owns
 * them all. Everything else lies under the key that the examples come with.
 */
final class LearnerState implements StateStore.Reader, StateStore.Writer {

  /** The key of every example, and of what is not a row. */
  static final int MODEL_KEY = ShardKeys.key(0);

  /** Rows of a table and shard that are written at once; RocksDB's write batch holds as many. */
  private static final int BATCH_ROWS = 500;

  private final KeyedStateBackend<Integer> keys;
  private final KeyedStateStore states;
  private final Map<String, MapState<Integer, byte[]>> tables = new HashMap<>();
  private final ListState<Example> untrained;
  private final ListState<PendingQuery> pendingQueries;
  private final ValueState<Standing> standing;

  /** By table, then by shard. */
  private final Map<String, Map<Integer, Map<Integer, byte[]>>> unwritten = new HashMap<>();

  private long rowsRead;

  LearnerState(KeyedStateBackend<Integer> keys, KeyedStateStore states) {
    this.keys = keys;
    this.states = states;
    untrained =
        states.getListState(
            new ListStateDescriptor<>("untrained", TypeInformation.of(Example.class)));
    pendingQueries =
        states.getListState(
            new ListStateDescriptor<>("pending-queries", TypeInformation.of(PendingQuery.class)));
    standing =
        states.getState(new ValueStateDescriptor<>("standing", TypeInformation.of(Standing.class)));
  }

  /**
   * Writes what has changed in the learner. Between checkpoints this is work done early: a
   * checkpoint knows nothing of it but through the {@link #write} that belongs to it.
   */
  void writeChanges(Learner learner) throws Exception {
    learner.snapshot(this);
    for (String table : unwritten.keySet()) {
      for (int shard : unwritten.get(table).keySet()) {
        flush(table, shard);
      }
    }
    keys.setCurrentKey(MODEL_KEY);
  }

  /** Writes what has changed in the learner, and where the trainer stands. */
  void write(Learner learner, Standing now) throws Exception {
    writeChanges(learner);
    untrained.update(learner.untrained());
    pendingQueries.update(learner.pendingQueries());
    standing.update(now);
  }

  /**
   * Gives a learner all that was written.
   *
   * @return where the trainer stood
   */
  Standing restore(Learner learner) throws Exception {
    keys.setCurrentKey(MODEL_KEY);
    List<Example> examples = list(untrained);
    List<PendingQuery> queries = list(pendingQueries);
    Standing then = standing.value();
    learner.restore(this, examples, queries);
    return then == null ? Standing.START : then; // null if the snapshot knew no trainer
  }

  /** Rows that were handed to the learner at the restore. */
  long rowsRead() {
    return rowsRead;
  }

  @Override
  public void put(String table, int row, byte[] value) throws Exception {
    int shard = row % ShardKeys.MAX_PARALLELISM;
    Map<Integer, byte[]> rows =
        unwritten
            .computeIfAbsent(table, name -> new HashMap<>())
            .computeIfAbsent(shard, number -> new HashMap<>());
    rows.put(row, value);
    if (rows.size() >= BATCH_ROWS) {
      flush(table, shard);
    }
  }

  @Override
  public void remove(String table, int row) throws Exception {
    int shard = row % ShardKeys.MAX_PARALLELISM;
    Map<Integer, byte[]> rows = unwritten.getOrDefault(table, Map.of()).get(shard);
    if (rows != null) {
      rows.remove(row);
    }
    keys.setCurrentKey(ShardKeys.key(shard));
    table(table).remove(row);
  }

  @Override
  public void forEach(String table, StateStore.RowVisitor visitor) throws Exception {
    for (int shard = 0; shard < ShardKeys.MAX_PARALLELISM; shard++) {
      keys.setCurrentKey(ShardKeys.key(shard));
      for (Map.Entry<Integer, byte[]> row : table(table).entries()) {
        visitor.row(row.getKey(), row.getValue());
        rowsRead++;
      }
    }
  }

  private void flush(String table, int shard) throws Exception {
    Map<Integer, byte[]> rows = unwritten.get(table).get(shard);
    if (!rows.isEmpty()) {
      keys.setCurrentKey(ShardKeys.key(shard));
      table(table).putAll(rows);
      rows.clear();
    }
  }

  private MapState<Integer, byte[]> table(String name) {
    return tables.computeIfAbsent(
        name,
        table ->
            states.getMapState(
                new MapStateDescriptor<>(
                    "model-" + table,
                    Types.INT,
                    PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO)));
  }

  private static <T> List<T> list(ListState<T> state) throws Exception {
    List<T> elements = new ArrayList<>();
    Iterable<T> kept = state.get();
    if (kept != null) {
      kept.forEach(elements::add);
    }
    return elements;
  }
}
