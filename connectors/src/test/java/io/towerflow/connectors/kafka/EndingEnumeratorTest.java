package io.towerflow.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.metrics.groups.SplitEnumeratorMetricGroup;
import org.junit.jupiter.api.Test;

class EndingEnumeratorTest {

  private final Readers readers = new Readers();

  @Test
  void readersHearOfTheEndOnceTheSearchHasFoundNothingNew() throws Exception {
    EndingEnumerator<Partition, Void> restored = restored(false);
    restored.start();
    readers.register(restored, 0);
    readers.register(restored, 1);
    assertThat(readers.told).as("before the search is over").isEmpty();

    readers.runNext();
    assertThat(readers.told).containsExactly(0, 1);
  }

  @Test
  void aReaderThatComesLaterOrAgainHearsOfItAtOnce() throws Exception {
    EndingEnumerator<Partition, Void> restored = restored(false);
    restored.start();
    readers.runNext();
    assertThat(readers.told).as("where there are no readers yet").isEmpty();

    readers.register(restored, 0);
    readers.register(restored, 0);
    assertThat(readers.told).containsExactly(0, 0);
  }

  @Test
  void whereThereIsSomethingNewTheEnumeratorItselfTellsThem() throws Exception {
    EndingEnumerator<Partition, Void> restored = restored(true);
    restored.start();
    readers.register(restored, 0);
    readers.runNext();
    readers.runNext();
    readers.register(restored, 1);

    assertThat(readers.told).as("by the wrapper").isEmpty();
  }

  private EndingEnumerator<Partition, Void> restored(boolean somethingNew) throws Exception {
    return new EndingEnumerator<>(readers, context -> new Search(context, somethingNew));
  }

  private record Partition(String splitId) implements SourceSplit {}

  /** Searches as Kafka's enumerator does: a second call follows only where there is news. */
  private record Search(SplitEnumeratorContext<Partition> context, boolean somethingNew)
      implements SplitEnumerator<Partition, Void> {

    @Override
    public void start() {
      context.callAsync(
          () -> "partitions",
          (found, error) -> {
            if (somethingNew) {
              context.callAsync(() -> "offsets", (offsets, late) -> {});
            }
          });
    }

    @Override
    public void handleSplitRequest(int subtask, String host) {}

    @Override
    public void addSplitsBack(List<Partition> splits, int subtask) {}

    @Override
    public void addReader(int subtask) {}

    @Override
    public Void snapshotState(long checkpoint) {
      return null;
    }

    @Override
    public void close() {}
  }

  /** Keeps asynchronous calls until they are run, and notes who was told that no more will come. */
  private static final class Readers implements SplitEnumeratorContext<Partition> {
    private final Queue<Runnable> calls = new ArrayDeque<>();
    private final Map<Integer, ReaderInfo> registered = new TreeMap<>();
    private final List<Integer> told = new ArrayList<>();

    void register(SplitEnumerator<Partition, Void> enumerator, int subtask) {
      registered.put(subtask, new ReaderInfo(subtask, "here"));
      enumerator.addReader(subtask);
    }

    void runNext() {
      calls.remove().run();
    }

    @Override
    public <T> void callAsync(Callable<T> callable, BiConsumer<T, Throwable> handler) {
      calls.add(
          () -> {
            try {
              handler.accept(callable.call(), null);
            } catch (Exception e) {
              throw new AssertionError(e);
            }
          });
    }

    @Override
    public <T> void callAsync(
        Callable<T> callable, BiConsumer<T, Throwable> handler, long delay, long period) {
      throw new UnsupportedOperationException("a bounded source searches once");
    }

    @Override
    public void signalNoMoreSplits(int subtask) {
      told.add(subtask);
    }

    @Override
    public Map<Integer, ReaderInfo> registeredReaders() {
      return registered;
    }

    @Override
    public SplitEnumeratorMetricGroup metricGroup() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void sendEventToSourceReader(int subtask, SourceEvent event) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int currentParallelism() {
      return 2;
    }

    @Override
    public void assignSplits(SplitsAssignment<Partition> assignment) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void runInCoordinatorThread(Runnable runnable) {
      runnable.run();
    }
  }
}
