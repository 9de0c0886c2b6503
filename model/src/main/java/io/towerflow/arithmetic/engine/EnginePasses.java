package io.towerflow.arithmetic.engine;

import ai.djl.ndarray.NDManager;
import io.towerflow.arithmetic.Arena;
import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.arithmetic.Pass;
import io.towerflow.arithmetic.Passes;

/** Passes on the engine. */
public final class EnginePasses implements Passes {

  private final NDManager manager;
  private final Arena arena = new Arena();

  /**
   * Passes on a device.
   *
   * @throws ai.djl.engine.EngineException if the engine's native library cannot be loaded
   * @throws IllegalArgumentException if there is no such GPU
   */
  public EnginePasses(Arithmetic arithmetic) {
    manager = TorchEngine.newManager(arithmetic);
  }

  @Override
  public Pass training(long seed) {
    return new EnginePass(manager, true, seed, arena);
  }

  @Override
  public Pass inference() {
    return new EnginePass(manager, false, 0, arena);
  }

  @Override
  public void close() {
    manager.close();
  }
}
