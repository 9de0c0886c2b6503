package io.towerflow.arithmetic.plain;

import io.towerflow.arithmetic.Arena;
import io.towerflow.arithmetic.Pass;
import io.towerflow.arithmetic.Passes;

/** Passes in Java. */
public final class PlainPasses implements Passes {

  private final Arena arena = new Arena();

  @Override
  public Pass training(long seed) {
    return new PlainPass(true, seed, arena);
  }

  @Override
  public Pass inference() {
    return new PlainPass(false, 0, arena);
  }

  @Override
  public String name() {
    return "java";
  }

  @Override
  public void close() {
    // The arena is the garbage collector's.
  }
}
