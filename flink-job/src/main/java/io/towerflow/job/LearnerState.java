package io.towerflow.job;

import io.towerflow.learn.Example;
import io.towerflow.learn.Learner;
import io.towerflow.learn.PendingQuery;
import io.towerflow.learn.RowLog;
import java.util.ArrayList;
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
 * A learner's state as Flink's keyed state, so that a checkpoint costs what changed: rows as a
 * {@link RowLog}, whose blocks lie in the order in which they are written, and the rest beside it.
 *
 * <p>All of it lies under the key that the examples come with. This is for a single subtask.
 */
final class LearnerState implements RowLog.Store {

  /** The key of every example, and of all that is kept. */
  static final int MODEL_KEY = ShardKeys.key(0);

  private final KeyedStateBackend<Integer> keys;

  /**
   * Of even and of odd segments, by segment in the upper half of the key and block in the lower,
   * which RocksDB sorts by. Each state has files of its own.
   */
  private final List<MapState<Long, byte[]>> blocks;

  private final MapState<Integer, byte[]> descriptions;

  private final ListState<Example> untrained;
  private final ListState<PendingQuery> pendingQueries;
  private final ValueState<Standing> standing;
  private final FollowedUsers followed;
  private final RowLog log;

  private long rowsRead;

  /**
   * @param followed what users have taken of whom the rest is kept here
   * @throws IllegalStateException if there is state of a layout that this version can't read
   */
  LearnerState(KeyedStateBackend<Integer> keys, KeyedStateStore states, FollowedUsers followed)
      throws Exception {
    this.keys = keys;
    this.followed = followed;
    blocks = List.of(blocks(states, "model-blocks-even"), blocks(states, "model-blocks-odd"));
    descriptions =
        states.getMapState(
            new MapStateDescriptor<>(
                "model-segments",
                Types.INT,
                PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    untrained =
        states.getListState(
            new ListStateDescriptor<>("untrained", TypeInformation.of(Example.class)));
    pendingQueries =
        states.getListState(
            new ListStateDescriptor<>("pending-queries", TypeInformation.of(PendingQuery.class)));
    standing =
        states.getState(new ValueStateDescriptor<>("standing", TypeInformation.of(Standing.class)));
    keys.setCurrentKey(MODEL_KEY);
    log = new RowLog(this);
    if (log.isEmpty() && standing.value() != null) {
      throw new IllegalStateException(
          "The snapshot has a model, and its rows are not in a log: it was taken by a build of"
              + " before the first release. Start without it.");
    }
  }

  private static MapState<Long, byte[]> blocks(KeyedStateStore states, String name) {
    return states.getMapState(
        new MapStateDescriptor<>(
            name, Types.LONG, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
  }

  /**
   * Writes what has changed in the learner. Between checkpoints this is work done early: a
   * checkpoint knows nothing of it but through the {@link #write} that belongs to it.
   */
  void writeChanges(Learner learner) throws Exception {
    keys.setCurrentKey(MODEL_KEY);
    learner.snapshot(log);
    log.commit();
  }

  /** Writes what has changed in the learner, and where the trainer stands, for a checkpoint. */
  void write(Learner learner, Standing now) throws Exception {
    writeChanges(learner);
    log.turn(); // what comes is flushed to other files
    followed.write();
    untrained.update(learner.untrained().stream().map(followed::brief).toList());
    pendingQueries.update(learner.pendingQueries().stream().map(followed::brief).toList());
    standing.update(now);
  }

  /**
   * Gives a learner all that was written.
   *
   * @return where the trainer stood
   */
  Standing restore(Learner learner) throws Exception {
    keys.setCurrentKey(MODEL_KEY);
    List<Example> examples = list(untrained).stream().map(followed::whole).toList();
    List<PendingQuery> queries = list(pendingQueries).stream().map(followed::whole).toList();
    Standing then = standing.value();
    learner.restore(
        (table, visitor) ->
            log.forEach(
                table,
                (row, value) -> {
                  visitor.row(row, value);
                  rowsRead++;
                }),
        examples,
        queries);
    return then == null ? Standing.START : then; // null if the snapshot knew no trainer
  }

  /** Rows that were handed to the learner at the restore. */
  long rowsRead() {
    return rowsRead;
  }

  @Override
  public void putBlock(int segment, int block, byte[] bytes) throws Exception {
    blocks.get(segment % 2).put(place(segment, block), bytes);
  }

  @Override
  public byte[] block(int segment, int block) throws Exception {
    return blocks.get(segment % 2).get(place(segment, block));
  }

  @Override
  public void removeBlock(int segment, int block) throws Exception {
    blocks.get(segment % 2).remove(place(segment, block));
  }

  @Override
  public void putDescription(int segment, byte[] description) throws Exception {
    descriptions.put(segment, description);
  }

  @Override
  public void removeDescription(int segment) throws Exception {
    descriptions.remove(segment);
  }

  @Override
  public Iterable<Map.Entry<Integer, byte[]>> descriptions() throws Exception {
    return descriptions.entries();
  }

  private static long place(int segment, int block) {
    return (long) segment << Integer.SIZE | block;
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
