package io.towerflow.local;

import io.towerflow.connectors.kafka.StopAt;
import io.towerflow.job.JobOptions;
import io.towerflow.job.TowerflowJob;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The job in this process, on the topics of any broker. */
@Command(
    name = "run",
    description = {
      "Runs the job in this process, on the topics of a Kafka that runs elsewhere.",
      "With --stop it ends there and tells what it came to; without, it follows the stream until"
          + " Ctrl-C."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Launcher.Version.class)
final class RunCommand implements Callable<Integer> {

  private final Session session;

  @Mixin private JobOptions options;
  @Mixin private ReportOptions report;

  @Option(names = "--json", description = "Print the figures as one JSON object on the last line.")
  private boolean json;

  RunCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    options.check();
    report.check();
    Output output = session.output();
    output.say("Starting the job ...");
    TowerflowJob.checkBrokers(options);
    TowerflowJob.createTopics(options);
    long start = System.nanoTime();
    try (Topics topics = new Topics(options.kafka());
        JobRun run = JobRun.start(options, topics, session.directory("job"))) {
      boolean ended = run.follow(output, session::isStopping);
      if (!ended) {
        if (!(options.stop() instanceof StopAt.Never)) {
          return Launcher.FAILED;
        }
        run.stop();
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      RunEnd told = new RunEnd(output, options, topics, report.directory());
      Figures figures = told.tell(told.title(), run.backlog(), run.committed(), seconds);
      if (json) {
        output.say(Json.line(figures));
      }
      return Launcher.DONE;
    }
  }
}
