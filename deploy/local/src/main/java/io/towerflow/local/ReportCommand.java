package io.towerflow.local;

import io.towerflow.job.JobOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes the report again. */
@Command(
    name = "report",
    description =
        "Makes the HTML report again: from the figures that a run has left beside it, or from the"
            + " topics of a job that runs anywhere.",
    mixinStandardHelpOptions = true,
    versionProvider = Launcher.Version.class)
final class ReportCommand implements Callable<Integer> {

  /** What a report is made from. */
  enum Source {
    FIGURES,
    TOPICS
  }

  private final Session session;

  @Mixin private ReportOptions report;

  @Option(
      names = "--from",
      paramLabel = "SOURCE",
      defaultValue = "figures",
      description =
          "figures: the file in the report's directory; topics: what a job has written to Kafka,"
              + " which the options below are for. Default: ${DEFAULT-VALUE}")
  private Source source;

  @Mixin private StreamOptions stream;

  @Option(
      names = "--recommendations",
      paramLabel = "TOPIC",
      defaultValue = "recommendations",
      description = "The topic of users' lists. Default: ${DEFAULT-VALUE}")
  private String recommendations;

  @Option(
      names = "--training-progress",
      paramLabel = "TOPIC",
      defaultValue = "training-progress",
      description = "The topic of loss and accuracy. Default: ${DEFAULT-VALUE}")
  private String trainingProgress;

  @Option(
      names = "--dead-letters",
      paramLabel = "TOPIC",
      defaultValue = "dead-letters",
      description = "The topic of records that can't be used. Default: ${DEFAULT-VALUE}")
  private String deadLetters;

  @Option(
      names = "--item-embeddings",
      paramLabel = "TOPIC",
      defaultValue = "item-embeddings",
      description = "The topic of items' vectors, which are counted. Default: ${DEFAULT-VALUE}")
  private String itemEmbeddings;

  @Option(names = "--json", description = "Print the figures as one JSON object on the last line.")
  private boolean json;

  ReportCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    report.check();
    Figures figures =
        switch (source) {
          case FIGURES -> fromFigures(report.directory());
          case TOPICS -> fromTopics();
        };
    if (json) {
      session.output().say(Json.line(figures));
    }
    return Launcher.DONE;
  }

  private Figures fromFigures(Path directory) {
    Path file = Report.figures(directory);
    if (!Files.exists(file)) {
      throw new LaunchException(
          "There are no figures at '%s': run something first, or say where with --report-dir"
              .formatted(file));
    }
    try {
      Report saved = Report.read(file);
      saved.write(directory);
      session.output().say("Report          " + Report.page(directory));
      return saved.figures();
    } catch (IOException e) {
      throw new LaunchException("The report cannot be made: " + e.getMessage(), e);
    }
  }

  private Figures fromTopics() {
    JobOptions options =
        stream.jobOptions(
            "--recommendations",
            recommendations,
            "--training-progress",
            trainingProgress,
            "--dead-letters",
            deadLetters,
            "--item-embeddings",
            itemEmbeddings);
    try (Topics topics = new Topics(options.kafka())) {
      Outcome outcome = new Outcome(options);
      for (String topic :
          List.of(options.trainingProgress(), options.deadLetters(), options.itemEmbeddings())) {
        topics.read(topic, outcome::add);
      }
      RunEnd end = new RunEnd(session.output(), options, topics, report.directory());
      return end.tell(
          end.title(), Backlog.of(options, topics), outcome, outcome.trajectory().seconds());
    }
  }
}
