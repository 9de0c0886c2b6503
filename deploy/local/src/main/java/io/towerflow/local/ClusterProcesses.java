package io.towerflow.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.client.cli.CliFrontend;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;
import org.apache.flink.runtime.util.config.memory.ProcessMemoryUtils;

/**
 * A Flink session cluster of real processes on 127.0.0.1: one job manager and some task managers of
 * one slot each, to be killed and replaced. One task manager more than the job takes stands by, as
 * in any cluster that is to recover fast: a job need not wait until a process has started. None of
 * them outlives this process, unless this process is itself killed with no notice.
 *
 * <p>Started as Flink's own scripts start them: the memory that the configuration asks for is
 * turned into JVM options by Flink's own rules.
 */
final class ClusterProcesses implements AutoCloseable {

  private static final String HOST = "127.0.0.1";
  private static final String JOB_MANAGER = "jobmanager";
  private static final Duration START = Duration.ofMinutes(3);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int STANDING_BY = 1;

  /** Spends little time on making code fast that has little to do. */
  private static final String LIGHT = "-XX:TieredStopAtLevel=1";

  /** As flink-job/README.md advises for task managers, and the launcher's script does. */
  private static final List<String> FAST_PRODUCTS =
      List.of("-XX:LoopUnrollLimit=120", "-XX:MaxVectorSize=32");

  private static final Pattern JOB_ID = Pattern.compile("JobID ([0-9a-f]{32})");

  private final Path directory;
  private final Path logs;
  private final Configuration configuration;
  private final String classPath;
  private final int parallelism;
  private final ClusterView view;
  private final Thread endWithThisProcess = new Thread(this::killAll, "towerflow-kill-cluster");

  /** Those that are to be alive, by name. */
  private final Map<String, Process> processes = new LinkedHashMap<>();

  /** Of every second life of a task manager; none where all are to be alike. */
  private final List<String> otherJavaOptions;

  /** The task managers that have them. */
  private final Set<String> others = new HashSet<>();

  private int taskManagersStarted;
  private boolean closed;

  private ClusterProcesses(
      Path directory,
      Path logs,
      Configuration configuration,
      int parallelism,
      List<String> otherJavaOptions,
      URI rest) {
    this.directory = directory;
    this.logs = logs;
    this.configuration = configuration;
    this.parallelism = parallelism;
    this.otherJavaOptions = otherJavaOptions;
    this.classPath = ClusterClassPath.get();
    this.view = new ClusterView(rest);
    Runtime.getRuntime().addShutdownHook(endWithThisProcess);
  }

