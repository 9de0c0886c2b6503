package io.towerflow.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.towerflow.job.BadOptionsException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The command line of {@code deploy/towerflow}. Exit codes: 0 done, 1 failed, 2 wrong usage.
 * Standard output holds what was asked for, standard error what went wrong; logs go to a file.
 */
@Command(
    name = "towerflow",
    description = "A recommender that learns from a Kafka stream while it runs.",
    mixinStandardHelpOptions = true,
    versionProvider = Launcher.Version.class,
    synopsisSubcommandLabel = "COMMAND")
public final class Launcher implements Runnable {

  /** Set where people watch standard output: the shell knows, the JVM does not. */
  private static final String TERMINAL_PROPERTY = "towerflow.terminal";

  static final int DONE = 0;
  static final int FAILED = 1;
  static final int WRONG_USAGE = 2;

  @Spec private CommandSpec spec;

  private Launcher() {}

  public static void main(String[] args) {
    // Titles are UTF-8 whatever the locale says.
    PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, UTF_8);
    PrintStream errors = new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8);
    Output output = new Output(out, Boolean.getBoolean(TERMINAL_PROPERTY), System::nanoTime);
    int code = FAILED;
    try (Session session =
        Session.open(output, errors, Path.of(System.getProperty("java.io.tmpdir")))) {
      session.endOnSignal();
      code = run(session, args);
    } catch (LaunchException e) {
      errors.println("towerflow: " + e.getMessage());
    } catch (Error e) {
      e.printStackTrace(errors);
    }
    // Flink and Kafka leave threads behind that would keep the process.
    System.exit(code);
  }

  /** Runs one command line and returns its exit code. */
  static int run(Session session, String... args) {
    CommandLine launcher =
        new CommandLine(new Launcher())
            .addSubcommand(new DemoCommand(session))
            .addSubcommand(new ProduceCommand(session))
            .addSubcommand(new RunCommand(session))
            .addSubcommand(new RecommendCommand(session))
            .addSubcommand(new ReportCommand(session))
            .addSubcommand(new EvaluateCommand(session))
            .addSubcommand(new ChaosCommand(session))
            .addSubcommand(
                new CommandLine(new BenchCommand(session))
                    .addSubcommand(new CheckpointsBenchCommand(session))
                    .addSubcommand(new OrderBenchCommand(session))
                    .addSubcommand(new LearnBenchCommand(session))
                    .addSubcommand(new TopKBenchCommand(session)));
    launcher
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(new PrintWriter(session.output().stream(), true, UTF_8))
        .setErr(new PrintWriter(session.errors(), true, UTF_8))
        .setParameterExceptionHandler((e, rest) -> wrongUsage(session, e.getCommandLine(), e))
        .setExecutionExceptionHandler((e, command, parsed) -> failed(session, command, e));
    return launcher.execute(args);
  }

  /** Without a command there is nothing to do. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }

  private static int wrongUsage(Session session, CommandLine command, Exception error) {
    session.output().end();
    error.getMessage().lines().forEach(line -> session.errors().println("towerflow: " + line));
    session
        .errors()
        .printf("'%s --help' tells what it takes.%n", command.getCommandSpec().qualifiedName());
    return WRONG_USAGE;
  }

  private static int failed(Session session, CommandLine command, Exception error) {
    if (error instanceof BadOptionsException) {
      return wrongUsage(session, command, error);
    }
    // Illegal states are what connectors say of brokers that do not answer or refuse.
    boolean explained = error instanceof LaunchException || error instanceof IllegalStateException;
    session.output().end();
    session.errors().println("towerflow: " + (explained ? error.getMessage() : error));
    if (error.getCause() != null || !explained) {
      session.errors().println("The stack trace is in " + session.log(error));
    }
    return FAILED;
  }

  /** The version that the build was made with. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() throws Exception {
      Properties build = new Properties();
      try (InputStream in = Launcher.class.getResourceAsStream("build.properties")) {
        build.load(in);
      }
      return new String[] {"towerflow " + build.getProperty("version")};
    }
  }
}
