package io.towerflow.arithmetic.engine;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Which kernels the engine computes with on the processor.
 *
 * <p>It picks them by instruction set, and some of them, softmax among them, round otherwise than
 * their like. The environment variable {@value #VARIABLE} is its way to be told which to take; it
 * reads it when its native library is loaded. Where the environment says nothing, it is set here to
 * {@value #PINNED}, if the processor has that, so that all that do come to the same bits.
 */
public final class KernelChoice {

  private static final String VARIABLE = "ATEN_CPU_CAPABILITY";
  private static final String PINNED = "avx2";

  /** Of the engine on a processor without AVX2: there is nothing to choose from. */
  private static final String PLAIN = "default";

  /** Of an engine that could not be told. */
  private static final String UNKNOWN = "unknown";

  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");

  private static final String NAME = make();

  private KernelChoice() {}

  /** Of the C library: Java knows the environment that it was started with, and can't change it. */
  private interface Environment extends Library {
    int setenv(String name, String value, int overwrite);
  }

  /**
   * Makes the choice if it isn't made yet: for whoever is about to load the engine.
   *
   * @return {@code avx2}, or {@code default} without vectors, or another that the environment asks
   *     for; {@code unknown} where the engine chooses for itself, since the C library can't be
   *     called (no JNA for this system, or another class loader has it). To set the environment
   *     variable before the process starts does the same there.
   */
  public static String name() {
    return NAME;
  }

  private static String make() {
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
