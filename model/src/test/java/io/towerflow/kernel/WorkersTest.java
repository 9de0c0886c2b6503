package io.towerflow.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkersTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void everyIndexIsInOneRange(int threads) {
    try (Workers workers = new Workers(threads, 0)) {
      for (int grain : new int[] {1, 2, 7}) {
        for (int n = 0; n < 70; n++) {
          AtomicIntegerArray times = new AtomicIntegerArray(n);
          workers.run(
              n,
              grain,
              1,
              (from, to) -> {
                assertThat(from % grain).isZero();
                for (int i = from; i < to; i++) {
                  times.incrementAndGet(i);
                }
              });
          for (int i = 0; i < n; i++) {
            assertThat(times.get(i)).as("index %s of %s", i, n).isEqualTo(1);
          }
        }
      }
    }
  }

  @Test
  void rangesRunAtOnce() {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    CountDownLatch both = new CountDownLatch(2);
    try (Workers workers = new Workers(2, 0)) {
      workers.run(
          2,
          1,
          1,
          (from, to) -> {
            threads.add(Thread.currentThread());
            both.countDown();
            await(both); // for ever, if one thread ran both
          });
    }
    assertThat(threads).hasSize(2).contains(Thread.currentThread());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aSmallLoopIsTheCallersAlone() {
    try (Workers workers = new Workers(2, 1000)) {
      workers.run(
          50,
          1000,
          (from, to) -> {
            assertThat(Thread.currentThread().getName()).doesNotStartWith("arithmetic");
            assertThat(to - from).isEqualTo(50);
          });
    }
  }

  @Test
  void whatARangeThrowsIsThrownOnceAllAreDone() {
    AtomicIntegerArray times = new AtomicIntegerArray(40);
    try (Workers workers = new Workers(2, 0)) {
      assertThatThrownBy(
              () ->
                  workers.run(
                      40,
                      1,
                      (from, to) -> {
                        for (int i = from; i < to; i++) {
                          times.incrementAndGet(i);
                        }
                        if (from <= 17 && 17 < to) {
                          throw new IllegalStateException("at 17");
                        }
                      }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("at 17");
      for (int i = 0; i < 40; i++) {
        assertThat(times.get(i)).isEqualTo(1);
      }
      workers.run(40, 1, (from, to) -> times.addAndGet(from, 1)); // and goes on
    }
  }

  @Test
  void threadsEndWhenTheyAreNoLongerNeeded() {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    CountDownLatch both = new CountDownLatch(2);
    Workers workers = new Workers(2, 0);
    workers.run(
        2,
        1,
        1,
        (from, to) -> {
          threads.add(Thread.currentThread());
          both.countDown();
          await(both);
        });

    workers.close();

    threads.remove(Thread.currentThread());
    assertThat(threads).allMatch(thread -> !thread.isAlive());
    workers.run(10, 1, (from, to) -> threads.add(Thread.currentThread()));
    assertThat(threads).contains(Thread.currentThread());
  }

  @Test
  void somebodyHasToCompute() {
    assertThatThrownBy(() -> new Workers(0)).hasMessageContaining("not 0 threads");
  }
}
