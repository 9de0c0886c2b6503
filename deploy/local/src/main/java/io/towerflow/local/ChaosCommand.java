package io.towerflow.local;

import io.towerflow.connectors.data.DataSet;
import io.towerflow.job.ArithmeticOptions;
import io.towerflow.job.JobOptions;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Kills the job's processes under it and looks whether the model is the same for it. */
@Command(
    name = "chaos",
    description = {
      "Shows that failures change nothing: runs the job over one stream twice and compares.",
      "Starts a Kafka broker and a Flink cluster of real processes on this machine, with"
          + " checkpoints every 2 s, and submits the job's jar to it. The first run is left alone."
          + " In the second, processes are killed as 'kill -9' does and replaced at once: the task"
          + " manager that trains, others, and once the job manager, if there are two kills or"
          + " more. One task manager stands by, as in a cluster that is to recover fast.",
      "Fails if the second model is not the first, bit for bit, or if readers of committed records"
          + " miss an output or see one twice. A recovery takes from the kill until a checkpoint is"
          + " complete that was triggered after it: until then nothing of what is done anew is"
          + " seen.",
      "Takes some 3 GB of memory."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Launcher.Version.class)
final class ChaosCommand implements Callable<Integer> {

  private static final long DEFAULT_SEED = 42;

  private final Session session;

  @Spec private CommandSpec command;

  @Option(
      names = "--kills",
      paramLabel = "N",
      defaultValue = "10",
      description = "Processes that are killed. Default: ${DEFAULT-VALUE}")
  private int kills;

  @Option(
      names = "--task-managers",
      paramLabel = "N",
      defaultValue = "2",
      description =
          "Task managers of one slot each, which the job is spread over; one more stands by."
              + " Default: ${DEFAULT-VALUE}")
  private int taskManagers;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Other kills, and another synthetic stream. Default: 42")
  private Long seed;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "A folder with a MovieLens data set, 100k or later. Without it, a synthetic stream is"
              + " made up.")
  private Path folder;

  @Option(
      names = "--events",
      paramLabel = "N",
      description = "The length of the synthetic stream. Default: 60000")
  private Long events;

  @Option(
      names = "--spec",
      paramLabel = "NAME|FILE",
      defaultValue = "online",
      description = "The model spec: a preset's name or a YAML file. Default: ${DEFAULT-VALUE}")
  private String spec;

  @Option(
      names = "--other-java-options",
      paramLabel = "OPTIONS",
      defaultValue = "",
      description =
          "JVM options of a task manager that replaces one without them, such as '-XX:UseAVX=2': a"
              + " failure then takes training to what is another processor to the JVM, and back; no"
              + " task manager stands by. Fails if training never goes over. Default: none")
  private String otherJavaOptions;

  @Mixin private ArithmeticOptions arithmetic;

  @Option(
      names = "--logs",
      paramLabel = "DIR",
      description =
          "Where the cluster's processes log to. Default: a temporary folder, which stays for a day"
              + " if the run fails")
  private Path logs;

  @Option(names = "--json", description = "Print the figures as one JSON object on the last line.")
  private boolean json;

  ChaosCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    // What is wrong with the options is said before anything is started.
    requirePositive("--kills", kills);
    requirePositive("--task-managers", taskManagers);
    ModelSpec model =
        ModelSpecs.parse(
            JobOptions.parse(arguments("127.0.0.1:1", 0, "quiet").toArray(String[]::new))
                .plan()
                .specYaml());
    DataSet data =
        new DataOptions(command, folder, events, folder == null ? seed : null).open(model.event());
    long window = model.evaluation().everyEvents();
    requireRoom(data, window);
    ClusterClassPath.jobJar();
    Path logs = logFolder();
    try {
      return run(data, model, window, logs);
    } catch (LaunchException e) {
      session.keepLogs();
      throw new LaunchException(
          "%s. The logs of all processes are in %s".formatted(e.getMessage(), logs), e);
    }
  }

  private int run(DataSet data, ModelSpec model, long window, Path logs) {
    Output output = session.output();
    KillPlan plan =
        KillPlan.of(seed == null ? DEFAULT_SEED : seed, kills, data.size(), taskManagers);
    output.say(
        String.format(
            Locale.ROOT,
            "Towerflow chaos: %s, %,d events, spec %s, %d kills",
            data.name(),
            data.size(),
            model.name(),
            kills));
    output.say(
        "Starting a Kafka broker and a Flink cluster of %d task managers ..."
            .formatted(taskManagers));
    Optional<ChaosFigures> figures;
    try (EmbeddedBroker broker = EmbeddedBroker.start(session.directory("kafka"));
        EmbeddedZooKeeper zooKeeper = EmbeddedZooKeeper.start(session.directory("zookeeper"));
        ClusterProcesses cluster =
            ClusterProcesses.start(
                session.directory("cluster"),
                logs,
                zooKeeper.address(),
                taskManagers,
                ClusterProcesses.words(otherJavaOptions))) {
      if (!cluster.awaitTaskManagers(session::isStopping)) {
        return Launcher.FAILED;
      }
      figures =
          new ChaosRun(
                  session,
                  cluster,
                  data,
                  name -> arguments(broker.address(), data.size(), name),
                  window)
              .run(plan);
    } catch (IOException e) {
      throw new LaunchException("The broker has no place for its data: " + e.getMessage(), e);
    }
    return figures.map(this::tell).orElse(Launcher.FAILED);
  }

  private int tell(ChaosFigures figures) {
    Output output = session.output();
    output.say("");
    output.say(
        String.format(
            Locale.ROOT,
            "Trained %,d of %,d events; dead letters: %,d; duplicates: %,d; lost: %,d",
            figures.eventsTrained(),
            figures.eventsSent(),
            figures.deadLetters(),
            figures.duplicates(),
            figures.lost()));
    output.say(
        String.format(
            Locale.ROOT,
            "Kills           %d, restarts %d, recovered after %.1f s (median), %.1f s at most",
            figures.kills(),
            figures.restarts(),
            figures.recoverySeconds().median(),
            figures.recoverySeconds().max()));
    if (!otherJavaOptions.isBlank()) {
      output.say(
          "Crossings       %d between processes with and without %s"
              .formatted(figures.crossings(), otherJavaOptions));
    }
    output.say("Digest          " + figures.digest());
    output.say("  without kills " + figures.quietDigest());
    if (json) {
      output.say(Json.line(figures));
    }
    String complaint = figures.complaint();
    if (!complaint.isEmpty()) {
      throw new LaunchException("Failures have changed something: " + complaint);
    }
    if (!otherJavaOptions.isBlank() && figures.crossings() == 0) {
      throw new LaunchException(
          "Nothing is shown: training never came to a process with other JVM options; take more"
              + " --kills");
    }
    return Launcher.DONE;
  }

  /** The options of a job whose topics begin with {@code name}. */
  private List<String> arguments(String brokers, long last, String name) {
    List<String> arguments = new ArrayList<>(arithmetic.arguments());
    arguments.addAll(List.of("--brokers", brokers, "--spec", spec));
    for (String topic :
        List.of(
            "ratings", "item-embeddings", "recommendations", "training-progress", "dead-letters")) {
      arguments.addAll(List.of("--" + topic, name + "-" + topic));
    }
    arguments.addAll(List.of("--group", name, "--transactional-id-prefix", name));
    // With one partition an offset is the number of events before it.
    arguments.addAll(List.of("--checkpoint-interval", "2s", "--stop", String.valueOf(last)));
    return arguments;
  }

  private Path logFolder() {
    try {
      return logs == null ? session.logs() : Files.createDirectories(logs.toAbsolutePath());
    } catch (IOException e) {
      throw wrong("--logs: '%s' cannot be made: %s".formatted(logs, e.getMessage()));
    }
  }

  /** Between two kills the job must report progress, which it does once a window. */
  private void requireRoom(DataSet data, long window) {
    long least = 2 * window * (kills + 1);
    if (data.size() < least) {
      throw wrong(
          String.format(
              Locale.ROOT,
              "--kills: %d take a stream of %d events or more, since this spec reports every %d"
                  + " events; there are %d",
              kills,
              least,
              window,
              data.size()));
    }
  }

  private void requirePositive(String option, int value) {
    if (value < 1) {
      throw wrong("%s: must be 1 or more, is %d".formatted(option, value));
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
