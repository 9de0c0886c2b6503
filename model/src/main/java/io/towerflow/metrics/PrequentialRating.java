package io.towerflow.metrics;

import io.towerflow.message.RatingError;
import java.nio.ByteBuffer;

/**
 * Adds up how well the values of a stream's events were foretold, each before it was learnt. Its
 * windows are those of {@link Prequential}, which says when the next one begins. Not thread safe.
 */
public final class PrequentialRating {

  private static final int BYTES = 2 * (Long.BYTES + Double.BYTES);

  private RatingError window = RatingError.NONE;
  private RatingError total = RatingError.NONE;

  /** Counts an event that has a value. */
  public void add(double predicted, double value) {
    RatingError error = RatingError.of(predicted, value);
    window = window.plus(error);
    total = total.plus(error);
  }

  /** Begins the next window. */
  public void nextWindow() {
    window = RatingError.NONE;
  }

  /** The error over this window's events so far. */
  public RatingError window() {
    return window;
  }

  /** The error since the first event. */
  public RatingError total() {
    return total;
  }

  /** The state: events and squared error of the window, then since the first event; big-endian. */
  public byte[] toBytes() {
    return ByteBuffer.allocate(BYTES)
        .putLong(window.events())
        .putDouble(window.squaredError())
        .putLong(total.events())
        .putDouble(total.squaredError())
        .array();
  }

  /**
   * Goes on where {@link #toBytes} was called.
   *
   * @throws IllegalArgumentException if the bytes are not such a state
   */
  public static PrequentialRating fromBytes(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException(
          "Rating errors are " + BYTES + " bytes, not " + bytes.length);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    PrequentialRating rating = new PrequentialRating();
    rating.window = new RatingError(buffer.getLong(), buffer.getDouble());
    rating.total = new RatingError(buffer.getLong(), buffer.getDouble());
    return rating;
  }
}
