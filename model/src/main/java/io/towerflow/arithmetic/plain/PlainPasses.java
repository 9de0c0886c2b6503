package io.towerflow.arithmetic.plain;

import io.towerflow.arithmetic.Arena;
import io.towerflow.arithmetic.Pass;
import io.towerflow.arithmetic.Passes;
import io.towerflow.kernel.Workers;

/** Passes in Java: the same bits whatever the number of threads. */
public final class PlainPasses implements Passes {

  private final Arena arena = new Arena();
  private final Workers workers;

  /**
   * Passes that threads share.
   *
   * @param workers the threads, which end with the passes
   */
  public PlainPasses(Workers workers) {
    this.workers = workers;
  }

  @Override
  public Pass training(long seed) {
    return new PlainPass(true, seed, arena, workers);
  }

  @Override
  public Pass inference() {
    return new PlainPass(false, 0, arena, workers);
  }

  @Override
  public String name() {
    return "java";
  }

  @Override
  public void close() {
    workers.close();
  }
}
