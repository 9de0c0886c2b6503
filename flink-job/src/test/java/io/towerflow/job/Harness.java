package io.towerflow.job;

import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;

/** One subtask of an operator on RocksDB, set up as the job sets it up. */
final class Harness<K, I, O> implements AutoCloseable {

  /** Which of how many subtasks. */
  record Subtask(int index, int parallelism) {
    static final Subtask ONLY = new Subtask(0, 1);

    /** Whether this subtask gets the records of a key. */
    boolean owns(Object key) {
      return KeyGroupRangeAssignment.assignKeyToParallelOperator(
              key, ShardKeys.MAX_PARALLELISM, parallelism)
          == index;
    }
  }

  private final KeyedOneInputStreamOperatorTestHarness<K, I, O> flink;
  private final AbstractStreamOperator<O> operator;
  private long checkpoints;

  private <S extends AbstractStreamOperator<O> & OneInputStreamOperator<I, O>> Harness(
      S operator,
      KeySelector<I, K> key,
      TypeInformation<K> keyType,
      Subtask subtask,
      OperatorSubtaskState... snapshots)
      throws Exception {
    this.operator = operator;
    flink =
        new KeyedOneInputStreamOperatorTestHarness<>(
            operator,
            key,
            keyType,
            ShardKeys.MAX_PARALLELISM,
            subtask.parallelism(),
            subtask.index());
    // Full snapshots: an incremental one points to earlier ones, which a job manager resolves.
    flink.setStateBackend(new EmbeddedRocksDBStateBackend(false));
    flink
        .getExecutionConfig()
        .configure(
            new Configuration().set(PipelineOptions.GENERIC_TYPES, false),
            Harness.class.getClassLoader());
    if (snapshots.length > 0) {
      flink.initializeState(
          AbstractStreamOperatorTestHarness.repartitionOperatorState(
              AbstractStreamOperatorTestHarness.repackageState(snapshots),
              ShardKeys.MAX_PARALLELISM,
              snapshots.length,
              subtask.parallelism(),
              subtask.index()));
    }
    flink.open();
  }

  /** A function that starts empty, as the only subtask. */
  static <K, I, O> Harness<K, I, O> of(
      KeyedProcessFunction<K, I, O> function, KeySelector<I, K> key, TypeInformation<K> keyType)
      throws Exception {
    return new Harness<>(new KeyedProcessOperator<>(function), key, keyType, Subtask.ONLY);
  }

  /** A function that starts with its share of what the subtasks of an earlier run left. */
  static <K, I, O> Harness<K, I, O> of(
      KeyedProcessFunction<K, I, O> function,
      KeySelector<I, K> key,
      TypeInformation<K> keyType,
      Subtask subtask,
      OperatorSubtaskState... snapshots)
      throws Exception {
    return new Harness<>(new KeyedProcessOperator<>(function), key, keyType, subtask, snapshots);
  }

  /** An operator that starts with its share of what the subtasks of an earlier run left, if any. */
  static <S extends AbstractStreamOperator<O> & OneInputStreamOperator<I, O>, I, O>
      Harness<Integer, I, O> of(
          S operator,
          KeySelector<I, Integer> key,
          Subtask subtask,
          OperatorSubtaskState... snapshots)
          throws Exception {
    return new Harness<>(operator, key, Types.INT, subtask, snapshots);
  }

  /** Processes a value; the time that Flink gives it is of no account. */
  void process(I value) throws Exception {
    flink.processElement(value, 0);
  }

  void endInput() throws Exception {
    flink.endInput();
  }

  void wallClock(long milliseconds) throws Exception {
    flink.setProcessingTime(milliseconds);
  }

  /** What came out since the last look. */
  List<O> output() {
    List<O> values = flink.extractOutputValues();
    flink.getOutput().clear();
    return values;
  }

  /** What came out by the side since the last look. */
  <T> List<T> output(OutputTag<T> tag) {
    var records = flink.getSideOutput(tag);
    if (records == null) {
      return List.of();
    }
    List<T> values = records.stream().map(StreamRecord::getValue).toList();
    records.clear();
    return values;
  }

  OperatorSubtaskState snapshot() throws Exception {
    checkpoints++;
    return flink.snapshot(checkpoints, checkpoints);
  }

  /** Keys under which a state holds something. */
  long keysOf(String state) {
    try (Stream<K> keys =
        operator.<K>getKeyedStateBackend().getKeys(state, VoidNamespace.INSTANCE)) {
      return keys.count();
    }
  }

  /** Entries of a map state under a key. */
  <A, B> long entriesOf(String state, K key, TypeInformation<A> keys, TypeInformation<B> values)
      throws Exception {
    operator.setCurrentKey(key);
    var map =
        operator
            .getKeyedStateStore()
            .getMapState(new MapStateDescriptor<A, B>(state, keys, values));
    return StreamSupport.stream(map.keys().spliterator(), false).count();
  }

  @Override
  public void close() {
    try {
      flink.close();
    } catch (Exception e) {
      throw new IllegalStateException("The operator could not be closed", e);
    }
  }
}
