package io.towerflow.job;

import io.towerflow.message.Event;
import io.towerflow.profile.ItemProfile;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** Owns the item vocabulary. Keyed by the shard of the item's id. */
final class ItemOperator extends KeyedProcessFunction<Integer, SequencedEvent, IndexedEvent> {

  private transient MapState<String, ItemProfile> items;
  private transient IndexCounter indices;

  @Override
  public void open(OpenContext context) {
    items =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "items", Types.STRING, TypeInformation.of(ItemProfile.class)));
    indices = new IndexCounter(getRuntimeContext());
  }

  @Override
  public void processElement(SequencedEvent sequenced, Context context, Collector<IndexedEvent> out)
      throws Exception {
    Event event = sequenced.event();
    ItemProfile known = items.get(event.item());
    boolean isNew = known == null;
    boolean hasNews = isNew || !known.has(event.texts(), event.itemAttributes());
    ItemProfile profile = known;
    if (hasNews) {
      profile =
          isNew
              ? new ItemProfile(indices.next(event.item()), event.texts(), event.itemAttributes())
              : known.with(event.texts(), event.itemAttributes());
      items.put(event.item(), profile);
    }
    out.collect(
        new IndexedEvent(
            sequenced.sequence(),
            sequenced.previous(),
            sequenced.continued(),
            event.user(),
            event.item(),
            profile.index(),
            isNew,
            hasNews ? profile.texts() : null,
            hasNews ? profile.attributes() : null,
            event.context(),
            event.time(),
            event.value(),
            event.weight(),
            event.positive(),
            event.partition(),
            event.offset()));
  }
}
