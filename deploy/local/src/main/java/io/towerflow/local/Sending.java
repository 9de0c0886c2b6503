package io.towerflow.local;

import io.towerflow.connectors.data.DataSet;
import io.towerflow.connectors.data.DataSetProducer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** A data set on its way to a topic, while something else goes on. */
final class Sending implements AutoCloseable {

  private final DataSetProducer producer;
  private final Gate gate;
  private final AtomicLong sent = new AtomicLong();
  private final CompletableFuture<Long> end;

  Sending(DataSetProducer producer, DataSet data) {
    this(producer, data, new Gate(Long.MAX_VALUE));
  }

  /**
   * @param gate decides how far the data set may be sent; {@link #close} opens it
   */
  Sending(DataSetProducer producer, DataSet data, Gate gate) {
    this.producer = producer;
    this.gate = gate;
    this.end =
        CompletableFuture.supplyAsync(
            () ->
                producer.send(
                    data,
                    count -> {
                      sent.set(count);
                      gate.accept(count);
                    }));
  }

  /** Events sent so far. */
  long sent() {
    return sent.get();
  }

  /**
   * @throws LaunchException if sending has failed
   */
  void check() {
    if (end.isCompletedExceptionally()) {
      Throwable cause = end.handle((all, error) -> error).join().getCause();
      throw new LaunchException(cause.getMessage(), cause);
    }
  }

  /** Stops sending and waits until what was sent has arrived. */
  @Override
  public void close() {
    producer.stop();
    gate.open();
    end.handle((all, error) -> sent()).join();
  }
}