  /**
   * Starts a cluster; it may not be up yet when this returns.
   *
   * @param directory for configuration, checkpoints and temporary files; created where needed
   * @param logs a folder that is there, for a log {@code NAME.log} of each process
   * @param zooKeeper where the cluster keeps what its job manager must know after a failure
   * @param parallelism how many task managers a job is spread over
   * @param otherJavaOptions what the JVM is told besides of a task manager that replaces one which
   *     was not told so; none where all are to be alike
   * @throws LaunchException if a process cannot be started
   */
  static ClusterProcesses start(
      Path directory, Path logs, String zooKeeper, int parallelism, List<String> otherJavaOptions) {
    int port = freePort();
    Map<String, String> settings = settings(directory, zooKeeper, port);
    try {
      Files.createDirectories(directory.resolve("tmp"));
      Files.write(
          Files.createDirectories(conf(directory)).resolve("config.yaml"),
          settings.entrySet().stream()
              .map(setting -> "%s: \"%s\"".formatted(setting.getKey(), setting.getValue()))
              .toList());
    } catch (IOException e) {
      throw new LaunchException("The cluster cannot be configured in %s".formatted(directory), e);
    }
    ClusterProcesses cluster =
        new ClusterProcesses(
            directory,
            logs,
            Configuration.fromMap(settings),
            parallelism,
            otherJavaOptions,
            URI.create("http://%s:%d/".formatted(HOST, port)));
    try {
      cluster.startJobManager();
      // Who stands by takes over from whoever is killed, and would be like them.
      int standingBy = otherJavaOptions.isEmpty() ? STANDING_BY : 0;
      for (int i = 0; i < parallelism + standingBy; i++) {
        cluster.startTaskManager(false);
      }
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
    return cluster;
  }

  /** What the cluster says of itself. */
  ClusterView view() {
    return view;
  }

  /** The names of the task managers that are to be alive. */
  synchronized List<String> taskManagers() {
    return processes.keySet().stream().filter(name -> !name.equals(JOB_MANAGER)).toList();
  }

  /**
   * Waits until all task managers have registered.
   *
   * @return whether they have, false if somebody wants to stop
   * @throws LaunchException if they do not, or a process ends
   */
  boolean awaitTaskManagers(BooleanSupplier stopping) {
    long deadline = System.nanoTime() + START.toNanos();
    while (!view.taskManagers().containsAll(taskManagers())) {
      if (stopping.getAsBoolean()) {
        return false;
      }
      requireAlive();
      if (System.nanoTime() > deadline) {
        throw new LaunchException(
            "The cluster was not up after %d s; its logs are in %s"
                .formatted(START.toSeconds(), logs));
      }
      pause();
    }
    return true;
  }

  /**
   * Submits the job's jar as {@code flink run} does and returns the job's id.
   *
   * @param name of the client's log
   * @param arguments the job's options
   * @throws LaunchException if the cluster does not take it
   */
  String submit(String name, List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            java(
                name,
                // Flink's command line registers a type of java.util that it has to open.
                List.of("-Xmx256m", LIGHT, "--add-opens=java.base/java.util=ALL-UNNAMED"),
                CliFrontend.class));
    command.addAll(List.of("run", "--detached", "--parallelism"));
    command.add(String.valueOf(parallelism));
    command.add(ClusterClassPath.jobJar().toString());
    command.addAll(arguments);
    Process client = launch(name, command);
    try {
      if (!client.waitFor(START.toSeconds(), TimeUnit.SECONDS)) {
        throw new LaunchException(
            "The job was not submitted within %d s; see %s"
                .formatted(START.toSeconds(), log(name)));
      }
      Matcher id = JOB_ID.matcher(Files.readString(log(name)));
      if (client.exitValue() != 0 || !id.find()) {
        throw new LaunchException("The cluster did not take the job; see " + log(name));
      }
      return id.group(1);
    } catch (IOException e) {
      throw new LaunchException("The client's log cannot be read: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LaunchException("Interrupted while the job was submitted", e);
    } finally {
      synchronized (this) {
        processes.remove(name);
      }
      client.destroyForcibly();
    }
  }

  /** Kills the job manager, as {@code kill -9} does, and starts another in its place. */
  void replaceJobManager() {
    kill(JOB_MANAGER);
    startJobManager();
  }

  /** Kills a task manager, as {@code kill -9} does, and starts another in its place. */
  void replaceTaskManager(String name) {
    kill(name);
    startTaskManager(!isOther(name));
  }

  /** Whether a task manager was told the other JVM options, if there are any. */
  boolean isOther(String name) {
    return others.contains(name);
  }

  /**
   * @throws LaunchException if a process has ended that nobody killed
   */
  synchronized void requireAlive() {
    processes.forEach(
        (name, process) -> {
          if (!process.isAlive()) {
            throw new LaunchException(
                "The process %s has ended by itself with exit code %d; see %s"
                    .formatted(name, process.exitValue(), log(name)));
          }
        });
  }

  /** Kills every process. */
  @Override
  public void close() {
    killAll();
    try {
      Runtime.getRuntime().removeShutdownHook(endWithThisProcess);
    } catch (IllegalStateException e) {
      return; // this process is ending, and the hook has run or will
    }
  }

  private void startJobManager() {
    List<String> options =
        new ArrayList<>(
            words(
                JobManagerProcessUtils.generateJvmParametersStr(
                    JobManagerProcessUtils.processSpecFromConfig(configuration), configuration)));
    options.add(LIGHT);
    List<String> command =
        new ArrayList<>(java(JOB_MANAGER, options, StandaloneSessionClusterEntrypoint.class));
    command.addAll(List.of("--configDir", conf(directory).toString()));
    launch(JOB_MANAGER, command);
  }

  private void startTaskManager(boolean other) {
    String name = "taskmanager-" + ++taskManagersStarted;
    TaskExecutorProcessSpec memory = TaskExecutorProcessUtils.processSpecFromConfig(configuration);
    List<String> options =
        new ArrayList<>(words(ProcessMemoryUtils.generateJvmParametersStr(memory)));
    options.addAll(FAST_PRODUCTS);
    if (other && !otherJavaOptions.isEmpty()) {
      options.addAll(otherJavaOptions);
      others.add(name);
    }
    List<String> command = new ArrayList<>(java(name, options, TaskManagerRunner.class));
    command.addAll(List.of("--configDir", conf(directory).toString()));
    command.addAll(words(TaskExecutorProcessUtils.generateDynamicConfigsStr(memory)));
    command.addAll(List.of("-D", "taskmanager.resource-id=" + name));
    launch(name, command);
  }

  private List<String> java(String name, List<String> options, Class<?> main) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-XX:+UseSerialGC");
    // How this process uses the engine.
    System.getProperties().stringPropertyNames().stream()
        .filter(property -> property.startsWith("ai.djl."))
        .sorted()
        .forEach(
            property -> command.add("-D%s=%s".formatted(property, System.getProperty(property))));
    command.add("-Dlog4j2.configurationFile=" + Launcher.class.getResource("/log4j2.properties"));
    command.add("-Dtowerflow.log=" + log(name));
    command.addAll(List.of("-cp", classPath, main.getName()));
    return command;
  }

