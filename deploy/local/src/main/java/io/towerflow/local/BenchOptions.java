package io.towerflow.local;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What every benchmark takes, and how it tells its end. */
final class BenchOptions {

  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(names = "--json", description = "Print the figures as one JSON object on the last line.")
  private boolean json;

  /**
   * Writes the report and says where it is.
   *
   * @param to the report's directory
   */
  void tell(Output output, BenchReport report, Path to) {
    try {
      report.write(to);
    } catch (IOException e) {
      throw new LaunchException(
          "The report cannot be written to '%s': %s".formatted(to, e.getMessage()), e);
    }
    output.say("");
    output.say("Report          " + report.page(to));
    if (json) {
      output.say(Json.line(report.figures(to)));
    }
  }

  void requirePositive(String option, long value) {
    if (value < 1) {
      throw wrong("%s: must be 1 or more, is %d".formatted(option, value));
    }
  }

  ParameterException wrong(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
