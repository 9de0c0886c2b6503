package io.towerflow.local;

import io.towerflow.connectors.data.DataSet;
import io.towerflow.connectors.data.DataSets;
import io.towerflow.connectors.data.SyntheticOptions;
import io.towerflow.connectors.data.SyntheticStream;
import io.towerflow.spec.EventSpec;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Which events are sent, and how fast. */
final class DataOptions {

  @Spec(Target.MIXEE)
  private CommandSpec command;

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
      names = "--seed",
      paramLabel = "N",
      description = "The synthetic stream of another seed. Default: 42")
  private Long seed;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Events that are sent in a second, 0 for as many as go. Default: ${DEFAULT-VALUE}")
  private double rate;

  /** What the command line says. */
  DataOptions() {}

  /**
   * What another command's options of the same names say.
   *
   * @param folder null for the synthetic stream
   * @param events null for its default
   * @param seed null for its default
   */
  DataOptions(CommandSpec command, Path folder, Long events, Long seed) {
    this.command = command;
    this.folder = folder;
    this.events = events;
    this.seed = seed;
  }

  /** Events that are sent in a second, 0 for as many as go. */
  double rate() {
    if (!(rate >= 0) || Double.isInfinite(rate)) {
      throw wrong("--rate: must be 0 or more, is " + rate);
    }
    return rate;
  }

  /**
   * The data set, which has every field that the spec reads.
   *
   * @throws ParameterException if the options do not go together, there is no data set, or it lacks
   *     a field
   */
  DataSet open(EventSpec spec) {
    DataSet data = folder == null ? synthetic(spec) : inFolder();
    lacking(spec, data)
        .ifPresent(
            lack -> {
              throw wrong("--spec: it " + lack);
            });
    return data;
  }

  /** What a spec reads that a data set does not have, as a sentence about the spec. */
  static Optional<String> lacking(EventSpec spec, DataSet data) {
    Set<String> missing = fields(spec);
    missing.removeAll(data.fields());
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "reads the fields %s, which the events of %s don't have; they have %s"
                .formatted(missing, data.name(), new TreeSet<>(data.fields())));
  }

  private DataSet inFolder() {
    if (events != null || seed != null) {
      throw wrong("--events and --seed are for the synthetic stream; with --data leave them out");
    }
    try {
      return DataSets.open(folder);
    } catch (IllegalArgumentException e) {
      throw wrong("--data: " + e.getMessage());
    }
  }

  private DataSet synthetic(EventSpec spec) {
    SyntheticOptions options = SyntheticOptions.defaults();
    if (events != null && events < 1) {
      throw wrong("--events: must be 1 or more, is " + events);
    }
    return new SyntheticStream(
        spec,
        options
            .withEvents(events == null ? options.events() : events)
            .withSeed(seed == null ? options.seed() : seed));
  }

  private static Set<String> fields(EventSpec spec) {
    Set<String> fields = new LinkedHashSet<>();
    fields.add(spec.user());
    fields.add(spec.item());
    fields.add(spec.time());
    fields.addAll(spec.texts());
    return fields;
  }

  private ParameterException wrong(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
