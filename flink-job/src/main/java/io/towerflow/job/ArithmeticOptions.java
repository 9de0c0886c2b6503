package io.towerflow.job;

import io.towerflow.arithmetic.Arithmetic;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/** Who computes what the learner learns. A picocli mixin of whatever has a learner. */
public final class ArithmeticOptions {

  private static final int MOST_THREADS = 256;

  @Option(
      names = "--arithmetic",
      paramLabel = "NAME",
      defaultValue = "auto",
      converter = OptionTypes.ArithmeticKind.class,
      description =
          "Who computes the learner's steps: java, which comes to the same bits on every processor;"
              + " engine (PyTorch), the way to a GPU; or auto, whichever suits device and spec."
              + " Default: ${DEFAULT-VALUE}")
  private Arithmetic.Kind kind;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "auto",
      description =
          "Where: cpu, cuda:N with a GPU's number, or auto, the first GPU that the engine sees and"
              + " else the processor. Default: ${DEFAULT-VALUE}")
  private String device;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Threads that Java computes the learner's steps with; the model is the same with any"
              + " number. Default: ${DEFAULT-VALUE}")
  private int threads;

  /**
   * The arithmetic.
   *
   * @throws BadOptionsException if the options can't work
   */
  public Arithmetic arithmetic() {
    OptionRules rules = new OptionRules();
    Arithmetic arithmetic = arithmetic(rules);
    rules.throwIfBroken();
    return arithmetic;
  }

  /** The arithmetic, or null and what is wrong in the rules. */
  Arithmetic arithmetic(OptionRules rules) {
    rules.within("--threads", threads, 1, MOST_THREADS);
    rules.threads(kind, threads);
    return rules.get("--device", () -> new Arithmetic(kind, device, Math.max(1, threads)));
  }

  /** What a command line says for them. */
  public List<String> arguments() {
    return List.of(
        "--arithmetic",
        kind.name().toLowerCase(Locale.ROOT),
        "--device",
        device,
        "--threads",
        String.valueOf(threads));
  }
}
