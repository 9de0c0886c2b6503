package io.towerflow.arithmetic.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import io.towerflow.arithmetic.Arena;
import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.arithmetic.Pass;
import io.towerflow.arithmetic.Passes;

/** Passes on the engine. */
public final class EnginePasses implements Passes {

  static {
    // One step is too small to share: a second thread costs more than it brings, and on a busy
    // machine several times more. Whoever knows better sets the properties.
    System.getProperties().putIfAbsent("ai.djl.pytorch.num_threads", "1");
    System.getProperties().putIfAbsent("ai.djl.pytorch.num_interop_threads", "1");
    KernelChoice.name();
  }

  private final NDManager manager;
  private final Arena arena = new Arena();

  /**
   * Passes on a device.
   *
   * @throws ai.djl.engine.EngineException if the engine's native library cannot be loaded
   * @throws IllegalArgumentException if there is no such GPU
   */
  public EnginePasses(Arithmetic arithmetic) {
    Engine engine = Engine.getEngine("PyTorch");
    manager = engine.newBaseManager(device(engine, arithmetic));
  }

  /** Whether the engine sees a GPU. */
  public static boolean seesGpu() {
    return Engine.getEngine("PyTorch").getGpuCount() > 0;
  }

  private static Device device(Engine engine, Arithmetic arithmetic) {
    if (arithmetic.gpu().isPresent()) {
      int gpu = arithmetic.gpu().getAsInt();
      if (gpu >= engine.getGpuCount()) {
        throw new IllegalArgumentException(
            "The device %s is asked for, and the engine sees %d GPUs: --device cpu computes without one. A GPU needs the engine's CUDA library in place of the one for processors."
                .formatted(arithmetic.device(), engine.getGpuCount()));
      }
      return Device.gpu(gpu);
    }
    return arithmetic.device().equals("cpu") || engine.getGpuCount() == 0
        ? Device.cpu()
        : Device.gpu(0);
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
  public String name() {
    return manager.getDevice().isGpu()
        ? "engine on a GPU"
        : "engine, kernels " + KernelChoice.name();
  }

  @Override
  public void close() {
    manager.close();
  }
}
