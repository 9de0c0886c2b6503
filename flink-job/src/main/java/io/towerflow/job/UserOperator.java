package io.towerflow.job;

import io.towerflow.learn.Example;
import io.towerflow.profile.UserProfile;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** Owns the user vocabulary, seen items and histories. Keyed by the shard of the user's id. */
final class UserOperator extends KeyedProcessFunction<Integer, IndexedEvent, Example> {

  private final int historyItems;

  private transient MapState<String, UserProfile> users;
  private transient IndexCounter indices;

  UserOperator(int historyItems) {
    this.historyItems = historyItems;
  }

  @Override
  public void open(OpenContext context) {
    users =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "users", Types.STRING, TypeInformation.of(UserProfile.class)));
    indices = new IndexCounter(getRuntimeContext());
  }

  @Override
  public void processElement(IndexedEvent event, Context context, Collector<Example> out)
      throws Exception {
    UserProfile known = users.get(event.user());
    UserProfile before = known == null ? UserProfile.fresh(indices.next(event.user())) : known;
    users.put(
        event.user(),
        before.after(event.itemIndex(), event.time(), historyItems).inContext(event.context()));
    out.collect(
        new Example(
            event.user(),
            before,
            known == null,
            event.item(),
            event.itemIndex(),
            event.newItem(),
            event.texts(),
            event.attributes(),
            event.context(),
            event.time(),
            event.value()));
  }
}
