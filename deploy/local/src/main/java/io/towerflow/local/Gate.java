package io.towerflow.local;

import java.util.function.LongConsumer;

/** Holds back the rest of a stream until it is let through. Thread safe. */
final class Gate implements LongConsumer {

  private long limit;

  /**
   * @param limit events that may pass at once
   */
  Gate(long limit) {
    this.limit = limit;
  }

  /** Lets events pass up to the {@code limit}-th. */
  synchronized void open(long limit) {
    this.limit = limit;
    notifyAll();
  }

  /** Lets everything pass. */
  void open() {
    open(Long.MAX_VALUE);
  }

  /** Returns when the event after {@code passed} events may pass. */
  @Override
  public synchronized void accept(long passed) {
    try {
      while (passed >= limit) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