  private synchronized Process launch(String name, List<String> command) {
    if (closed) {
      throw new LaunchException("The cluster has been ended");
    }
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            // The same file as Log4j's: both append.
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log(name).toFile()));
    builder.environment().put("FLINK_CONF_DIR", conf(directory).toString());
    try {
      Process process = builder.start();
      processes.put(name, process);
      return process;
    } catch (IOException e) {
      throw new LaunchException("The process %s did not start: %s".formatted(name, e), e);
    }
  }

  private void kill(String name) {
    Process process;
    synchronized (this) {
      process = processes.remove(name);
    }
    process.destroyForcibly();
    process.onExit().join();
  }

  private synchronized void killAll() {
    closed = true;
    processes.values().forEach(Process::destroyForcibly);
    processes.values().forEach(process -> process.onExit().join());
    processes.clear();
  }

  private Path log(String name) {
    return logs.resolve(name + ".log");
  }

  private static Path conf(Path directory) {
    return directory.resolve("conf");
  }

  /** The words of a text. */
  static List<String> words(String text) {
    return Arrays.stream(text.split(" ")).filter(word -> !word.isBlank()).toList();
  }

  private static Map<String, String> settings(Path directory, String zooKeeper, int restPort) {
    Map<String, String> settings = new LinkedHashMap<>();
    for (String option :
        Set.of(
            "jobmanager.rpc.address",
            "jobmanager.bind-host",
            "taskmanager.host",
            "taskmanager.bind-host",
            "rest.address",
            "rest.bind-address")) {
      settings.put(option, HOST);
    }
    settings.put("rest.port", String.valueOf(restPort));
    // What is watched must not be old news.
    settings.put("web.refresh-interval", "300");

    settings.put("high-availability.type", "zookeeper");
    settings.put("high-availability.zookeeper.quorum", zooKeeper);
    settings.put(
        "high-availability.storageDir", directory.resolve("high-availability").toUri().toString());
    settings.put(
        "execution.checkpointing.dir", directory.resolve("checkpoints").toUri().toString());
    settings.put("io.tmp.dirs", directory.resolve("tmp").toString());

    settings.put("jobmanager.memory.heap.size", "320m");
    settings.put("jobmanager.memory.off-heap.size", "128m");
    settings.put("taskmanager.memory.task.heap.size", "384m");
    settings.put("taskmanager.memory.managed.size", "128m");
    settings.put("taskmanager.memory.network.min", "64m");
    settings.put("taskmanager.memory.network.max", "64m");
    settings.put("taskmanager.numberOfTaskSlots", "1");

    settings.put("heartbeat.interval", "500");
    settings.put("heartbeat.timeout", "5000");
    // The dead leader's seat is kept for its session, and who calls it waits before calling again.
    settings.put("high-availability.zookeeper.client.session-timeout", "6000");
    settings.put("cluster.registration.error-delay", "1000");
    // The default waits longer after each failure, and failures are what is wanted here.
    settings.put("restart-strategy.type", "fixed-delay");
    settings.put("restart-strategy.fixed-delay.delay", "500 ms");
    settings.put("restart-strategy.fixed-delay.attempts", String.valueOf(Integer.MAX_VALUE));
    // Native libraries are loaded once a process, whatever jobs come and go: see flink-job's
    // README.
    settings.put("classloader.parent-first-patterns.additional", "ai.djl.;com.sun.jna.");
    return settings;
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("No free port on " + HOST, e);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(POLL.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LaunchException("Interrupted while waiting for the cluster", e);
    }
  }
}
