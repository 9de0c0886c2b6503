package io.towerflow.job;

import io.towerflow.message.Event;
import io.towerflow.profile.IndexSpace;
import io.towerflow.profile.ItemProfile;
import io.towerflow.spec.Lifetime;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** Owns the item vocabulary. Keyed by the shard of the item's id. */
final class ItemOperator extends KeyedProcessFunction<Integer, SequencedEvent, IndexedEvent> {

  private final Lifetime lifetime;

  private transient MapState<String, ItemProfile> items;
  private transient Vocabulary vocabulary;

  ItemOperator(Lifetime lifetime) {
    this.lifetime = lifetime;
  }

  @Override
  public void open(OpenContext context) {
    items =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "items", Types.STRING, TypeInformation.of(ItemProfile.class)));
    vocabulary = new Vocabulary(lifetime, getRuntimeContext());
  }

  @Override
  public void processElement(SequencedEvent sequenced, Context context, Collector<IndexedEvent> out)
      throws Exception {
    if (sequenced.isTick()) {
      out.collect(IndexedEvent.tick(sequenced, evict(sequenced.clock())));
    } else if (vocabulary.see(sequenced.event().item(), sequenced.clock())) {
      out.collect(indexed(sequenced));
    } else {
      out.collect(IndexedEvent.of(sequenced, IndexSpace.OUT_OF_VOCABULARY, false, null, null));
    }
  }

  private IndexedEvent indexed(SequencedEvent sequenced) throws Exception {
    Event event = sequenced.event();
    ItemProfile known = items.get(event.item());
    boolean isNew = known == null;
    boolean hasNews = isNew || !known.has(event.texts(), event.itemAttributes());
    ItemProfile profile = known;
    if (hasNews) {
      profile =
          isNew
              ? new ItemProfile(
                  vocabulary.nextIndex(event.item()), event.texts(), event.itemAttributes())
              : known.with(event.texts(), event.itemAttributes());
      items.put(event.item(), profile);
    }
    return IndexedEvent.of(
        sequenced,
        profile.index(),
        isNew,
        hasNews ? profile.texts() : null,
        hasNews ? profile.attributes() : null);
  }

  /** The indices of the items whose time is over. One that was never admitted has none. */
  private int[] evict(long clock) throws Exception {
    List<Integer> indices = new ArrayList<>();
    for (String id : vocabulary.expire(clock)) {
      ItemProfile profile = items.get(id);
      if (profile != null) {
        items.remove(id);
        indices.add(profile.index());
      }
    }
    return indices.stream().mapToInt(index -> index).toArray();
  }
}
