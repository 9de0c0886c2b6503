package io.towerflow.job;

import java.util.List;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * A {@link Chain} as keyed state, under the current key. It is read when an operator opens and
 * written at a snapshot: in between it changes with every event, and what it holds is little.
 */
final class ChainState<T extends Linked> {

  private final ValueState<Long> last;
  private final ListState<T> held;

  ChainState(KeyedStateStore states, Class<T> type) {
    last = states.getState(new ValueStateDescriptor<>("last-in-order", Types.LONG));
    held =
        states.getListState(new ListStateDescriptor<>("held-for-order", TypeInformation.of(type)));
  }

  /**
   * @param restored whether the job goes on from a snapshot, which should know the chain then
   */
  Chain<T> read(boolean restored) throws Exception {
    Long sequence = last.value();
    Iterable<T> links = held.get();
    return restored && sequence == null
        ? Chain.unknown()
        : new Chain<>(sequence == null ? 0 : sequence, links == null ? List.of() : links);
  }

  void write(Chain<T> chain) throws Exception {
    // The next snapshot must not know better what this one does not.
    if (!chain.isUnknown()) {
      last.update(chain.last());
      held.update(List.copyOf(chain.held()));
    }
  }
}
