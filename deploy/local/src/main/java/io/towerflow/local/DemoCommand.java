package io.towerflow.local;

import io.towerflow.connectors.data.DataSet;
import io.towerflow.connectors.data.DataSetProducer;
import io.towerflow.job.ArithmeticOptions;
import io.towerflow.job.JobOptions;
import io.towerflow.job.TowerflowJob;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The whole system in one process: a broker, a producer and the job. */
@Command(
    name = "demo",
    description = {
      "Runs a Kafka broker, a producer and the job in one process and shows how the model learns.",
      "Nothing needs to be installed or started before."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Launcher.Version.class)
final class DemoCommand implements Callable<Integer> {

  private static final String SOMEBODY = "you";

  private final Session session;

  @Mixin private DataOptions data;
  @Mixin private ArithmeticOptions arithmetic;
  @Mixin private ReportOptions report;

  @Option(
      names = "--spec",
      paramLabel = "NAME|FILE",
      defaultValue = "online",
      description = "The model spec: a preset's name or a YAML file. Default: ${DEFAULT-VALUE}")
  private String spec;

  @Option(
      names = "--checkpoint-interval",
      paramLabel = "TIME",
      defaultValue = "2s",
      description = "The time between checkpoints. Default: ${DEFAULT-VALUE}")
  private String checkpointInterval;

  @Option(
      names = "--delivery",
      paramLabel = "PROMISE",
      defaultValue = "exactly-once",
      description = "exactly-once or at-least-once. Default: ${DEFAULT-VALUE}")
  private String delivery;

  @Option(
      names = "--follow",
      description =
          "Keep everything running until Ctrl-C, for other Kafka clients to read and write.")
  private boolean follow;

  @Option(names = "--json", description = "Print the figures as one JSON object on the last line.")
  private boolean json;

  DemoCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    // What is wrong with the options is said before anything is started.
    ModelSpec model = ModelSpecs.parse(jobOptions("127.0.0.1:1", 0).plan().specYaml());
    DataSet events = data.open(model.event());
    double rate = data.rate();
    report.check();
    session.output().say("Towerflow demo: " + title(events, model));
    session.output().say("Starting a Kafka broker ...");
    try (EmbeddedBroker broker = EmbeddedBroker.start(session.directory("kafka"))) {
      return run(events, model, rate, jobOptions(broker.address(), events.size()));
    } catch (IOException e) {
      throw new LaunchException("The broker has no place for its data: " + e.getMessage(), e);
    }
  }

  private int run(DataSet events, ModelSpec model, double rate, JobOptions options) {
    Output output = session.output();
    output.say("Starting the job ...");
    TowerflowJob.createTopics(options);
    long start = System.nanoTime();
    try (Sending sending =
            new Sending(new DataSetProducer(options.kafka(), options.ratings(), rate), events);
        Topics topics = new Topics(options.kafka());
        JobRun run = JobRun.start(options, topics, session.directory("job"))) {
      if (follow) {
        tellHowToJoin(options, events, model);
      }
      boolean ended =
          run.follow(
              output,
              () -> {
                sending.check();
                return session.isStopping();
              });
      if (!ended) {
        if (!follow) {
          return Launcher.FAILED;
        }
        run.stop();
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      Figures figures =
          new RunEnd(output, options, topics, report.directory())
              .tell(title(events, model), run.backlog(), run.committed(), seconds);
      output.say("Topics          on the demo's own broker, so they end with it (see --follow)");
      if (json) {
        output.say(Json.line(figures));
      }
      return Launcher.DONE;
    }
  }

  private JobOptions jobOptions(String brokers, long events) {
    List<String> arguments = new ArrayList<>(arithmetic.arguments());
    arguments.addAll(List.of("--brokers", brokers, "--spec", spec));
    arguments.addAll(List.of("--checkpoint-interval", checkpointInterval, "--delivery", delivery));
    // With one partition an offset is the number of events before it.
    arguments.addAll(List.of("--stop", follow ? "never" : String.valueOf(events)));
    return JobOptions.parse(arguments.toArray(String[]::new));
  }

  private static String title(DataSet events, ModelSpec model) {
    return String.format(
        Locale.ROOT, "%s, %,d events, spec %s", events.name(), events.size(), model.name());
  }

  private void tellHowToJoin(JobOptions options, DataSet events, ModelSpec model) {
    String brokers = options.kafka().brokers();
    List<String> topics =
        List.of(
            options.itemEmbeddings(),
            options.recommendations(),
            options.trainingProgress(),
            options.deadLetters());
    Output output = session.output();
    output.say("");
    output.say("Kafka broker    " + brokers);
    output.say(
        "Topics          %s (in), %s".formatted(options.ratings(), String.join(", ", topics)));
    output.say("");
    output.say("In another terminal, with kcat or any other Kafka client:");
    topics.forEach(
        topic -> output.say("  kcat -C -b %s -t %s -o beginning".formatted(brokers, topic)));
    output.say(
        "  echo %s | kcat -P -b %s -t %s"
            .formatted(quoted(example(events, model)), brokers, options.ratings()));
    output.say(
        "  deploy/towerflow recommend %s --brokers %s --spec %s"
            .formatted(SOMEBODY, brokers, quoted(spec)));
    output.say("Ctrl-C ends it all.");
    output.say("");
  }

  /** An event of somebody new, for people to send. */
  private static String example(DataSet events, ModelSpec model) {
    try (Stream<Map<String, Object>> all = events.events()) {
      Map<String, Object> event = new LinkedHashMap<>(all.findFirst().orElseThrow());
      event.put(model.event().user(), SOMEBODY);
      return Json.line(event);
    }
  }

  /** Text as one word of a shell. */
  private static String quoted(String text) {
    return text.matches("[\\w./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
