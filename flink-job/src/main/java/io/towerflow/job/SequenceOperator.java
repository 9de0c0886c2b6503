package io.towerflow.job;

import io.towerflow.message.Event;
import io.towerflow.spec.EventOrder;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Decides the order of all events, once: whatever comes after it is a function of the numbers that
 * it gives. One subtask; all events come under {@link #KEY}.
 *
 * <p>An operator of its own and not a function, because where it stands is written at a snapshot.
 */
final class SequenceOperator extends AbstractStreamOperator<SequencedEvent>
    implements OneInputStreamOperator<Event, SequencedEvent>, BoundedOneInput {

  /** The key of every event. */
  static final int KEY = ShardKeys.key(0);

  private final EventOrder order;
  private final int partitions;

  private transient ValueState<Sequences> sequences;
  private transient ListState<Lane> lanes;
  private transient Sequencer sequencer;
  private transient PartitionMerge merge;

  /**
   * @param partitions how many partitions the topic has; only read where they are merged by time
   */
  SequenceOperator(EventOrder order, int partitions) {
    this.order = order;
    this.partitions = partitions;
  }

  @Override
  public void open() throws Exception {
    super.open();
    var states = getKeyedStateStore();
    sequences =
        states.getState(
            new ValueStateDescriptor<>("sequences", TypeInformation.of(Sequences.class)));
    lanes = states.getListState(new ListStateDescriptor<>("lanes", TypeInformation.of(Lane.class)));
    MapState<Tuple2<Integer, Long>, Event> queue =
        states.getMapState(
            new MapStateDescriptor<>(
                "queue", Types.TUPLE(Types.INT, Types.LONG), TypeInformation.of(Event.class)));
    setCurrentKey(KEY);
    Sequences stand = sequences.value();
    sequencer = new Sequencer(stand == null ? Sequences.none() : stand);
    Iterable<Lane> known = lanes.get();
    merge = new PartitionMerge(new StateQueue(queue), known == null ? List.of() : known);
    if (order == EventOrder.TIME) {
      merge.awaitPartitions(partitions);
    }
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

  private void send(Event event) {
    output.collect(new StreamRecord<>(sequencer.next(event)));
  }

  /** Flink calls this before it snapshots the keyed state, so what is written here is in it. */
  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    setCurrentKey(KEY);
    sequences.update(sequencer.sequences());
    lanes.update(List.copyOf(merge.lanes()));
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
