package io.towerflow.job;

import io.towerflow.spec.EventOrder;
import java.util.List;

/**
 * What it costs to take the events of so many partitions by time, beside taking them as they
 * arrive.
 *
 * @param partitions partitions of the topic
 * @param arrival rounds by arrival, in the order in which they were run
 * @param time rounds by time; each followed one of {@code arrival}
 */
public record OrderCosts(int partitions, List<Round> arrival, List<Round> time) {

  /**
   * One job over all events.
   *
   * @param events how many came in order, each once
   * @param seconds from the first that came to the merge to the last that left it
   * @param mostHeld of the events that came, how many waited at most when another came
   * @param meanHeld how many did on average
   * @param checkpoints checkpoints that the job completed, the one at its end included
   */
  public record Round(
      long events, double seconds, long mostHeld, double meanHeld, long checkpoints) {

    public double eventsPerSecond() {
      return events / seconds;
    }
  }

  /** The rounds of an order. */
  public List<Round> rounds(EventOrder order) {
    return switch (order) {
      case ARRIVAL -> arrival;
      case TIME -> time;
    };
  }

  /** The median over the rounds; of an even number the mean of the middle two. */
  public double eventsPerSecond(EventOrder order) {
    return Medians.of(rounds(order).stream().mapToDouble(Round::eventsPerSecond));
  }

  /** The median of an order in that by arrival: 0.5 is half as fast. */
  public double ratio(EventOrder order) {
    return eventsPerSecond(order) / eventsPerSecond(EventOrder.ARRIVAL);
  }

  /** How many events waited at most, over the rounds. */
  public long mostHeld(EventOrder order) {
    return rounds(order).stream().mapToLong(Round::mostHeld).max().orElseThrow();
  }

  /** How many events waited on average, over the rounds. */
  public double meanHeld(EventOrder order) {
    return rounds(order).stream().mapToDouble(Round::meanHeld).average().orElseThrow();
  }
}
