package io.towerflow.table;

/**
 * Random numbers without state: each is a pure function of a seed and of where it is used, so that
 * nothing has to be kept, and a run that goes on from a snapshot draws what it would have drawn.
 *
 * <p>The mixing is SplitMix64's (Steele, Lea, Flood: Fast splittable pseudorandom number
 * generators, 2014).
 */
public final class CounterRandom {

  private static final long GAMMA = 0x9e3779b97f4a7c15L;

  private CounterRandom() {}

  /** 64 random bits for the {@code b}-th number of stream {@code a} under a seed. */
  public static long bits(long seed, long a, long b) {
    return mix(mix(mix(seed + GAMMA) + a * GAMMA) + b * GAMMA);
  }

  /** A number in {@code [0, 1)}. */
  public static float uniform(long seed, long a, long b) {
    return (bits(seed, a, b) >>> 40) * 0x1.0p-24f;
  }

  /**
   * An integer in {@code [0, bound)}; the bias of the multiplication is under {@code bound / 2^32}.
   *
   * @throws IllegalArgumentException if {@code bound} is not positive
   */
  public static int below(int bound, long seed, long a, long b) {
    if (bound <= 0) {
      throw new IllegalArgumentException("A bound must be positive, not " + bound);
    }
    return (int) (((bits(seed, a, b) >>> 32) * bound) >>> 32);
  }

  /** A seed of its own for a named part of a model. */
  public static long seedOf(long seed, String name) {
    long hash = seed;
    for (int i = 0; i < name.length(); i++) {
      hash = mix(hash * GAMMA + name.charAt(i));
    }
    return hash;
  }

  private static long mix(long z) {
    long x = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    x = (x ^ (x >>> 27)) * 0x94d049bb133111ebL;
    return x ^ (x >>> 31);
  }
}
