package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.towerflow.message.Attributes;
import io.towerflow.message.Event;
import io.towerflow.message.RawRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Events are written as partition:time. */
class PartitionMergeTest {

  private static final class HeapQueue implements PartitionMerge.Queue {

    private final Map<String, Event> events = new HashMap<>();

    @Override
    public void put(int partition, long position, Event event) {
      assertThat(events.put(partition + "@" + position, event)).as("overwritten").isNull();
    }

    @Override
    public Event take(int partition, long position) {
      return events.remove(partition + "@" + position);
    }
  }

  private final HeapQueue queue = new HeapQueue();
  private PartitionMerge merge = new PartitionMerge(queue, List.of());

  @Test
  void onePartitionWaitsForNobody() throws Exception {
    merge.awaitPartitions(1);
    assertThat(add("0:5")).containsExactly("0:5");
    assertThat(add("0:7")).containsExactly("0:7");
    assertThat(add("0:6")).as("late, and yet not held back").containsExactly("0:6");
  }

  @Test
  void nothingLeavesUntilEveryPartitionHasBeenHeardOf() throws Exception {
    merge.awaitPartitions(3);
    assertThat(add("0:1")).isEmpty();
    assertThat(add("0:9")).isEmpty();
    assertThat(add("2:3")).isEmpty();
    assertThat(add("1:2"))
        .as("after 1:2 partition 1 might still bring another 2")
        .containsExactly("0:1", "1:2");
    assertThat(add("1:4")).containsExactly("2:3");
  }

  @Test
  void ofEqualTimesTheSmallerPartitionGoesFirst() throws Exception {
    merge.awaitPartitions(2);
    assertThat(add("1:5")).isEmpty();
    assertThat(add("0:5")).as("partition 0 might bring another 5").containsExactly("0:5");
    assertThat(add("0:5")).containsExactly("0:5");
    assertThat(add("0:6")).as("0:6 waits: partition 1 stands at 5").containsExactly("1:5");
    assertThat(add("1:6")).as("of the two sixes 0's is first").containsExactly("0:6");
  }

  @Test
  void aLateEventStandsWhereItsPartitionStood() throws Exception {
    merge.awaitPartitions(2);
    add("0:10");
    add("0:2"); // stands at 10
    add("0:11");
    assertThat(add("1:4")).containsExactly("1:4");
    assertThat(add("1:12")).containsExactly("0:10", "0:2", "0:11");
  }

  @Test
  void theRestLeavesInTheSameOrder() throws Exception {
    merge.awaitPartitions(3);
    add("0:3");
    add("0:1"); // stands at 3
    add("2:2");
    add("2:4");
    assertThat(rest()).containsExactly("2:2", "0:3", "0:1", "2:4");
    assertThat(queue.events).isEmpty();
  }

  @Test
  void whoeverDoesNotAwaitPartitionsTakesThemAsTheyCome() throws Exception {
    merge.add(event("4:9", 0));
    assertThat(rest()).containsExactly("4:9");
    merge.add(event("1:2", 0));
    assertThat(rest()).containsExactly("1:2");
  }

  @Test
  void aPartitionThatWasAddedLaterIsAFault() {
    merge.awaitPartitions(2);
    assertThatThrownBy(() -> add("2:1"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "Partition 2 was added after the job began to merge 2 by time: start it again from its"
                + " last checkpoint");
  }

  @Test
  void theOrderIsTheSameHoweverPartitionsAreReadAndWhereverItIsInterrupted() throws Exception {
    Random random = new Random(5);
    List<List<String>> partitions = new ArrayList<>();
    for (int p = 0; p < 4; p++) {
      List<String> events = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        events.add(p + ":" + (i + random.nextInt(10)));
      }
      partitions.add(events);
    }

    List<String> expected = sorted(partitions);
    for (int run = 0; run < 20; run++) {
      merge = new PartitionMerge(queue, List.of());
      merge.awaitPartitions(4);
      int[] next = new int[4];
      List<String> order = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        int p = random.nextInt(4);
        while (next[p] == 50) {
          p = (p + 1) % 4;
        }
        order.addAll(add(partitions.get(p).get(next[p])));
        next[p]++;
        if (random.nextInt(20) == 0) {
          merge = new PartitionMerge(queue, List.copyOf(merge.lanes()));
          merge.awaitPartitions(4);
        }
      }
      order.addAll(rest());
      assertThat(order).as("run %d", run).isEqualTo(expected);
    }
  }

  /** The definition: sorted by the latest time in the partition until then, partition, offset. */
  private static List<String> sorted(List<List<String>> partitions) {
    record Place(long time, int partition, int offset) {}
    Map<Place, String> places = new HashMap<>();
    for (int p = 0; p < partitions.size(); p++) {
      long latest = Long.MIN_VALUE;
      for (int offset = 0; offset < partitions.get(p).size(); offset++) {
        String event = partitions.get(p).get(offset);
        latest = Math.max(latest, event(event, offset).time());
        places.put(new Place(latest, p, offset), event);
      }
    }
    return places.entrySet().stream()
        .sorted(
            Map.Entry.comparingByKey(
                Comparator.comparingLong(Place::time)
                    .thenComparingInt(Place::partition)
                    .thenComparingInt(Place::offset)))
        .map(Map.Entry::getValue)
        .toList();
  }

  private List<String> add(String event) throws Exception {
    merge.add(event(event, 0));
    List<String> left = new ArrayList<>();
    for (Event next = merge.next(); next != null; next = merge.next()) {
      left.add(written(next));
    }
    return left;
  }

  private List<String> rest() throws Exception {
    List<String> left = new ArrayList<>();
    for (Event next = merge.nextWaiting(); next != null; next = merge.nextWaiting()) {
      left.add(written(next));
    }
    return left;
  }

  private static Event event(String written, long offset) {
    String[] parts = written.split(":", -1);
    return new Event(
        "u",
        "i",
        Long.parseLong(parts[1]),
        Double.NaN,
        1,
        true,
        new String[0],
        Attributes.NONE,
        Attributes.NONE,
        "",
        RawRecord.at("ratings", Integer.parseInt(parts[0]), offset));
  }

  private static String written(Event event) {
    return event.record().partition() + ":" + event.time();
  }
}
