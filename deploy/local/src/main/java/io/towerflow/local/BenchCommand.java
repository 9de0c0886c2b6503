package io.towerflow.local;

import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.connectors.data.DataSet;
import io.towerflow.message.Event;
import io.towerflow.spec.ModelSpecs;
import io.towerflow.spec.SpecException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Benchmarks, each a command below this one; and how a model's costs grow, on one page. */
@Command(
    name = "bench",
    description = {
      "Measures what things cost on this machine.",
      "--report draws what an event costs the learner against catalogue, rows, history length,"
          + " users and batch, each by itself, with a sentence on what it means, and the bytes that"
          + " are kept. With --data also the presets for streams beside each other, speed against"
          + " hit@10."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "[BENCHMARK]",
    versionProvider = Launcher.Version.class)
final class BenchCommand implements Callable<Integer> {

  private static final String STREAM_PRESETS = "online";

  private final Session session;

  @Spec private CommandSpec command;

  @Option(names = "--report", description = "Measure how costs grow, and make a page of it.")
  private boolean growth;

  @Option(
      names = "--preset",
      paramLabel = "NAME|FILE",
      defaultValue = "online",
      description = "The model spec that --report measures. Default: ${DEFAULT-VALUE}")
  private String preset;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "With --report: a folder with a MovieLens data set, to compare presets on.")
  private Path folder;

  @Option(
      names = "--events",
      paramLabel = "N",
      defaultValue = "4096",
      description = "Events of a round with --report, but for --data. Default: ${DEFAULT-VALUE}")
  private int events;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Rounds with --report. Default: ${DEFAULT-VALUE}")
  private int rounds;

  @Option(
      names = "--scale",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "With --report: the largest catalogue, tables and number of users are an N-th."
              + " Default: ${DEFAULT-VALUE}")
  private int scale;

  @Mixin private BenchOptions bench;

  @Mixin private ReportOptions report;

  BenchCommand(Session session) {
    this.session = session;
  }

  /** Without a benchmark or the page there is nothing to measure. */
  @Override
  public Integer call() throws Exception {
    if (!growth) {
      throw new ParameterException(command.commandLine(), "Missing benchmark, or --report");
    }
    bench.requirePositive("--events", events);
    bench.requirePositive("--rounds", rounds);
    bench.requirePositive("--scale", scale);
    String yaml = yaml();
    List<LearnCell> presets = folder == null ? List.of() : presets();
    report.check();
    session.output().say("Towerflow bench, on " + Machine.description());
    LearnBench turns = new LearnBench(session, rounds);
    try (GrowthBench growing = new GrowthBench(yaml, events, scale)) {
      Optional<List<LearnFigures>> grown = turns.run(growing.cells());
      if (grown.isEmpty()) {
        return Launcher.FAILED;
      }
      Optional<List<LearnFigures>> compared = turns.run(presets);
      if (compared.isEmpty()) {
        return Launcher.FAILED;
      }
      GrowthReport told = growing.report(grown.get(), compared.get());
      told.lines().forEach(line -> session.output().say("  " + line));
      bench.tell(session.output(), told, report.directory());
      return Launcher.DONE;
    }
  }

  private String yaml() {
    try {
      ModelSpecs.load(preset);
      String yaml = ModelSpecs.text(preset);
      DataOptions.lacking(ModelSpecs.parse(yaml).event(), new ShopStream(1, 1, 0, 0))
          .ifPresent(
              lack -> {
                throw bench.wrong("--preset: it " + lack);
              });
      return yaml;
    } catch (SpecException e) {
      throw bench.wrong("--preset: " + e.getMessage());
    }
  }

  /** The presets for streams, over the data set. */
  private List<LearnCell> presets() {
    List<LearnCell> cells = new ArrayList<>();
    for (String name : ModelSpecs.presets()) {
      if (name.startsWith(STREAM_PRESETS)) {
        var spec = ModelSpecs.load(name);
        DataSet data = new DataOptions(command, folder, null, null).open(spec.event());
        List<Event> stream = new ArrayList<>();
        Events.read(data, spec.event(), stream::add);
        cells.add(StreamCell.of(spec, Arithmetic.AUTO, stream));
      }
    }
    return cells;
  }
}
