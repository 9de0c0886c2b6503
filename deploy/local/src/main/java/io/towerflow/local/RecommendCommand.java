package io.towerflow.local;

import io.towerflow.job.JobOptions;
import io.towerflow.spec.ModelSpecs;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what one user gets. */
@Command(
    name = "recommend",
    description = {
      "Shows the latest list of a user, as it stands in the recommendations topic, beside what"
          + " they liked best.",
      "Reads both topics from their beginnings."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Launcher.Version.class)
final class RecommendCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(paramLabel = "USER", description = "The user's id.")
  private String user;

  @Mixin private StreamOptions stream;

  @Option(
      names = "--recommendations",
      paramLabel = "TOPIC",
      defaultValue = "recommendations",
      description = "The topic of users' lists. Default: ${DEFAULT-VALUE}")
  private String recommendations;

  @Option(names = "--json", description = "Print the list as one JSON object on the last line.")
  private boolean json;

  RecommendCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    JobOptions options = stream.jobOptions("--recommendations", recommendations);
    Optional<UserList> list;
    try (Topics topics = new Topics(options.kafka())) {
      list =
          new UserLists(
                  topics,
                  ModelSpecs.parse(options.plan().specYaml()).event(),
                  Backlog.of(options, topics),
                  options.recommendations())
              .of(user);
    }
    if (list.isEmpty()) {
      throw new LaunchException(
          "There is no list for user '%s' in topic '%s': lists are made for users with events, when the model is next published"
              .formatted(user, options.recommendations()));
    }
    UserText.lines(list.get()).forEach(session.output()::say);
    if (json) {
      session.output().say(Json.line(list.get()));
    }
    return Launcher.DONE;
  }
}
