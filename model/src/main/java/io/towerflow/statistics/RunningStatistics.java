package io.towerflow.statistics;

import java.nio.ByteBuffer;

/**
 * Mean and variance of the numbers seen so far, by Welford's update (Technometrics 4, 1962) and the
 * merge of Chan, Golub and LeVeque (1979): neither cancels where the mean is large beside the
 * spread, as it is with time stamps. Not thread safe.
 */
public final class RunningStatistics {

  private static final int BYTES = Long.BYTES + 2 * Double.BYTES;

  private long count;
  private double mean;

  /** The sum of squared distances from the mean. */
  private double squares;

  /**
   * Takes one number.
   *
   * @throws IllegalArgumentException if it is not finite
   */
  public void add(double x) {
    if (!Double.isFinite(x)) {
      throw new IllegalArgumentException("Statistics take finite numbers only, not " + x);
    }
    count++;
    double before = x - mean;
    mean += before / count;
    squares += before * (x - mean);
  }

  /** Takes all the numbers that another one has taken, which stays as it is. */
  public void merge(RunningStatistics other) {
    if (other.count == 0) {
      return;
    }
    long total = count + other.count;
    double distance = other.mean - mean;
    double share = (double) other.count / total;
    squares += other.squares + distance * distance * count * share;
    mean += distance * share;
    count = total;
  }

  /** Becomes what another one is, which stays as it is. */
  public void set(RunningStatistics other) {
    count = other.count;
    mean = other.mean;
    squares = other.squares;
  }

  /** How many numbers were taken. */
  public long count() {
    return count;
  }

  /** The mean; 0 before the first number. */
  public double mean() {
    return mean;
  }

  /** The variance of the numbers as a population (divided by n); 0 before the second number. */
  public double variance() {
    return count < 2 ? 0 : squares / count;
  }

  /**
   * How many standard deviations a number lies from the mean, at most {@code clamp} either way; 0
   * where the numbers so far have no spread to measure it by.
   */
  public double standardize(double x, double clamp) {
    double variance = variance();
    if (variance == 0) {
      return 0;
    }
    double distance = (x - mean) / Math.sqrt(variance);
    return Math.max(-clamp, Math.min(clamp, distance));
  }

  /** The state: count, mean and sum of squared distances, 8 bytes each, big-endian. */
  public byte[] toBytes() {
    return ByteBuffer.allocate(BYTES).putLong(count).putDouble(mean).putDouble(squares).array();
  }

  /**
   * The statistics that {@link #toBytes} was called on.
   *
   * @throws IllegalArgumentException if the bytes are not such a state
   */
  public static RunningStatistics fromBytes(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException(
          "Running statistics are " + BYTES + " bytes, not " + bytes.length);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    RunningStatistics statistics = new RunningStatistics();
    statistics.count = buffer.getLong();
    statistics.mean = buffer.getDouble();
    statistics.squares = buffer.getDouble();
    return statistics;
  }
}
