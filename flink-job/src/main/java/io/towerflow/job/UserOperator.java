package io.towerflow.job;

import io.towerflow.learn.Evictions;
import io.towerflow.learn.Example;
import io.towerflow.profile.IndexSpace;
import io.towerflow.profile.UserProfile;
import io.towerflow.spec.Lifetime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Owns the user vocabulary, seen items and histories. Keyed by the shard of the user's id. Events
 * come from several subtasks, each with the items that it owns, so those of a shard are put in
 * order first.
 *
 * <p>An operator of its own and not a function, because the users that changed and the chains of
 * all its shards are written at a snapshot.
 */
final class UserOperator extends AbstractStreamOperator<SequencedExample>
    implements OneInputStreamOperator<IndexedEvent, SequencedExample> {

  /** What users may take on the heap, beside the state. */
  private static final long CACHE_BYTES = 64L << 20;

  private final int historyItems;
  private final Lifetime lifetime;
  private final String specYaml;

  private transient boolean restored;
  private transient CachedMap<UserProfile> users;
  private transient Vocabulary vocabulary;
  private transient ChainState<IndexedEvent> chainState;

  /** By the key of the shard: all that this subtask owns. */
  private transient Map<Integer, Chain<IndexedEvent>> chains;

  UserOperator(int historyItems, Lifetime lifetime, String specYaml) {
    this.historyItems = historyItems;
    this.lifetime = lifetime;
    this.specYaml = specYaml;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    restored = context.isRestored();
  }

  @Override
  public void open() throws Exception {
    super.open();
    MapState<String, UserProfile> state =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "users", Types.STRING, TypeInformation.of(UserProfile.class)));
    vocabulary = new Vocabulary(lifetime, getRuntimeContext());
    chainState = new ChainState<>(getKeyedStateStore(), IndexedEvent.class);
    chains = new HashMap<>();
    KeptFields kept =
        new KeptFields(specYaml, getKeyedStateStore().getState(KeptFields.DESCRIPTOR));
    for (int shard : ShardKeys.shardsOf(getRuntimeContext().getTaskInfo())) {
      setCurrentKey(ShardKeys.key(shard));
      kept.carryOver(
          state, mapping -> !mapping.keepsUsers(), (user, mapping) -> mapping.carried(user));
      chains.put(ShardKeys.key(shard), chainState.read(restored));
    }
    users = new CachedMap<>(state, this, CACHE_BYTES, UserProfile::bytes);
  }

  @Override
  public void processElement(StreamRecord<IndexedEvent> event) throws Exception {
    // All that leaves is of this event's shard, so of the key that is set.
    for (IndexedEvent next : chains.get(getCurrentKey()).offer(event.getValue())) {
      output.collect(
          new StreamRecord<>(
              next.isTick()
                  ? new SequencedExample(next.sequence(), next.continued(), null, evictions(next))
                  : new SequencedExample(next.sequence(), next.continued(), example(next), null)));
    }
  }

  /** The items that leave, and with them the users whose time is over. */
  private Evictions evictions(IndexedEvent tick) throws Exception {
    List<Integer> leaving = new ArrayList<>();
    for (String id : vocabulary.expire(tick.clock())) {
      leaving.add(users.get(id).index());
      users.remove(id);
    }
    return new Evictions(tick.evicted(), leaving.stream().mapToInt(index -> index).toArray());
  }

  private Example example(IndexedEvent event) throws Exception {
    UserProfile known = users.get(event.user());
    UserProfile before = known == null ? UserProfile.fresh(IndexSpace.OUT_OF_VOCABULARY) : known;
    if (vocabulary.see(event.user(), event.clock())
        && before.index() == IndexSpace.OUT_OF_VOCABULARY) {
      before = before.named(vocabulary.nextIndex(event.user()));
    }
    UserProfile kept = before.isToBeFollowed() ? before.withoutSeen(UserProfile.FOLLOWED) : before;
    users.put(
        event.user(),
        kept.after(event.itemIndex(), event.time(), event.positive(), historyItems)
            .inContext(event.context()));
    return new Example(
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
        event.value(),
        event.weight(),
        event.positive(),
        event.record());
  }

  /** Flink calls this before it snapshots the keyed state, so what is written here is in it. */
  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    users.write();
    for (int key : chains.keySet()) {
      setCurrentKey(key);
      chainState.write(chains.get(key));
    }
  }
}
