package io.towerflow.learn;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.BitSet;

/**
 * How often items are taken, by their position in the catalogue: a plain count, and a count that
 * halves every {@code halfLife} events. The clock is the event's ordinal, so it is the same in
 * every run.
 *
 * <p>The probability that the next event takes item i is estimated as {@code (c_i + s) / (sum_j c_j
 * + s K)}, c being the decayed counts, K the items known and s = {@value #SMOOTHING}.
 */
final class Popularity {

  private static final double SMOOTHING = 0.1;
  private static final int ROW_BYTES = 2 * Long.BYTES + Double.BYTES;

  private final double logDecay;
  private final BitSet dirty = new BitSet();
  private long[] counts = new long[64];
  private double[] decayed = new double[64];
  private long[] lastOrdinal = new long[64];
  private double total;
  private long now;

  Popularity(double halfLife) {
    logDecay = -Math.log(2) / halfLife;
  }

  /** Counts an event. Ordinals rise from call to call. */
  void add(int position, long ordinal) {
    grow(position);
    decayed[position] = decayedCount(position, ordinal) + 1;
    lastOrdinal[position] = ordinal;
    counts[position]++;
    total = total * decay(ordinal - now) + 1;
    now = ordinal;
    dirty.set(position);
  }

  /** Events that took the item. */
  long count(int position) {
    return position < counts.length ? counts[position] : 0;
  }

  /**
   * The probability of an item as of the last event counted.
   *
   * @param known K, the items known
   */
  double probability(int position, int known) {
    return (decayedCount(position, now) + SMOOTHING) / (total + SMOOTHING * known);
  }

  private double decayedCount(int position, long ordinal) {
    return position < counts.length && counts[position] > 0
        ? decayed[position] * decay(ordinal - lastOrdinal[position])
        : 0;
  }

  private double decay(long events) {
    return Math.exp(logDecay * events);
  }

  private void grow(int position) {
    if (position >= counts.length) {
      int size = Math.max(position + 1, counts.length * 2);
      counts = Arrays.copyOf(counts, size);
      decayed = Arrays.copyOf(decayed, size);
      lastOrdinal = Arrays.copyOf(lastOrdinal, size);
    }
  }

  /** Hands over every item that changed since the last call, by position. */
  void drainDirty(StateStore.RowVisitor sink) throws Exception {
    for (int p = dirty.nextSetBit(0); p >= 0; p = dirty.nextSetBit(p + 1)) {
      sink.row(p, bytes(p));
    }
    dirty.clear();
  }

  private byte[] bytes(int position) {
    return ByteBuffer.allocate(ROW_BYTES)
        .putLong(counts[position])
        .putDouble(decayed[position])
        .putLong(lastOrdinal[position])
        .array();
  }

  /** The total and its clock, which are no item's. */
  byte[] totalBytes() {
    return ByteBuffer.allocate(Double.BYTES + Long.BYTES).putDouble(total).putLong(now).array();
  }

  /** Takes back an item from a snapshot. */
  void restore(int position, byte[] bytes) {
    grow(position);
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    counts[position] = buffer.getLong();
    decayed[position] = buffer.getDouble();
    lastOrdinal[position] = buffer.getLong();
  }

  /** Takes back the total from a snapshot. */
  void restoreTotal(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    total = buffer.getDouble();
    now = buffer.getLong();
  }

  /** Adds everything to a digest. */
  void digest(MessageDigest digest, int known) {
    grow(Math.max(known, 1) - 1);
    for (int position = 0; position < known; position++) {
      digest.update(bytes(position));
    }
    digest.update(totalBytes());
  }
}
