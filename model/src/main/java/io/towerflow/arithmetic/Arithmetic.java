package io.towerflow.arithmetic;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Who computes a step's forward and backward pass, and where.
 *
 * @param kind Java or the engine; {@link Kind#AUTO} leaves it to the device and the spec
 * @param device where the engine computes: {@code auto}, {@code cpu}, or {@code cuda:N}
 * @param threads how many threads Java computes with, at least 1; the engine's are set when it
 *     loads
 */
public record Arithmetic(Kind kind, String device, int threads) {

  /** The default: what is fastest, on one thread. */
  public static final Arithmetic AUTO = new Arithmetic(Kind.AUTO, "auto", 1);

  /** Plain Java on one thread. */
  public static final Arithmetic JAVA = new Arithmetic(Kind.JAVA, "cpu", 1);

  /** The engine on the processor. */
  public static final Arithmetic ENGINE = new Arithmetic(Kind.ENGINE, "cpu", 1);

  /** Who computes. */
  public enum Kind {
    AUTO,
    JAVA,
    ENGINE;

    /** The kind of a name, in any case. */
    public static Optional<Kind> of(String name) {
      for (Kind kind : values()) {
        if (kind.name().equals(name.toUpperCase(Locale.ROOT))) {
          return Optional.of(kind);
        }
      }
      return Optional.empty();
    }
  }

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if a part is out of range or two contradict each other; the
   *     message says what would do
   */
  public Arithmetic {
    if (threads < 1) {
      throw new IllegalArgumentException("Arithmetic needs at least one thread, not " + threads);
    }
    OptionalInt gpu = gpuOf(device);
    if (kind == Kind.JAVA && gpu.isPresent()) {
      throw new IllegalArgumentException(
          "Java computes on the processor, not on %s: leave the device at auto or cpu, or the arithmetic at auto or engine."
              .formatted(device));
    }
  }

  /** The number of the GPU that is asked for, if one is. */
  public OptionalInt gpu() {
    return gpuOf(device);
  }

  private static OptionalInt gpuOf(String device) {
    if (device.equals("auto") || device.equals("cpu")) {
      return OptionalInt.empty();
    }
    if (!device.matches("cuda:\\d{1,3}")) {
      throw new IllegalArgumentException(
          "There is no device %s: auto, cpu, or cuda:N with the GPU's number, as in cuda:0."
              .formatted(device));
    }
    return OptionalInt.of(Integer.parseInt(device.substring("cuda:".length())));
  }
}
