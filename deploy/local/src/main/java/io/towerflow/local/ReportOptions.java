package io.towerflow.local;

import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Where a report goes. */
final class ReportOptions {

  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--report-dir",
      paramLabel = "DIR",
      defaultValue = "towerflow-report",
      description = "Where the report goes. Default: ${DEFAULT-VALUE}")
  private Path directory;

  /** Where the report goes; it need not exist yet. */
  Path directory() {
    return directory.toAbsolutePath().normalize();
  }

  /**
   * Better before a long run than after it.
   *
   * @throws ParameterException if nothing can be written there
   */
  void check() {
    Path existing = directory();
    while (!Files.exists(existing)) {
      existing = existing.getParent();
    }
    if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
      throw new ParameterException(
          command.commandLine(),
          "--report-dir: takes a directory that can be written to, which '%s' is not"
              .formatted(existing));
    }
  }
}
