package io.towerflow.local;

import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.connectors.data.DataSet;
import io.towerflow.job.ArithmeticOptions;
import io.towerflow.job.JobOptions;
import io.towerflow.learn.SplitTrainer;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** How good the lists are, by one of two protocols. */
@Command(
    name = "evaluate",
    description = {
      "Measures how good the lists are.",
      "tutorial: trains on a random 80 %% of a data set and measures on the rest, as the TensorFlow"
          + " Recommenders tutorials do.",
      "prequential: runs the job over a stream, each event predicted before it is learnt, and"
          + " measures baselines on the same events."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Launcher.Version.class)
final class EvaluateCommand implements Callable<Integer> {

  private static final int DEFAULT_EPOCHS = 300;
  private static final int DEFAULT_EVERY = 5;
  private static final long DEFAULT_SEED = 42;

  /** How is measured. */
  enum Protocol {
    TUTORIAL("tutorial"),
    PREQUENTIAL("online");

    private final String spec;

    Protocol(String spec) {
      this.spec = spec;
    }
  }

  private final Session session;

  @Spec private CommandSpec command;

  @Option(
      names = "--protocol",
      required = true,
      paramLabel = "PROTOCOL",
      description = "tutorial or prequential.")
  private Protocol protocol;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "A folder with a MovieLens data set, 100k or later. Without it, prequential makes up a"
              + " synthetic stream.")
  private Path folder;

  @Option(
      names = "--spec",
      paramLabel = "NAME|FILE",
      description =
          "The model spec: a preset's name or a YAML file. Default: tutorial, or online for"
              + " prequential")
  private String spec;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "tutorial: another split; prequential: another synthetic stream. Default: 42")
  private Long seed;

  @Option(
      names = "--events",
      paramLabel = "N",
      description = "prequential: the length of the synthetic stream. Default: 60000")
  private Long events;

  @Option(
      names = "--layers",
      paramLabel = "N,N,...",
      converter = Layers.class,
      description =
          "tutorial: the sizes of the dense layers, '' for none, instead of the spec's; can be"
              + " repeated, for a run each.")
  private List<Sizes> layers = new ArrayList<>();

  @Option(
      names = "--without",
      paramLabel = "FEATURES",
      split = ",",
      description =
          "tutorial: time, text or both with a comma between: a further run each, without these"
              + " features.")
  private List<SpecVariant.Without> without = new ArrayList<>();

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "tutorial: epochs of each run. Default: 300")
  private Integer epochs;

  @Option(
      names = "--repeat",
      paramLabel = "N",
      description =
          "tutorial: so many runs of each with models that begin differently, under the spec's seed"
              + " and those after it, and their mean: a last epoch is one draw. Default: 1")
  private Integer repeat;

  @Option(
      names = "--every",
      paramLabel = "N",
      description =
          "tutorial: epochs from one measurement to the next; the last is measured anyway."
              + " Default: 5")
  private Integer every;

  @Mixin private ArithmeticOptions arithmetic;
  @Mixin private ReportOptions report;

  @Option(names = "--json", description = "Print the figures as one JSON object on the last line.")
  private boolean json;

  EvaluateCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (spec == null) {
      spec = protocol.spec;
    }
    return switch (protocol) {
      case TUTORIAL -> tutorial();
      case PREQUENTIAL -> prequential();
    };
  }

  private int tutorial() {
    // What is wrong with the options is said before anything is started.
    refuse("--events", events != null, "prequential");
    int last = positive("--epochs", epochs, DEFAULT_EPOCHS);
    int step = positive("--every", every, DEFAULT_EVERY);
    int seeds = positive("--repeat", repeat, 1);
    if (folder == null) {
      throw wrong("--data: takes the folder of a data set that is to be split");
    }
    Arithmetic computing = arithmetic.arithmetic();
    List<SpecVariant> variants = variants(seeds);
    DataSet data =
        new DataOptions(command, folder, null, null).open(variants.get(0).spec().event());
    report.check();
    long split = seed == null ? DEFAULT_SEED : seed;
    String title =
        String.format(
            Locale.ROOT,
            "%s, %,d events split at random (seed %d), spec %s",
            data.name(),
            data.size(),
            split,
            variants.get(0).spec().name());
    Output output = session.output();
    output.say("Towerflow evaluate, tutorial protocol: " + title);
    List<TutorialRun> runs =
        new TutorialEvaluation(
                output, session::isStopping, System::nanoTime, last, step, split, computing)
            .run(data, variants);
    if (runs.isEmpty()) {
      return Launcher.FAILED;
    }
    TutorialReport told = new TutorialReport(title, runs);
    tell(told.lines(), told::write, TutorialReport.page(report.directory()));
    if (session.isStopping()) {
      return Launcher.FAILED;
    }
    sayJson(told.figures(report.directory()));
    return Launcher.DONE;
  }

  private List<SpecVariant> variants(int seeds) {
    String yaml;
    try {
      yaml = ModelSpecs.text(spec);
      SplitTrainer.requireNoHistory(ModelSpecs.load(spec));
    } catch (IllegalArgumentException e) {
      throw wrong("--spec: " + e.getMessage());
    }
    try {
      return SpecVariant.of(
          yaml,
          layers.stream().map(Sizes::sizes).toList(),
          without.stream().distinct().toList(),
          seeds);
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage());
    }
  }

  private int prequential() {
    refuse("--layers", !layers.isEmpty(), "tutorial");
    refuse("--without", !without.isEmpty(), "tutorial");
    refuse("--epochs", epochs != null, "tutorial");
    refuse("--every", every != null, "tutorial");
    refuse("--repeat", repeat != null, "tutorial");
    ModelSpec model = ModelSpecs.parse(jobOptions("127.0.0.1:1", 0).plan().specYaml());
    DataSet data = new DataOptions(command, folder, events, seed).open(model.event());
    report.check();
    String title =
        String.format(
            Locale.ROOT, "%s, %,d events, spec %s", data.name(), data.size(), model.name());
    Output output = session.output();
    output.say("Towerflow evaluate, prequential protocol: " + title);
    output.say("Starting a Kafka broker ...");
    Optional<PrequentialReport> told;
    try (EmbeddedBroker broker = EmbeddedBroker.start(session.directory("kafka"))) {
      told =
          new PrequentialEvaluation(session, data, model)
              .run(jobOptions(broker.address(), data.size()), title);
    } catch (IOException e) {
      throw new LaunchException("The broker has no place for its data: " + e.getMessage(), e);
    }
    if (told.isEmpty()) {
      return Launcher.FAILED;
    }
    tell(told.get().lines(), told.get()::write, PrequentialReport.page(report.directory()));
    sayJson(told.get().figures(report.directory()));
    return Launcher.DONE;
  }

  /** The job's options, as the demo has them by default. */
  private JobOptions jobOptions(String brokers, long last) {
    List<String> arguments = new ArrayList<>(arithmetic.arguments());
    arguments.addAll(List.of("--brokers", brokers, "--spec", spec));
    // With one partition an offset is the number of events before it.
    arguments.addAll(List.of("--checkpoint-interval", "2s", "--stop", String.valueOf(last)));
    return JobOptions.parse(arguments.toArray(String[]::new));
  }

  private void tell(List<String> lines, Writing writing, Path page) {
    try {
      writing.write(report.directory());
    } catch (IOException e) {
      throw new LaunchException(
          "The report cannot be written to '%s': %s".formatted(report.directory(), e.getMessage()),
          e);
    }
    session.output().say("");
    lines.forEach(session.output()::say);
    session.output().say("");
    session.output().say("Report          " + page);
  }

  private void sayJson(Map<String, Object> figures) {
    if (json) {
      session.output().say(Json.line(figures));
    }
  }

  private void refuse(String option, boolean given, String other) {
    if (given) {
      throw wrong("%s: is for --protocol %s; leave it out".formatted(option, other));
    }
  }

  private int positive(String option, Integer given, int otherwise) {
    if (given != null && given < 1) {
      throw wrong("%s: must be 1 or more, is %d".formatted(option, given));
    }
    return given == null ? otherwise : given;
  }

  private ParameterException wrong(String message) {
    return new ParameterException(command.commandLine(), message);
  }

  @FunctionalInterface
  private interface Writing {
    void write(Path directory) throws IOException;
  }

  /** The sizes of dense layers. */
  record Sizes(List<Integer> sizes) {}

  /** Reads them. */
  static final class Layers implements ITypeConverter<Sizes> {
    @Override
    public Sizes convert(String text) {
      try {
        return new Sizes(
            text.isBlank()
                ? List.of()
                : Stream.of(text.split(",", -1)).map(String::strip).map(Integer::valueOf).toList());
      } catch (NumberFormatException e) {
        throw new TypeConversionException(
            "takes sizes such as 64,32, or '' for no layers; is '%s'".formatted(text));
      }
    }
  }
}
