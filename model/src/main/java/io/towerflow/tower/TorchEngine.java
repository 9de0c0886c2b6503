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
   *
   * @throws IllegalStateException if the native library cannot be loaded
   */
  static NDManager newManager() {
    try {
      return Engine.getEngine("PyTorch").newBaseManager();
    } catch (LinkageError e) {
      throw new IllegalStateException(
          "PyTorch's native library could not be loaded. If the message below says that it is"
              + " already loaded in another class loader, an earlier job on this task manager"
              + " loaded it from its own jar: put DJL's jars into Flink's lib folder and set"
              + " classloader.parent-first-patterns.additional: \"ai.djl.;com.sun.jna.\". Cause: "
              + e.getMessage(),
          e);
    }
  }
}
