package io.towerflow.arithmetic.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import com.sun.jna.Library;
import com.sun.jna.Native;
import io.towerflow.arithmetic.Arithmetic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Starts the engine with defaults that suit small steps, and with the same kernels on every
 * processor that has them.
 *
 * <p>The engine picks kernels by instruction set, and some of them, softmax among them, round
 * otherwise than their like. The environment variable {@value #VARIABLE} is its way to be told
 * which to take; it reads it when its native library is loaded. Where the environment says nothing,
 * it is set here to {@value #PINNED}, if the processor has that.
 */
public final class TorchEngine {

  private static final String VARIABLE = "ATEN_CPU_CAPABILITY";
  private static final String PINNED = "avx2";

  /** Of the engine on a processor without AVX2: nothing to choose from. */
  private static final String PLAIN = "default";

  /** Of an engine that could not be told. */
  private static final String UNKNOWN = "unknown";

  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");

  private static final String CAPABILITY;

  static {
    // One step is too small to share: a second thread costs more than it brings, and on a busy
    // machine several times more. Whoever knows better sets the properties.
    System.getProperties().putIfAbsent("ai.djl.pytorch.num_threads", "1");
    System.getProperties().putIfAbsent("ai.djl.pytorch.num_interop_threads", "1");
    CAPABILITY = pin();
  }

  private TorchEngine() {}

  /**
   * Of the C library: Java knows the environment that it was started with, and cannot change it.
   */
  private interface Environment extends Library {
    int setenv(String name, String value, int overwrite);
  }

  /**
   * Which kernels the engine computes with on the processor: {@code avx2}, {@code default} without
   * vectors, or another that the environment asks for; {@code unknown} where the engine chose for
   * itself, since the C library could not be called (no JNA for this system, or another class
   * loader has it). Setting the environment variable has the same effect there.
   */
  public static String capability() {
    return CAPABILITY;
  }

  /** Whether the engine sees a GPU. */
  public static boolean seesGpu() {
    return engine().getGpuCount() > 0;
  }

  /**
   * A manager on the device that is asked for; where it is left open, on the first GPU if the
   * engine sees one and otherwise on the processor.
   *
   * @throws ai.djl.engine.EngineException if the engine's native library cannot be loaded
   * @throws IllegalArgumentException if the engine does not see the GPU that is asked for
   */
  static NDManager newManager(Arithmetic arithmetic) {
    return engine().newBaseManager(device(arithmetic));
  }

  private static Engine engine() {
    return Engine.getEngine("PyTorch");
  }

  private static Device device(Arithmetic arithmetic) {
    int gpus = engine().getGpuCount();
    if (arithmetic.gpu().isEmpty()) {
      return arithmetic.device().equals("cpu") || gpus == 0 ? Device.cpu() : Device.gpu(0);
    }
    int gpu = arithmetic.gpu().getAsInt();
    if (gpu >= gpus) {
      throw new IllegalArgumentException(
          "The device %s is asked for, and the engine sees %d GPUs: --device cpu computes without one. A GPU needs the engine's CUDA library in place of the one for processors."
              .formatted(arithmetic.device(), gpus));
    }
    return Device.gpu(gpu);
  }

  private static String pin() {
    String given = System.getenv(VARIABLE);
    if (given != null) {
      return given;
    }
    try {
      if (!hasAvx2()) {
        return PLAIN;
      }
      Environment environment = Native.load("c", Environment.class);
      return environment.setenv(VARIABLE, PINNED, 0) == 0 ? PINNED : UNKNOWN;
    } catch (IOException | LinkageError e) {
      return UNKNOWN;
    }
  }

  private static boolean hasAvx2() throws IOException {
    return Files.readString(PROCESSOR).contains(" avx2 ");
  }
}
