package io.towerflow.arithmetic;

/** Opens passes. Not thread safe; one pass at a time. */
public interface Passes extends AutoCloseable {

  /**
   * A pass that ends with {@link Pass#learn}.
   *
   * @param seed of what is random in this step
   */
  Pass training(long seed);

  /** A pass that only looks. */
  Pass inference();

  /**
   * What computes, and so which bits come of it: {@code java}, the same everywhere; or the engine
   * with its device and, on a processor, its kernels.
   */
  String name();

  @Override
  void close();
}
