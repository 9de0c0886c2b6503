package io.towerflow.local;

import io.towerflow.connectors.data.DataSet;
import io.towerflow.connectors.data.DataSetProducer;
import io.towerflow.job.JobOptions;
import io.towerflow.job.TowerflowJob;
import io.towerflow.message.TrainingProgress;
import io.towerflow.spec.ModelSpec;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Runs the job over a data set, then has baselines foresee the same records in the same order: read
 * again from the topic that the job has read.
 */
final class PrequentialEvaluation {

  private static final int NEWS_EVERY = 1000;

  private final Session session;
  private final DataSet data;
  private final ModelSpec spec;

  PrequentialEvaluation(Session session, DataSet data, ModelSpec spec) {
    this.session = session;
    this.data = data;
    this.spec = spec;
  }

  /**
   * @param options the job's, whose brokers run and who ends after the last event
   * @param title what runs, for people
   * @return nothing if the process was told to end before
   * @throws LaunchException if the job fails
   */
  Optional<PrequentialReport> run(JobOptions options, String title) {
    Output output = session.output();
    output.say("Starting the job ...");
    TowerflowJob.createTopics(options);
    long start = System.nanoTime();
    try (Sending sending =
            new Sending(new DataSetProducer(options.kafka(), options.ratings(), 0), data);
        Topics topics = new Topics(options.kafka());
        JobRun run = JobRun.start(options, topics, session.directory("job"))) {
      boolean ended =
          run.follow(
              output,
              () -> {
                sending.check();
                return session.isStopping();
              });
      if (!ended) {
        return Optional.empty();
      }
      double jobSeconds = secondsSince(start);
      Outcome outcome = run.committed();
      TrainingProgress last =
          outcome
              .trajectory()
              .last()
              .orElseThrow(
                  () ->
                      new LaunchException(
                          "The job has learnt nothing: none of %,d records could be used"
                              .formatted(run.backlog().records())));
      output.say("Measuring the baselines on the same events ...");
      long baselinesStart = System.nanoTime();
      List<Ranking> baselines = baselines(run.backlog(), last.events());
      if (session.isStopping()) {
        return Optional.empty();
      }
      return Optional.of(
          new PrequentialReport(
              title,
              last.events(),
              last.nonPositives(),
              outcome.deadLetters(),
              jobSeconds,
              Pace.of(outcome.trajectory()),
              outcome.itemEmbeddings(),
              secondsSince(baselinesStart),
              Ranking.ofModel(outcome.trajectory()),
              baselines,
              Ranking.ofPopularity(outcome.trajectory()),
              last.ratingTotal(),
              outcome.trajectory().ratingErrorOfLastFifth(),
              last.modelDigest()));
    }
  }

  /**
   * @param trained events that the job has learnt
   */
  private List<Ranking> baselines(Backlog ratings, long trained) {
    BaselineRun baselines = new BaselineRun(spec);
    Events.read(
        ratings,
        spec.event(),
        event -> {
          if (session.isStopping()) {
            return;
          }
          baselines.add(event);
          if (baselines.events() % NEWS_EVERY == 0) {
            session
                .output()
                .show(
                    String.format(
                        Locale.ROOT,
                        "  baselines: %,d of %,d events",
                        baselines.events(),
                        trained));
          }
        });
    session.output().end();
    if (baselines.events() != trained && !session.isStopping()) {
      throw new LaunchException(
          "The job has learnt %,d events and the baselines %,d, so they can't be compared"
              .formatted(trained, baselines.events()));
    }
    return baselines.finish();
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
