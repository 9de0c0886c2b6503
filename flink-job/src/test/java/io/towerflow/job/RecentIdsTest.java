package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecentIdsTest {

  private static final class HeapMemory implements RecentIds.Memory {

    private final Map<Long, RecentIds.Taken> inOrder = new HashMap<>();
    private final Map<String, Long> times = new HashMap<>();

    @Override
    public void put(long position, RecentIds.Taken taken) {
      inOrder.put(position, taken);
      times.put(taken.id(), taken.time());
    }

    @Override
    public RecentIds.Taken at(long position) {
      return inOrder.get(position);
    }

    @Override
    public Long timeOf(String id) {
      return times.get(id);
    }

    @Override
    public void remove(long position, String id) {
      inOrder.remove(position);
      times.remove(id);
    }
  }

  private final HeapMemory memory = new HeapMemory();
  private RecentIds ids = new RecentIds(memory, 100, IdSpan.none());

  @Test
  void anIdIsKnownUntilTheSpanHasPassed() throws Exception {
    assertThat(ids.take("a", 1_000)).isEqualTo(RecentIds.NEW);
    assertThat(ids.take("a", 1_000)).isZero();
    assertThat(ids.take("a", 1_099)).isEqualTo(99);
    assertThat(ids.take("a", 1_100)).isEqualTo(RecentIds.NEW);
  }

  @Test
  void aDuplicateDoesNotMakeAnIdKnownForLonger() throws Exception {
    ids.take("a", 0);
    assertThat(ids.take("a", 60)).isEqualTo(60);
    assertThat(ids.take("a", 120)).as("120 after the one that was taken").isEqualTo(RecentIds.NEW);
  }

  @Test
  void aLateEventCountsAsTheLatestSoFar() throws Exception {
    ids.take("a", 1_000);
    assertThat(ids.take("b", 5)).isEqualTo(RecentIds.NEW);
    assertThat(ids.take("b", 1_099)).as("b was taken at 1000").isEqualTo(99);
    assertThat(ids.take("a", 7)).as("the time is 1099 still").isEqualTo(99);
  }

  @Test
  void noMoreIsKeptThanTheSpanHolds() throws Exception {
    for (int i = 0; i < 1_000; i++) {
      ids.take("id-" + i, 10L * i);
      // An id is taken every 10 ms, so 100 ms hold the last ten.
      assertThat(memory.times).hasSize(Math.min(i + 1, 10));
      assertThat(memory.inOrder).hasSameSizeAs(memory.times);
    }
    ids.take("much later", 1_000_000);
    assertThat(memory.times).containsOnlyKeys("much later");
  }

  @Test
  void itGoesOnFromWhatIsKept() throws Exception {
    ids.take("a", 0);
    ids.take("b", 50);
    ids = new RecentIds(memory, 100, ids.kept());

    assertThat(ids.take("b", 1)).as("the time is 50").isZero();
    assertThat(ids.take("c", 100)).as("a is forgotten").isEqualTo(RecentIds.NEW);
    assertThat(memory.times).containsOnlyKeys("b", "c");
    assertThat(ids.take("a", 149)).isEqualTo(RecentIds.NEW);
    assertThat(ids.take("b", 149)).isEqualTo(99);
  }

  @Test
  void aShorterSpanForgetsAtOnceWhatALongerOneKept() throws Exception {
    ids.take("a", 0);
    ids.take("b", 90);
    ids = new RecentIds(memory, 20, ids.kept());

    assertThat(ids.take("a", 90)).isEqualTo(RecentIds.NEW);
    assertThat(ids.take("b", 90)).isZero();
  }
}
