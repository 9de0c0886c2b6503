package io.towerflow.job;

import io.towerflow.message.Event;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;

/**
 * What the benchmark of the order knows of its job: it stands on both sides of the merge, in its
 * thread, and sees what comes and what leaves. Read once the job has ended.
 */
final class OrderProbe {

  static final Probes<OrderProbe> ALL = new Probes<>();

  private final long events;
  private long came;
  private long left;
  private long mostHeld;
  private long sumOfHeld;
  private long firstCame;
  private long lastLeft;

  /**
   * @param events how many are to come, and to leave
   */
  OrderProbe(long events) {
    this.events = events;
  }

  /** Notes that an event comes. */
  void comes() {
    if (came == 0) {
      firstCame = System.nanoTime();
    }
    long held = came - left;
    mostHeld = Math.max(mostHeld, held);
    sumOfHeld += held;
    came++;
  }

  /** Notes that an event has left. */
  void leaves() {
    left++;
    if (left == events) {
      lastLeft = System.nanoTime();
    }
  }

  /**
   * What was seen.
   *
   * @param checkpoints of the job
   * @throws IllegalStateException if not every event came and left once
   */
  OrderCosts.Round round(long checkpoints) {
    if (came != events || left != events) {
      throw new IllegalStateException(
          "Of %,d events %,d came to be put in order and %,d left: the figures would be wrong"
              .formatted(events, came, left));
    }
    return new OrderCosts.Round(
        events, (lastLeft - firstCame) / 1e9, mostHeld, (double) sumOfHeld / events, checkpoints);
  }

  /** Stands before the merge. */
  static final class Before extends RichMapFunction<Event, Event> {
    private final String name;
    private transient OrderProbe probe;

    Before(String name) {
      this.name = name;
    }

    @Override
    public void open(OpenContext context) {
      probe = ALL.named(name);
    }

    @Override
    public Event map(Event event) {
      probe.comes();
      return event;
    }
  }

  /** Stands behind the merge; there are no ticks, since no id leaves. */
  static final class After extends RichMapFunction<SequencedEvent, SequencedEvent> {
    private final String name;
    private transient OrderProbe probe;

    After(String name) {
      this.name = name;
    }

    @Override
    public void open(OpenContext context) {
      probe = ALL.named(name);
    }

    @Override
    public SequencedEvent map(SequencedEvent event) {
      probe.leaves();
      return event;
    }
  }
}
