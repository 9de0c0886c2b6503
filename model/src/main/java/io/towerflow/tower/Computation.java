package io.towerflow.tower;

import ai.djl.util.cuda.CudaUtils;
import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.arithmetic.Passes;
import io.towerflow.arithmetic.engine.EnginePasses;
import io.towerflow.arithmetic.plain.PlainPasses;
import io.towerflow.kernel.Workers;

/** Who computes the passes of a model. */
final class Computation {

  private Computation() {}

  /**
   * Passes as asked for; where it is left open, on a GPU if there is one that the engine can use,
   * and in Java otherwise.
   *
   * @throws ai.djl.engine.EngineException if the engine is needed and its native library cannot be
   *     loaded
   * @throws IllegalArgumentException if a GPU is asked for that is not there
   */
  static Passes of(Arithmetic arithmetic) {
    return switch (arithmetic.kind()) {
      case JAVA -> new PlainPasses(new Workers(arithmetic.threads()));
      case ENGINE -> new EnginePasses(arithmetic);
      case AUTO ->
          usesGpu(arithmetic)
              ? new EnginePasses(arithmetic)
              : new PlainPasses(new Workers(arithmetic.threads()));
    };
  }

  /** The engine takes seconds to load, so it is only asked where a driver sees a GPU. */
  private static boolean usesGpu(Arithmetic arithmetic) {
    return arithmetic.gpu().isPresent()
        || (arithmetic.device().equals("auto")
            && CudaUtils.getGpuCount() > 0
            && EnginePasses.seesGpu());
  }
}
