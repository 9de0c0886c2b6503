package io.towerflow.learn;

/**
 * Exponential decay by the number of events that pass, {@code 2^(-events / half-life)}, the same on
 * every processor: {@link Math#exp} may round otherwise on another one, and what is counted is
 * learnt from.
 *
 * <p>The exponent is split into a whole number, 128ths and a rest r: {@code 2^-(w + k/128 + r)},
 * the first by bits, the second from a table, the third by the exponential's series up to the fifth
 * power. Relative error below 4e-16.
 */
final class Decay {

  private static final int PARTS = 128;
  private static final double LN_OF_PART = -StrictMath.log(2) / PARTS;
  private static final int LEAST_EXPONENT = 1022;
  private static final int BIAS = 1023;
  private static final int MANTISSA_BITS = 52;
  private static final double[] PART = new double[PARTS];

  static {
    for (int k = 0; k < PARTS; k++) {
      PART[k] = StrictMath.pow(2, -(double) k / PARTS);
    }
  }

  private final double partsPerEvent;

  /** Halves with so many events. */
  Decay(double halfLife) {
    partsPerEvent = PARTS / halfLife;
  }

  /**
   * What is left of 1; 0 where that would be no normal number.
   *
   * @param events how many have passed, at least 0
   */
  double after(long events) {
    double parts = events * partsPerEvent;
    if (parts >= LEAST_EXPONENT * PARTS) {
      return 0;
    }
    int whole = (int) parts;
    double r = (parts - whole) * LN_OF_PART;
    double rest = 1 + r * (1 + r * (1 / 2.0 + r * (1 / 6.0 + r * (1 / 24.0 + r / 120))));
    long bits = (long) (BIAS - whole / PARTS) << MANTISSA_BITS;
    return PART[whole % PARTS] * rest * Double.longBitsToDouble(bits);
  }
}
