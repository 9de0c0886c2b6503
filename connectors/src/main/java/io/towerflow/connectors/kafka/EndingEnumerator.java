package io.towerflow.connectors.kafka;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.metrics.groups.SplitEnumeratorMetricGroup;

/**
 * The enumerator of a bounded source that is restored. Kafka's looks for partitions once, and where
 * it finds none but those that it knows from the checkpoint it forgets to tell the readers that no
 * more will come; they would wait for ever (FLINK-31006). This one tells them in its place.
 *
 * <p>What it finds is told in two steps: a search, and if there is something new, a second call
 * that is begun by the end of the first. So a first call that begins no other has found nothing.
 */
final class EndingEnumerator<SplitT extends SourceSplit, StateT>
    implements SplitEnumerator<SplitT, StateT> {

  private final SplitEnumeratorContext<SplitT> context;
  private final SplitEnumerator<SplitT, StateT> enumerator;

  /** Set once it is known that no more splits will come and the enumerator does not say so. */
  private boolean complete;

  /** Makes an enumerator that works in a context. */
  @FunctionalInterface
  interface Restoring<SplitT extends SourceSplit, StateT> {
    SplitEnumerator<SplitT, StateT> in(SplitEnumeratorContext<SplitT> context) throws Exception;
  }

  EndingEnumerator(SplitEnumeratorContext<SplitT> context, Restoring<SplitT, StateT> restoring)
      throws Exception {
    this.context = context;
    this.enumerator = restoring.in(new Watched());
  }

  @Override
  public void start() {
    enumerator.start();
  }

  @Override
  public void handleSplitRequest(int subtask, String host) {
    enumerator.handleSplitRequest(subtask, host);
  }

  @Override
  public void addSplitsBack(List<SplitT> splits, int subtask) {
    enumerator.addSplitsBack(splits, subtask);
  }

  @Override
  public void addReader(int subtask) {
    enumerator.addReader(subtask);
    if (complete) {
      context.signalNoMoreSplits(subtask);
    }
  }

  @Override
  public StateT snapshotState(long checkpoint) throws Exception {
    return enumerator.snapshotState(checkpoint);
  }

  @Override
  public void notifyCheckpointComplete(long checkpoint) throws Exception {
    enumerator.notifyCheckpointComplete(checkpoint);
  }

  @Override
  public void notifyCheckpointAborted(long checkpoint) throws Exception {
    enumerator.notifyCheckpointAborted(checkpoint);
  }

  @Override
  public void handleSourceEvent(int subtask, SourceEvent event) {
    enumerator.handleSourceEvent(subtask, event);
  }

  @Override
  public void close() throws IOException {
    enumerator.close();
  }

  private void nothingNew() {
    complete = true;
    context.registeredReaders().keySet().forEach(context::signalNoMoreSplits);
  }

  /** The context as it is, but that the first call is watched. */
  private final class Watched implements SplitEnumeratorContext<SplitT> {

    private int calls;

    @Override
    public <T> void callAsync(Callable<T> callable, BiConsumer<T, Throwable> handler) {
      if (++calls > 1) {
        context.callAsync(callable, handler);
        return;
      }
      context.callAsync(
          callable,
          (T found, Throwable error) -> {
            handler.accept(found, error);
            if (calls == 1) {
              nothingNew();
            }
          });
    }

    @Override
    public <T> void callAsync(
        Callable<T> callable, BiConsumer<T, Throwable> handler, long delay, long period) {
      context.callAsync(callable, handler, delay, period);
    }

    @Override
    public SplitEnumeratorMetricGroup metricGroup() {
      return context.metricGroup();
    }

    @Override
    public void sendEventToSourceReader(int subtask, SourceEvent event) {
      context.sendEventToSourceReader(subtask, event);
    }

    @Override
    public int currentParallelism() {
      return context.currentParallelism();
    }

    @Override
    public Map<Integer, ReaderInfo> registeredReaders() {
      return context.registeredReaders();
    }

    @Override
    public void assignSplits(SplitsAssignment<SplitT> assignment) {
      context.assignSplits(assignment);
    }

    @Override
    public void signalNoMoreSplits(int subtask) {
      context.signalNoMoreSplits(subtask);
    }

    @Override
    public void runInCoordinatorThread(Runnable runnable) {
      context.runInCoordinatorThread(runnable);
    }
  }
}
