package io.towerflow.job;

import io.towerflow.connectors.codec.DeadLetter;
import io.towerflow.message.Event;
import io.towerflow.profile.FieldMapping;
import io.towerflow.spec.EventId;
import io.towerflow.spec.EventOrder;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Decides the order of all events, once: whatever comes after it is a function of the numbers that
 * it gives. An event that had been taken before gets none and leaves by the side: only here is
 * there a before that is the same in every run. One subtask; all events come under {@link #KEY}.
 *
 * <p>An operator of its own and not a function, because where it stands is written at a snapshot.
 */
final class SequenceOperator extends AbstractStreamOperator<SequencedEvent>
    implements OneInputStreamOperator<Event, SequencedEvent>, BoundedOneInput {

  /** The key of every event. */
  static final int KEY = ShardKeys.key(0);

  private final String specYaml;
  private final int partitions;

  private transient EventOrder order;

  /** What tells events apart that are sent twice; null where nothing does. */
  private transient EventId id;

  private transient ValueState<Sequences> sequences;
  private transient ListState<Lane> lanes;
  private transient Sequencer sequencer;
  private transient PartitionMerge merge;
  private transient ValueState<IdSpan> idSpan;
  private transient RecentIds recentIds;
  private transient Counter duplicates;

  SequenceOperator(JobPlan plan) {
    specYaml = plan.specYaml();
    partitions = plan.partitions();
  }

  @Override
  public void open() throws Exception {
    super.open();
    ModelSpec spec = ModelSpecs.parse(specYaml);
    order = spec.order();
    id = spec.event().id().orElse(null);
    var states = getKeyedStateStore();
    sequences =
        states.getState(
            new ValueStateDescriptor<>("sequences", TypeInformation.of(Sequences.class)));
    lanes = states.getListState(new ListStateDescriptor<>("lanes", TypeInformation.of(Lane.class)));
    MapState<Tuple2<Integer, Long>, Event> queue =
        states.getMapState(
            new MapStateDescriptor<>(
                "queue", Types.TUPLE(Types.INT, Types.LONG), TypeInformation.of(Event.class)));
    idSpan =
        states.getState(new ValueStateDescriptor<>("id-span", TypeInformation.of(IdSpan.class)));
    MapState<String, Long> ids =
        states.getMapState(new MapStateDescriptor<>("ids", Types.STRING, Types.LONG));
    MapState<Long, String> idsInOrder =
        states.getMapState(new MapStateDescriptor<>("ids-in-order", Types.LONG, Types.STRING));
    setCurrentKey(KEY);
    Sequences stand = sequences.value();
    sequencer = new Sequencer(stand == null ? Sequences.none() : stand, spec.vocabulary());
    Iterable<Lane> known = lanes.get();
    merge =
        new PartitionMerge(
            new StateQueue(queue),
            aligned(
                new KeptFields(specYaml, states.getState(KeptFields.DESCRIPTOR)),
                known == null ? List.of() : known,
                queue));
    if (order == EventOrder.TIME) {
      merge.awaitPartitions(partitions);
    }
    if (id != null) {
      IdSpan kept = idSpan.value();
      recentIds =
          new RecentIds(
              new StateMemory(ids, idsInOrder),
              id.within().toMillis(),
              kept == null ? IdSpan.none() : kept);
    }
    duplicates = getMetricGroup().counter("duplicates");
  }

  /** The lanes, and the queue behind them, with events of the job's spec. */
  private static Iterable<Lane> aligned(
      KeptFields kept, Iterable<Lane> lanes, MapState<Tuple2<Integer, Long>, Event> queue)
      throws Exception {
    Optional<FieldMapping> mapping = kept.align().filter(change -> !change.keepsEvents());
    if (mapping.isEmpty()) {
      return lanes;
    }
    Map<Tuple2<Integer, Long>, Event> waiting = new HashMap<>();
    for (Map.Entry<Tuple2<Integer, Long>, Event> event : queue.entries()) {
      waiting.put(event.getKey(), mapping.get().carried(event.getValue()));
    }
    queue.putAll(waiting);
    List<Lane> carried = new ArrayList<>();
    for (Lane lane : lanes) {
      carried.add(lane.head() == null ? lane : lane.withHead(mapping.get().carried(lane.head())));
    }
    return carried;
  }

  @Override
  public void processElement(StreamRecord<Event> event) throws Exception {
    merge.add(event.getValue());
    switch (order) {
      case TIME -> {
        for (Event next = merge.next(); next != null; next = merge.next()) {
          send(next);
        }
      }
      case ARRIVAL -> sendRest();
    }
  }

  @Override
  public void endInput() throws Exception {
    setCurrentKey(KEY);
    sendRest();
  }

  private void sendRest() throws Exception {
    for (Event next = merge.nextWaiting(); next != null; next = merge.nextWaiting()) {
      send(next);
    }
  }

  private void send(Event event) throws Exception {
    long age = id == null ? RecentIds.NEW : recentIds.take(event.id(), event.time());
    if (age != RecentIds.NEW) {
      output.collect(DeadLetters.TAG, new StreamRecord<>(DeadLetter.duplicate(event, id, age)));
      duplicates.inc();
      return;
    }
    for (SequencedEvent next : sequencer.next(event)) {
      output.collect(new StreamRecord<>(next));
    }
  }

  /** Flink calls this before it snapshots the keyed state, so what is written here is in it. */
  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    setCurrentKey(KEY);
    sequences.update(sequencer.sequences());
    lanes.update(List.copyOf(merge.lanes()));
    if (id != null) {
      idSpan.update(recentIds.kept());
    }
  }

  private record StateMemory(MapState<String, Long> times, MapState<Long, String> order)
      implements RecentIds.Memory {

    @Override
    public void put(long position, RecentIds.Taken taken) throws Exception {
      times.put(taken.id(), taken.time());
      order.put(position, taken.id());
    }

    @Override
    public RecentIds.Taken at(long position) throws Exception {
      String id = order.get(position);
      return new RecentIds.Taken(id, times.get(id));
    }

    @Override
    public Long timeOf(String id) throws Exception {
      return times.get(id);
    }

    @Override
    public void remove(long position, String id) throws Exception {
      times.remove(id);
      order.remove(position);
    }
  }

  private record StateQueue(MapState<Tuple2<Integer, Long>, Event> events)
      implements PartitionMerge.Queue {

    @Override
    public void put(int partition, long position, Event event) throws Exception {
      events.put(Tuple2.of(partition, position), event);
    }

    @Override
    public Event take(int partition, long position) throws Exception {
      Tuple2<Integer, Long> place = Tuple2.of(partition, position);
      Event event = events.get(place);
      events.remove(place);
      return event;
    }
  }
}
