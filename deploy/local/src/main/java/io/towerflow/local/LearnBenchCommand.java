package io.towerflow.local;

import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.connectors.data.DataSet;
import io.towerflow.local.LearnCell.Coordinates;
import io.towerflow.message.Event;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;
import io.towerflow.spec.SpecException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How fast the learner is, alone. */
@Command(
    name = "learn",
    description = {
      "Measures the learner alone: events in memory, no Kafka, no Flink, no publications. Examples"
          + " are made as the job makes them, before the clock runs; every event is scored that the"
          + " job would score, then learnt.",
      "--data, or else a synthetic stream: each preset over the same events, a fresh model each"
          + " round. --items: presets over catalogues of these sizes, which the model knows from"
          + " the start, on a made-up stream that follows Zipf's law. --rows: the tutorial's towers"
          + " at batches of 2048 over tables of so many rows, which are filled first; nothing is"
          + " scored there. All cells take turns, round by round, after a warm-up each that does"
          + " not count; a speed is the median over the rounds.",
      "--steps N instead of rounds: each preset learns so many steps without an end, and the memory"
          + " that it takes is told at the beginning and ten times on the way."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Launcher.Version.class)
final class LearnBenchCommand implements Callable<Integer> {

  private static final int SHOP_EVENTS = 10_000;
  private static final int ROWS_BATCHES = 24;

  /** Weights and slots of both sides' rows, each of four bytes. */
  private static final long BYTES_OF_WEIGHT = 2 * 2 * Float.BYTES;

  /** What a user and an item take besides: places, the item's words, its entry. */
  private static final long BYTES_OF_ROW = 300;

  private static final double PART_OF_HEAP = .9;

  private final Session session;

  @Spec private CommandSpec command;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "A folder with a MovieLens data set, 100k or later. Without it, nor --items or --rows, a"
              + " synthetic stream is made up.")
  private Path folder;

  @Option(
      names = "--presets",
      paramLabel = "NAME|FILE,...",
      split = ",",
      defaultValue = "online",
      description = "Model specs: presets or YAML files. Default: ${DEFAULT-VALUE}")
  private List<String> presets = new ArrayList<>();

  @Option(
      names = "--items",
      paramLabel = "N,N,...",
      split = ",",
      description = "Sizes of made-up catalogues, such as 2000,50000,1000000.")
  private List<Integer> items = new ArrayList<>();

  @Option(
      names = "--rows",
      paramLabel = "N,N,...",
      split = ",",
      description = "Rows of the tables of users and of items, each, such as 1000,100000,10000000.")
  private List<Integer> rows = new ArrayList<>();

  @Option(
      names = "--width",
      paramLabel = "N",
      defaultValue = "32",
      description =
          "Weights of a row with --rows, less where memory asks for it. Default: ${DEFAULT-VALUE}")
  private int width;

  @Option(
      names = "--arithmetic",
      paramLabel = "NAME,...",
      split = ",",
      defaultValue = "java,engine",
      description = "Who computes: java, engine or auto. Default: ${DEFAULT-VALUE}")
  private List<Arithmetic.Kind> arithmetics = new ArrayList<>();

  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "auto",
      description = "Where the engine computes: cpu, cuda:N or auto. Default: ${DEFAULT-VALUE}")
  private String device;

  @Option(
      names = "--threads",
      paramLabel = "N,N,...",
      split = ",",
      defaultValue = "1",
      description =
          "Threads that Java computes with. The engine is measured once, with those of"
              + " OMP_NUM_THREADS. Default: ${DEFAULT-VALUE}")
  private List<Integer> threads = new ArrayList<>();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "Rounds of each cell. Default: ${DEFAULT-VALUE}")
  private int rounds;

  @Option(
      names = "--events",
      paramLabel = "N",
      description =
          "Events of a round, at most. Default: all of the data set's; 60000 of the synthetic"
              + " stream; 10000 with --items; 49152 with --rows")
  private Integer events;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      defaultValue = "10000",
      description =
          "Events that a preset is warmed up with, at most; --rows fills its tables instead."
              + " Default: ${DEFAULT-VALUE}")
  private int warmUp;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Training steps to learn for, watching memory, instead of rounds.")
  private Long steps;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Other made-up streams. Default: ${DEFAULT-VALUE}")
  private long seed;

  @Mixin private BenchOptions bench;

  @Mixin private ReportOptions report;

  LearnBenchCommand(Session session) {
    this.session = session;
  }

  /** A spec to be measured. */
  private record Preset(String yaml, ModelSpec spec) {}

  @Override
  public Integer call() throws Exception {
    // What is wrong with the options is said before anything is started.
    check();
    List<Arithmetic> computing = computing();
    List<Preset> specs = new ArrayList<>();
    for (String name : presets.stream().distinct().toList()) {
      specs.add(preset(name));
    }
    Optional<DataSet> data = data(specs);
    report.check();
    Output output = session.output();
    output.say("Towerflow bench learn, on " + Machine.description());
    List<LearnCell> cells = new ArrayList<>();
    try {
      for (Preset preset : specs) {
        if (data.isPresent()) {
          cells.addAll(streamCells(preset, data.get(), computing));
        }
        for (int size : items.stream().distinct().sorted().toList()) {
          cells.addAll(shopCells(preset, size, computing));
        }
      }
      for (int size : rows.stream().distinct().sorted().toList()) {
        for (Arithmetic each : computing) {
          cells.add(new RowsCell(rowsCoordinates(size, each), rowsBatches()));
        }
      }
      return steps == null ? speed(cells) : endurance(cells);
    } finally {
      cells.forEach(LearnCell::close);
    }
  }

  private int speed(List<LearnCell> cells) throws Exception {
    Optional<List<LearnFigures>> figures = new LearnBench(session, rounds).run(cells);
    if (figures.isEmpty()) {
      return Launcher.FAILED;
    }
    figures.get().forEach(cell -> session.output().say(LearnReport.line(cell)));
    bench.tell(
        session.output(),
        new LearnReport(Machine.description(), figures.get()),
        report.directory());
    return Launcher.DONE;
  }

  private int endurance(List<LearnCell> cells) throws Exception {
    Output output = session.output();
    List<EnduranceReport.Run> runs = new ArrayList<>();
    for (LearnCell cell : cells) {
      Optional<List<LearnEndurance.Look>> looks =
          new LearnEndurance(session, steps).run((StreamCell) cell);
      if (looks.isEmpty()) {
        return Launcher.FAILED;
      }
      output.say(cell.coordinates().name());
      looks.get().forEach(look -> output.say(EnduranceReport.line(look)));
      runs.add(new EnduranceReport.Run(cell.coordinates(), looks.get()));
    }
    bench.tell(output, new EnduranceReport(Machine.description(), runs), report.directory());
    return Launcher.DONE;
  }

  private List<LearnCell> streamCells(Preset preset, DataSet data, List<Arithmetic> computing) {
    List<Event> stream = events(preset, data, events == null ? Integer.MAX_VALUE : events);
    session
        .output()
        .say(
            String.format(
                Locale.ROOT, "%s: %s, %,d events", name(preset), data.name(), stream.size()));
    return computing.stream()
        .<LearnCell>map(
            each ->
                new StreamCell(
                    coordinates(preset, OptionalLong.empty(), each),
                    preset.spec(),
                    stream,
                    warmUp,
                    Optional.empty()))
        .toList();
  }

  private List<LearnCell> shopCells(Preset preset, int size, List<Arithmetic> computing)
      throws Exception {
    ShopStream shop =
        new ShopStream(size, ShopStream.USERS, events == null ? SHOP_EVENTS : events, seed);
    session
        .output()
        .say(
            String.format(
                Locale.ROOT,
                "%s: %s, %,d items, %,d events",
                name(preset),
                shop.name(),
                size,
                shop.size()));
    Stock stock =
        Stock.of(preset.yaml(), reader -> Events.read(shop.stock(), preset.spec().event(), reader));
    List<Event> stream = events(preset, shop, Integer.MAX_VALUE);
    return computing.stream()
        .<LearnCell>map(
            each ->
                new StreamCell(
                    coordinates(preset, OptionalLong.of(size), each),
                    preset.spec(),
                    stream,
                    warmUp,
                    Optional.of(stock)))
        .toList();
  }

  private static List<Event> events(Preset preset, DataSet data, int most) {
    List<Event> read = new ArrayList<>();
    Consumer<Event> reader = read::add;
    try (Stream<Map<String, Object>> all = data.events()) {
      Events.read(all.limit(most), preset.spec().event(), reader);
    }
    if (read.size() < preset.spec().batch().size()) {
      throw new LaunchException(
          "%s: trains batches of %d events, and of %s %d can be used"
              .formatted(name(preset), preset.spec().batch().size(), data.name(), read.size()));
    }
    return read;
  }

  private static Coordinates coordinates(Preset preset, OptionalLong items, Arithmetic arithmetic) {
    return new Coordinates(
        name(preset), items, OptionalLong.empty(), OptionalLong.empty(), arithmetic);
  }

  private static String name(Preset preset) {
    return preset.spec().name();
  }

  private Coordinates rowsCoordinates(int size, Arithmetic arithmetic) {
    return new Coordinates(
        RowsCell.PRESET,
        OptionalLong.empty(),
        OptionalLong.of(size),
        OptionalLong.of(width),
        arithmetic);
  }

  private int rowsBatches() {
    return events == null ? ROWS_BATCHES : Math.max(1, events / RowsCell.BATCH);
  }

  private Preset preset(String name) {
    Preset preset;
    try {
      preset = new Preset(ModelSpecs.text(name), ModelSpecs.load(name));
    } catch (SpecException e) {
      throw bench.wrong("--presets: " + e.getMessage());
    }
    var vocabulary = preset.spec().vocabulary();
    if (vocabulary.users().needsAccount() || vocabulary.items().needsAccount()) {
      throw bench.wrong(
          "--presets: under %s ids enter late or leave, which is the job's affair and is left out here; take its vocabulary out"
              .formatted(name));
    }
    if (!items.isEmpty()) {
      refuseWhereLacking(preset, new ShopStream(1, 1, 0, seed));
    }
    return preset;
  }

  private void refuseWhereLacking(Preset preset, DataSet data) {
    DataOptions.lacking(preset.spec().event(), data)
        .ifPresent(
            lack -> {
              throw bench.wrong("--presets: %s %s".formatted(name(preset), lack));
            });
  }

  /** The data set that is read, if one is. */
  private Optional<DataSet> data(List<Preset> specs) {
    if (folder == null && !(items.isEmpty() && rows.isEmpty())) {
      return Optional.empty();
    }
    DataSet data = null;
    for (Preset preset : specs) {
      Long length = folder == null && events != null ? Long.valueOf(events) : null;
      data =
          new DataOptions(command, folder, length, folder == null ? seed : null)
              .open(preset.spec().event());
    }
    return Optional.ofNullable(data);
  }

  /** Who computes, each once. */
  private List<Arithmetic> computing() {
    Map<String, Arithmetic> computing = new LinkedHashMap<>();
    for (Arithmetic.Kind kind : arithmetics) {
      boolean java = kind == Arithmetic.Kind.JAVA;
      for (int count : kind == Arithmetic.Kind.ENGINE ? List.of(1) : threads) {
        try {
          Arithmetic each = new Arithmetic(kind, java ? "cpu" : device, count);
          computing.putIfAbsent(each.toString(), each);
        } catch (IllegalArgumentException e) {
          throw bench.wrong("--device: " + e.getMessage());
        }
      }
    }
    return List.copyOf(computing.values());
  }

  private void check() {
    threads.forEach(count -> bench.requirePositive("--threads", count));
    items.forEach(count -> bench.requirePositive("--items", count));
    rows.forEach(count -> bench.requirePositive("--rows", count));
    bench.requirePositive("--width", width);
    bench.requirePositive("--rounds", rounds);
    bench.requirePositive("--warm-up", warmUp);
    if (events != null) {
      bench.requirePositive("--events", events);
    }
    if (steps != null) {
      bench.requirePositive("--steps", steps);
      if (!rows.isEmpty()) {
        throw bench.wrong("--steps: is for presets; leave --rows out");
      }
    }
    checkMemory();
  }

  /** Better before tables are filled for minutes than after it. */
  private void checkMemory() {
    long all = rows.stream().distinct().mapToLong(Integer::longValue).sum();
    long bytes = all * computing().size() * (BYTES_OF_WEIGHT * width + BYTES_OF_ROW);
    long heap = Runtime.getRuntime().maxMemory();
    if (bytes > PART_OF_HEAP * heap) {
      throw bench.wrong(
          String.format(
              Locale.ROOT,
              "--rows: take some %,d MB of a heap of %,d MB: leave some out, take a smaller --width"
                  + " or fewer of --arithmetic and --threads, or set TOWERFLOW_JAVA_OPTS=-Xmx...",
              bytes >> 20,
              heap >> 20));
    }
  }
}
