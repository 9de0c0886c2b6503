package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.profile.IndexSpace;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.junit.jupiter.api.Test;

class CachedMapTest {

  /** As many bytes as hold a hundred numbers, with what each takes besides. */
  private static final long BYTES_OF_A_HUNDRED = 100 * (160 + Long.BYTES);

  /** Counts how often each id comes, as {@code a 2}; a minus in front of it forgets the id. */
  private static final class Counting extends AbstractStreamOperator<String>
      implements OneInputStreamOperator<String, String> {

    private transient CachedMap<Long> counts;

    @Override
    public void open() throws Exception {
      super.open();
      counts =
          new CachedMap<>(
              getKeyedStateStore()
                  .getMapState(new MapStateDescriptor<>("counts", Types.STRING, Types.LONG)),
              this,
              BYTES_OF_A_HUNDRED,
              count -> Long.BYTES);
    }

    @Override
    public void processElement(StreamRecord<String> element) throws Exception {
      String id = id(element.getValue());
      if (element.getValue().startsWith("-")) {
        counts.remove(id);
        return;
      }
      Long before = counts.get(id);
      long now = before == null ? 1 : before + 1;
      counts.put(id, now);
      output.collect(new StreamRecord<>(id + " " + now));
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
      super.snapshotState(context);
      counts.write();
    }
  }

  private static String id(String value) {
    return value.startsWith("-") ? value.substring(1) : value;
  }

  private static Harness<Integer, String, String> counting(OperatorSubtaskState... snapshot)
      throws Exception {
    return Harness.of(
        new Counting(), value -> ShardKeys.keyOf(id(value)), Harness.Subtask.ONLY, snapshot);
  }

  @Test
  void whatMadeRoomAndWhatDidNotIsKnownAlike() throws Exception {
    Random random = new Random(3);
    Map<String, Long> counts = new HashMap<>();
    OperatorSubtaskState snapshot = null;
    for (int run = 0; run < 3; run++) {
      try (var operator = snapshot == null ? counting() : counting(snapshot)) {
        for (int i = 0; i < 5_000; i++) {
          // Some ids come again and again and stay; of a thousand most have to make room.
          String id = "id-" + (random.nextBoolean() ? random.nextInt(20) : random.nextInt(1_000));
          if (random.nextInt(10) == 0) {
            operator.process("-" + id);
            counts.remove(id);
          } else {
            operator.process(id);
            long now = counts.merge(id, 1L, Long::sum);
            assertThat(operator.output()).containsExactly(id + " " + now);
          }
        }
        snapshot = operator.snapshot();
      }
    }
  }

  @Test
  void anEntryReachesTheStateAtTheSnapshotAndUnderItsOwnKey() throws Exception {
    String id = "ann";
    String other = "bob";
    assertThat(IndexSpace.shardOf(id)).isNotEqualTo(IndexSpace.shardOf(other));
    try (var operator = counting()) {
      for (String each : List.of(id, id, other)) {
        operator.process(each);
      }
      assertThat(operator.entriesOf("counts", ShardKeys.keyOf(id), Types.STRING, Types.LONG))
          .isZero();
      operator.snapshot();
      assertThat(operator.keysOf("counts")).isEqualTo(2);
      assertThat(operator.entriesOf("counts", ShardKeys.keyOf(id), Types.STRING, Types.LONG))
          .isEqualTo(1);
    }
  }
}
