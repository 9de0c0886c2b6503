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

  @Override
  void close();
}
