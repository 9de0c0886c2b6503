package io.towerflow.learn;

import io.towerflow.spec.LossSpec;
import io.towerflow.spec.ModelSpec;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * How often items are taken, by their position in the catalogue: a plain count, and counts that
 * halve after so many events, one a half-life. The clock is the event's ordinal, so it is the same
 * in every run.
 *
 * <p>The probability that the next event takes item i is estimated as {@code (c_i + s) / (sum_j c_j
 * + s K)}, c being decayed counts, K the items known and s = {@value #SMOOTHING}. The sampling
 * correction may ask for the estimate of {@link GapFrequency} instead.
 */
final class Popularity {

  /** Where the decayed counts begin in an item's bytes, and in those of the totals. */
  static final int COUNTS_AT = 2 * Long.BYTES;

  static final int TOTALS_AT = Long.BYTES;

  private static final double SMOOTHING = 0.1;

  private final Decay[] decays;
  private final BitSet dirty = new BitSet();
  private long[] counts = new long[64];
  private long[] lastOrdinal = new long[64];

  /** Per half-life, per item: the count as of the item's last event. */
  private final double[][] decayed;

  /** Per half-life: the sum over all items as of {@link #now}. */
  private final double[] totals;

  private final Optional<GapFrequency> gaps;
  private long now;

  /** Counts nothing yet; half-lives are in events. */
  Popularity(List<Double> halfLives) {
    this(halfLives, Optional.empty());
  }

  private Popularity(List<Double> halfLives, Optional<GapFrequency> gaps) {
    this.gaps = gaps;
    decays = halfLives.stream().map(Decay::new).toArray(Decay[]::new);
    decayed = new double[decays.length][64];
    totals = new double[decays.length];
  }

  /** Counts nothing yet, but all that the model's loss and candidates will ask for. */
  static Popularity of(ModelSpec spec) {
    return new Popularity(
        Candidates.halfLives(spec),
        spec.loss().frequencyEstimate() == LossSpec.FrequencyEstimate.GAP
            ? Optional.of(new GapFrequency(spec.loss().frequencyRate()))
            : Optional.empty());
  }

  /** Counts an event. Ordinals rise from call to call. */
  void add(int position, long ordinal) {
    grow(position);
    for (int h = 0; h < decays.length; h++) {
      decayed[h][position] = decayedCount(h, position, ordinal) + 1;
      totals[h] = totals[h] * decays[h].after(ordinal - now) + 1;
    }
    lastOrdinal[position] = ordinal;
    counts[position]++;
    now = ordinal;
    gaps.ifPresent(estimate -> estimate.add(position));
    dirty.set(position);
  }

  /**
   * Passes over an event that is counted already, in a further epoch: a count of events is what it
   * was, and an estimate from gaps goes on.
   */
  void addAgain(int position) {
    gaps.ifPresent(estimate -> estimate.add(position));
    dirty.set(position);
  }

  /**
   * Forgets an item; the one at the last position takes its place.
   *
   * @param position of the item
   * @param last the last position that there is
   */
  void remove(int position, int last) {
    grow(last);
    for (int h = 0; h < decays.length; h++) {
      // Rounding must not leave less than nothing.
      totals[h] = Math.max(0, totals[h] - decayedCount(h, position, now));
      decayed[h][position] = decayed[h][last];
      decayed[h][last] = 0;
    }
    counts[position] = counts[last];
    counts[last] = 0;
    lastOrdinal[position] = lastOrdinal[last];
    lastOrdinal[last] = 0;
    gaps.ifPresent(estimate -> estimate.remove(position, last));
    dirty.set(position, position < last);
    dirty.clear(last);
  }

  /** Events that took the item. */
  long count(int position) {
    return position < counts.length ? counts[position] : 0;
  }

  /** Events that took each item, by position. */
  long[] counts(int known) {
    return Arrays.copyOf(counts, known);
  }

  /**
   * The probability of an item as of the last event counted.
   *
   * @param h which of the half-lives
   * @param known K, the items known
   */
  double probability(int h, int position, int known) {
    return (decayedCount(h, position, now) + SMOOTHING) / (totals[h] + SMOOTHING * known);
  }

  /**
   * The probability of an item for the sampling correction, by the estimate that the loss declares.
   *
   * @param known K, the items known
   */
  double frequency(int position, int known) {
    return gaps.isPresent()
        ? gaps.get().probability(position)
        : probability(Candidates.CORRECTION, position, known);
  }

  private double decayedCount(int h, int position, long ordinal) {
    return position < counts.length && counts[position] > 0
        ? decayed[h][position] * decays[h].after(ordinal - lastOrdinal[position])
        : 0;
  }

  private void grow(int position) {
    if (position >= counts.length) {
      int size = Math.max(position + 1, counts.length * 2);
      counts = Arrays.copyOf(counts, size);
      lastOrdinal = Arrays.copyOf(lastOrdinal, size);
      for (int h = 0; h < decayed.length; h++) {
        decayed[h] = Arrays.copyOf(decayed[h], size);
      }
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
    ByteBuffer buffer =
        ByteBuffer.allocate(rowBytes()).putLong(counts[position]).putLong(lastOrdinal[position]);
    for (double[] counted : decayed) {
      buffer.putDouble(counted[position]);
    }
    gaps.ifPresent(estimate -> estimate.put(position, buffer));
    return buffer.array();
  }

  private int rowBytes() {
    return COUNTS_AT + decays.length * Double.BYTES + (gaps.isPresent() ? GapFrequency.BYTES : 0);
  }

  /** The totals and their clock, which are no item's. */
  byte[] totalBytes() {
    ByteBuffer buffer =
        ByteBuffer.allocate(
                TOTALS_AT + totals.length * Double.BYTES + (gaps.isPresent() ? Long.BYTES : 0))
            .putLong(now);
    for (double total : totals) {
      buffer.putDouble(total);
    }
    gaps.ifPresent(estimate -> buffer.putLong(estimate.now()));
    return buffer.array();
  }

  /**
   * Takes back an item from a snapshot.
   *
   * @throws IllegalArgumentException if other counts were kept when it was taken
   */
  void restore(int position, byte[] bytes) {
    if (bytes.length != rowBytes()) {
      throw new IllegalArgumentException(
          "The popularity of item %d has %d bytes in the snapshot, and this spec keeps %d: loss.frequency_estimate or the half_lives of popularity were others when it was taken. Restore with the old keys, or start without the snapshot."
              .formatted(position, bytes.length, rowBytes()));
    }
    grow(position);
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    counts[position] = buffer.getLong();
    lastOrdinal[position] = buffer.getLong();
    for (double[] counted : decayed) {
      counted[position] = buffer.getDouble();
    }
    gaps.ifPresent(estimate -> estimate.restore(position, buffer));
  }

  /** Takes back the totals from a snapshot. */
  void restoreTotal(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    now = buffer.getLong();
    for (int h = 0; h < totals.length; h++) {
      totals[h] = buffer.getDouble();
    }
    gaps.ifPresent(estimate -> estimate.restoreNow(buffer.getLong()));
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
