package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.towerflow.connectors.codec.EventDecoder;
import io.towerflow.message.Event;
import io.towerflow.message.RawRecord;
import io.towerflow.spec.EventOrder;
import io.towerflow.spec.ModelSpecs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrderBenchmarkTest {

  @Test
  void everyEventComesThroughInBothOrdersAndByTimeBlocksWait(@TempDir Path directory)
      throws Exception {
    Told told = new Told(Integer.MAX_VALUE);

    OrderCosts costs = OrderBenchmark.run(plan(3, 6_000, 1), directory, told).orElseThrow();

    assertThat(costs.partitions()).isEqualTo(3);
    for (EventOrder order : EventOrder.values()) {
      assertThat(costs.rounds(order)).hasSize(1);
      for (OrderCosts.Round round : costs.rounds(order)) {
        assertThat(round.events()).isEqualTo(6_000);
        assertThat(round.seconds()).isPositive();
        assertThat(round.checkpoints()).as("the last one of a job that ends").isPositive();
      }
    }
    assertThat(costs.mostHeld(EventOrder.ARRIVAL)).isZero();
    // 500 of the first and 500 of the second partition are there before any of the third; in later
    // turns at most one of each of two partitions is left over.
    assertThat(costs.mostHeld(EventOrder.TIME)).isBetween(1_000L, 1_002L);
    // None to 1000 over the first two of three blocks, 1000 to none over the last: 500.
    assertThat(costs.meanHeld(EventOrder.TIME)).isCloseTo(500, within(5.));
    // One round of each order to warm up, then one that counts.
    assertThat(told.progress)
        .containsExactly("rounds 0/4", "rounds 1/4", "rounds 2/4", "rounds 3/4");
  }

  @Test
  void itStopsWhenItIsToldTo(@TempDir Path directory) throws Exception {
    assertThat(OrderBenchmark.run(plan(1, 1_000, 100), directory, new Told(2))).isEmpty();
  }

  @Test
  void ratingsComeInBlocksOfAPartitionAndTimeRisesWithin() throws Exception {
    EventDecoder decoder = new EventDecoder(ModelSpecs.load("online").event());
    List<Event> events = new ArrayList<>();
    for (RawRecord each : records(7)) {
      events.add(decoder.decode(each));
    }

    assertThat(events)
        .extracting(event -> event.record().partition() + ":" + event.record().offset())
        .containsExactly("0:0", "0:1", "0:2", "1:0", "1:1", "1:2", "0:3", "0:4", "0:5", "1:3");
    assertThat(events)
        .extracting(event -> (event.time() - 1_600_000_000_000L) / 1_000)
        .as("each offset has a second of its own")
        .containsExactly(0L, 1L, 2L, 0L, 1L, 2L, 3L, 4L, 5L, 3L);
    assertThat(events)
        .allSatisfy(
            event -> {
              assertThat(event.value()).isBetween(1., 5.);
              assertThat(event.texts()).containsExactly("Movie %s (1995)".formatted(event.item()));
            });
    assertThat(records(7)).usingRecursiveComparison().isEqualTo(records(7));
    assertThat(records(8).get(0).value()).isNotEqualTo(records(7).get(0).value());
  }

  @Test
  void whatIsHeldIsCountedAsEventsCome() {
    OrderProbe probe = new OrderProbe(4);
    probe.comes(); // finds none
    probe.comes(); // finds 1
    probe.comes(); // finds 2
    probe.leaves();
    probe.leaves();
    probe.comes(); // finds 1
    probe.leaves();
    probe.leaves();

    OrderCosts.Round round = probe.round(5);

    assertThat(round.events()).isEqualTo(4);
    assertThat(round.mostHeld()).isEqualTo(2);
    assertThat(round.meanHeld()).isEqualTo((0 + 1 + 2 + 1) / 4.);
    assertThat(round.checkpoints()).isEqualTo(5);
  }

  @Test
  void anEventThatIsLostOrComesTwiceSpoilsTheFigures() {
    OrderProbe lost = new OrderProbe(2);
    lost.comes();
    lost.comes();
    lost.leaves();
    assertThatThrownBy(() -> lost.round(0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Of 2 events 2 came to be put in order and 1 left");

    OrderProbe twice = new OrderProbe(1);
    twice.comes();
    twice.leaves();
    twice.leaves();
    assertThatThrownBy(() -> twice.round(0))
        .hasMessageContaining("Of 1 events 1 came to be put in order and 2 left");
  }

  @Test
  void theRatioIsThatOfTheMedians() {
    // 100, 200 and 400 events/s; 40 and 80.
    OrderCosts costs =
        new OrderCosts(
            4,
            List.of(round(4, 0, 0), round(1, 0, 0), round(2, 0, 0)),
            List.of(round(10, 7, 3), round(5, 6, 4)));

    assertThat(costs.eventsPerSecond(EventOrder.ARRIVAL)).isEqualTo(200);
    assertThat(costs.eventsPerSecond(EventOrder.TIME)).isEqualTo((40 + 80) / 2.);
    assertThat(costs.ratio(EventOrder.TIME)).isEqualTo(60 / 200.);
    assertThat(costs.ratio(EventOrder.ARRIVAL)).isEqualTo(1);
    assertThat(costs.mostHeld(EventOrder.TIME)).isEqualTo(7);
    assertThat(costs.meanHeld(EventOrder.TIME)).isEqualTo((3 + 4) / 2.);
  }

  private static OrderCosts.Round round(double seconds, long mostHeld, double meanHeld) {
    return new OrderCosts.Round(400, seconds, mostHeld, meanHeld, 1);
  }

  private static OrderBenchmark.Plan plan(int partitions, long events, int rounds) {
    return new OrderBenchmark.Plan(
        partitions, events, rounds, 500, 42, Duration.ofMillis(100), Map.of());
  }

  /** Ten records of two partitions, three at a time. */
  private static List<RawRecord> records(long seed) {
    PolledRatings ratings = new PolledRatings(2, 3, seed);
    return LongStream.range(0, 10).mapToObj(ratings::map).toList();
  }

  /** Notes what it is told, and has enough of it at some time. */
  private static final class Told implements BenchmarkWatcher {
    private final List<String> progress = new ArrayList<>();
    private final int enough;

    Told(int enough) {
      this.enough = enough;
    }

    @Override
    public void progress(String what, long done, long all) {
      progress.add("%s %d/%d".formatted(what, done, all));
    }

    @Override
    public boolean isStopping() {
      return progress.size() >= enough;
    }
  }
}
