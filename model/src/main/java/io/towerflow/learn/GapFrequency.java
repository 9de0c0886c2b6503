package io.towerflow.learn;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * How often each item is taken, estimated from the gaps between the events that took it: Algorithm
 * 2 of Yi et al., "Sampling-Bias-Corrected Neural Modeling for Large Corpus Item Recommendations"
 * (RecSys 2019), over a row of each item's own rather than hashed arrays, so without collisions.
 *
 * <p>With t the number of the event, counted from 1, A the number of the item's last event and B
 * its mean gap in events, an event moves {@code B = (1 - a) B + a (t - A)} and {@code A = t}, and
 * the item's probability is {@code p = 1 / B}. Two events are at least 1 apart, so 0 &lt; p &lt;=
 * 1.
 *
 * <p>An item's first event closes no gap, so B begins at the number of items taken by then, itself
 * included: the gap of an item that is as likely as any other. From 0, as hashed arrays begin, p
 * would be a hundred times too large at a = 0.01; from t, an item that appears late and is at once
 * in demand would pass for the rarest of all over hundreds of its events. For the same reason an
 * item never taken has the p that its first event would give it.
 */
final class GapFrequency {

  /** The bytes that {@link #put} writes for an item. */
  static final int BYTES = Long.BYTES + Double.BYTES;

  private final double rate;

  /** A by position; 0 before the item's first event. */
  private long[] last = new long[64];

  /** B by position. */
  private double[] gaps = new double[64];

  private long now;
  private int taken;

  /**
   * Has seen no event.
   *
   * @param rate a, how much the newest gap counts, in (0, 1]
   */
  GapFrequency(double rate) {
    this.rate = rate;
  }

  /** Counts the next event. */
  void add(int position) {
    grow(position);
    now++;
    if (last[position] == 0) {
      taken++;
      gaps[position] = taken;
    } else {
      // As a difference, equal gaps leave B as it is; rounding must not take it below 1.
      double gap = gaps[position];
      gaps[position] = Math.max(1, gap + rate * (now - last[position] - gap));
    }
    last[position] = now;
  }

  /** The probability that the next event takes the item. */
  double probability(int position) {
    return position < last.length && last[position] > 0 ? 1 / gaps[position] : 1.0 / (taken + 1);
  }

  /** Forgets an item; the one at the last position takes its place. */
  void remove(int position, int lastPosition) {
    grow(lastPosition);
    if (last[position] > 0) {
      taken--;
    }
    last[position] = last[lastPosition];
    gaps[position] = gaps[lastPosition];
    last[lastPosition] = 0;
    gaps[lastPosition] = 0;
  }

  private void grow(int position) {
    if (position >= last.length) {
      int size = Math.max(position + 1, last.length * 2);
      last = Arrays.copyOf(last, size);
      gaps = Arrays.copyOf(gaps, size);
    }
  }

  /** Writes an item's A and B. */
  void put(int position, ByteBuffer buffer) {
    grow(position);
    buffer.putLong(last[position]).putDouble(gaps[position]);
  }

  /** Takes back what {@link #put} wrote, once for each item. */
  void restore(int position, ByteBuffer buffer) {
    grow(position);
    last[position] = buffer.getLong();
    gaps[position] = buffer.getDouble();
    if (last[position] > 0) {
      taken++;
    }
  }

  /** Events counted so far. */
  long now() {
    return now;
  }

  /** Takes back how many events were counted. */
  void restoreNow(long counted) {
    now = counted;
  }
}
