package io.towerflow.job;

import io.towerflow.profile.IndexSpace;
import java.io.IOException;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;

/** Gives out the indices of the shard that the current key stands for. */
final class IndexCounter {

  private final ValueState<Integer> lastLocal;

  IndexCounter(RuntimeContext context) {
    lastLocal = context.getState(new ValueStateDescriptor<>("last-local-index", Types.INT));
  }

  /** The index of a new id, whose shard must be that of the current key. */
  int next(String id) throws IOException {
    Integer last = lastLocal.value();
    int local = last == null ? 1 : last + 1;
    lastLocal.update(local);
    return IndexSpace.index(IndexSpace.shardOf(id), local);
  }
}
