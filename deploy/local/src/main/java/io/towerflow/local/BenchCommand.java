package io.towerflow.local;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Benchmarks, each a command below this one. */
@Command(
    name = "bench",
    description = "Measures what things cost on this machine.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "BENCHMARK",
    versionProvider = Launcher.Version.class)
final class BenchCommand implements Runnable {

  @Spec private CommandSpec command;

  /** Without a benchmark there is nothing to measure. */
  @Override
  public void run() {
    throw new ParameterException(command.commandLine(), "Missing benchmark");
  }
}
