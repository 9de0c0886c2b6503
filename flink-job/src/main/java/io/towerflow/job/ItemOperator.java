package io.towerflow.job;

import io.towerflow.message.Event;
import io.towerflow.profile.IndexSpace;
import io.towerflow.profile.ItemProfile;
import io.towerflow.spec.Lifetime;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Owns the item vocabulary. Keyed by the shard of the item's id.
 *
 * <p>An operator of its own and not a function, because the items of all its shards may have to be
 * carried over to another spec when it opens, and those that changed are written at a snapshot.
 */
final class ItemOperator extends AbstractStreamOperator<IndexedEvent>
    implements OneInputStreamOperator<SequencedEvent, IndexedEvent> {

  /** What items may take on the heap, beside the state. */
  private static final long CACHE_BYTES = 32L << 20;

  private final Lifetime lifetime;
  private final String specYaml;

  private transient CachedMap<ItemProfile> items;
  private transient Vocabulary vocabulary;

  ItemOperator(Lifetime lifetime, String specYaml) {
    this.lifetime = lifetime;
    this.specYaml = specYaml;
  }

  @Override
  public void open() throws Exception {
    super.open();
    MapState<String, ItemProfile> state =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "items", Types.STRING, TypeInformation.of(ItemProfile.class)));
    vocabulary = new Vocabulary(lifetime, getRuntimeContext());
    KeptFields kept =
        new KeptFields(specYaml, getKeyedStateStore().getState(KeptFields.DESCRIPTOR));
    for (int shard : ShardKeys.shardsOf(getRuntimeContext().getTaskInfo())) {
      setCurrentKey(ShardKeys.key(shard));
      kept.carryOver(
          state, mapping -> !mapping.keepsItems(), (item, mapping) -> mapping.carried(item));
    }
    items = new CachedMap<>(state, this, CACHE_BYTES, ItemProfile::bytes);
  }

  @Override
  public void processElement(StreamRecord<SequencedEvent> element) throws Exception {
    output.collect(new StreamRecord<>(indexed(element.getValue())));
  }

  private IndexedEvent indexed(SequencedEvent sequenced) throws Exception {
    if (sequenced.isTick()) {
      return IndexedEvent.tick(sequenced, evict(sequenced.clock()));
    }
    return vocabulary.see(sequenced.event().item(), sequenced.clock())
        ? known(sequenced)
        : IndexedEvent.of(sequenced, IndexSpace.OUT_OF_VOCABULARY, false, null, null);
  }

  private IndexedEvent known(SequencedEvent sequenced) throws Exception {
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

  /** Flink calls this before it snapshots the keyed state, so what is written here is in it. */
  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    items.write();
  }
}
