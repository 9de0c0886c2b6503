package io.towerflow.learn;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;

/** Does work beside its caller, on a thread of its own; without one, when the result is asked. */
final class Aside implements AutoCloseable {

  private final ExecutorService thread;

  private Aside(ExecutorService thread) {
    this.thread = thread;
  }

  /** With a thread of its own where there may be more than one. */
  static Aside of(int threads, String name) {
    if (threads < 2) {
      return new Aside(null);
    }
    return new Aside(
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            }));
  }

  /** Begins work whose result will be asked for once. */
  <T> Work<T> begin(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    if (thread != null) {
      thread.execute(task);
    }
    return new Work<>(task, thread == null);
  }

  /**
   * Work that was begun.
   *
   * @param task the work
   * @param isOwn whether whoever asks for the result does the work
   */
  record Work<T>(FutureTask<T> task, boolean isOwn) {

    /** Waits for the result; throws what the work threw. */
    T result() {
      if (isOwn) {
        task.run();
      }
      try {
        return task.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("Interrupted while a batch was scored", e);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException thrown) {
          throw thrown;
        }
        if (e.getCause() instanceof Error thrown) {
          throw thrown;
        }
        throw new IllegalStateException("A batch could not be scored", e.getCause());
      }
    }
  }

  @Override
  public void close() {
    if (thread != null) {
      thread.shutdownNow();
    }
  }
}
