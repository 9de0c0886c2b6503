package io.towerflow.tower;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;

/** Starts the engine with defaults that suit small steps. */
final class TorchEngine {

  static {
    // One step is too small to share: a second thread costs more than it brings, and on a busy
    // machine
    // several times more. Whoever knows better sets the properties.
    System.getProperties().putIfAbsent("ai.djl.pytorch.num_threads", "1");
    System.getProperties().putIfAbsent("ai.djl.pytorch.num_interop_threads", "1");
  }

  private TorchEngine() {}

  /**
   * A manager on the default device: the first GPU where the engine sees one, otherwise the CPU.
   */
  static NDManager newManager() {
    return Engine.getEngine("PyTorch").newBaseManager();
  }
}
