package io.towerflow.local;

import io.towerflow.job.JobOptions;
import io.towerflow.spec.EventSpec;
import io.towerflow.spec.ModelSpecs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Tells what a run came to: on standard output, in the report and as figures. */
final class RunEnd {

  private static final int USERS = 3;

  private final Output output;
  private final JobOptions options;
  private final Topics topics;
  private final Path report;

  /**
   * @param options the job's
   * @param topics the topics of the options' brokers
   * @param report where the report goes
   */
  RunEnd(Output output, JobOptions options, Topics topics, Path report) {
    this.output = output;
    this.options = options;
    this.topics = topics;
    this.report = report;
  }

  /** The title of a run on topics that are there anyway. */
  String title() {
    return "Topic %s of %s, spec %s"
        .formatted(
            options.ratings(),
            options.kafka().brokers(),
            ModelSpecs.parse(options.plan().specYaml()).name());
  }

  /**
   * @param title what ran, for people
   * @param ratings what the job was to read
   * @param outcome what it has written
   * @param seconds from its start to its end
   * @throws LaunchException if nothing has been learnt, or the report cannot be written
   */
  Figures tell(String title, Backlog ratings, Outcome outcome, double seconds) {
    if (outcome.trajectory().last().isEmpty()) {
      throw new LaunchException(
          "There is nothing to tell: topic '%s' holds no training progress yet"
              .formatted(options.trainingProgress()));
    }
    EventSpec spec = ModelSpecs.parse(options.plan().specYaml()).event();
    List<UserList> users =
        new UserLists(topics, spec, ratings, options.recommendations()).lastActive(USERS);
    Figures figures =
        Figures.of(outcome, ratings.records(), seconds, Report.page(report).toString());
    try {
      Report.of(title, figures, outcome.trajectory(), users).write(report);
    } catch (IOException e) {
      throw new LaunchException(
          "The report cannot be written to '%s': %s".formatted(report, e.getMessage()), e);
    }
    users.forEach(user -> UserText.lines(user).forEach(output::say));
    output.say("");
    output.say(
        String.format(
            Locale.ROOT,
            "Learnt %,d of %,d events in %.1f s (%,.0f a second, start included); dead letters:"
                + " %,d",
            figures.eventsTrained(),
            figures.eventsSent(),
            figures.seconds(),
            figures.eventsPerSecond(),
            figures.deadLetters()));
    output.say(
        "After the start %s a second, in the first fifth %s, in the last %s; item vectors sent: %s"
            .formatted(
                count(figures.eventsPerSecondLearning()),
                count(figures.eventsPerSecondFirstFifth()),
                count(figures.eventsPerSecondLastFifth()),
                count((double) figures.itemEmbeddingsSent())));
    output.say("");
    output.say("Hit@10, each event predicted before it was learnt:");
    output.say("                first fifth   last fifth   all");
    output.say(
        accuracies(
            "model", figures.hitAt10FirstFifth(), figures.hitAt10LastFifth(), figures.hitAt10()));
    output.say(
        accuracies(
            "most popular",
            figures.popularityHitAt10FirstFifth(),
            figures.popularityHitAt10LastFifth(),
            figures.popularityHitAt10()));
    if (figures.nonPositives() > 0) {
      output.say(
          String.format(
              Locale.ROOT,
              "%,d events were no positives: neither ranked nor learnt as wishes",
              figures.nonPositives()));
    }
    if (figures.ratingRmse() != null) {
      output.say("");
      output.say(
          "Ratings foretold with a root mean squared error of %s, in the last fifth %s"
              .formatted(fraction(figures.ratingRmse()), fraction(figures.ratingRmseLastFifth())));
    }
    output.say("");
    output.say("Report          " + figures.report());
    return figures;
  }

  private static String accuracies(String who, Double first, Double last, Double all) {
    return "  %-14s%-14s%-13s%s".formatted(who, fraction(first), fraction(last), fraction(all));
  }

  private static String count(Double number) {
    return number == null ? "-" : String.format(Locale.ROOT, "%,.0f", number);
  }

  private static String fraction(Double number) {
    return number == null ? "-" : String.format(Locale.ROOT, "%.4f", number);
  }
}
