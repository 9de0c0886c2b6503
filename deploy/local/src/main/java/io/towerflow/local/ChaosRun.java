package io.towerflow.local;

import io.towerflow.connectors.data.DataSet;
import io.towerflow.local.KillPlan.Kill;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/**
 * The job over one stream twice: left alone, then with processes of its cluster killed under it.
 *
 * <p>So that each kill strikes while the job is at work, the stream waits for the kills: what comes
 * a while after a kill's place is sent when the job has recovered from it.
 */
final class ChaosRun {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String TRAINER = "trainer";

  private final Session session;
  private final ClusterProcesses cluster;
  private final DataSet data;
  private final Function<String, List<String>> arguments;

  /** Events that are sent beyond a kill's place before it: enough for the job to report it. */
  private final long ahead;

  /**
   * @param arguments the options of a job whose topics and transactions bear a name
   * @param window events from one progress message to the next
   */
  ChaosRun(
      Session session,
      ClusterProcesses cluster,
      DataSet data,
      Function<String, List<String>> arguments,
      long window) {
    this.session = session;
    this.cluster = cluster;
    this.data = data;
    this.arguments = arguments;
    this.ahead = 2 * window;
  }

  /**
   * Runs the job twice.
   *
   * @return nothing if the process was told to end before
   * @throws LaunchException if the job fails, does not recover or does not end
   */
  Optional<ChaosFigures> run(KillPlan plan) {
    Output output = session.output();
    output.say("Without kills ...");
    Optional<OutputAudit> quiet = quiet();
    if (quiet.isEmpty()) {
      return Optional.empty();
    }
    output.say(
        String.format(
            Locale.ROOT,
            "  trained %,d events, digest %s",
            quiet.get().eventsTrained(),
            quiet.get().digest()));
    output.say("With %d kills ...".formatted(plan.kills().size()));
    return chaotic(plan.kills(), quiet.get());
  }

  private Optional<OutputAudit> quiet() {
    try (ClusterJob job =
        ClusterJob.submit(
            cluster, "quiet", arguments.apply("quiet"), data, new Gate(Long.MAX_VALUE))) {
      while (!job.look(session.output())) {
        if (session.isStopping()) {
          return Optional.empty();
        }
      }
      session.output().end();
      return Optional.of(job.audit());
    }
  }

  private Optional<ChaosFigures> chaotic(List<Kill> kills, OutputAudit quiet) {
    Gate gate = new Gate(limit(kills, 0));
    try (ClusterJob job =
        ClusterJob.submit(cluster, "chaos", arguments.apply("chaos"), data, gate)) {
      List<Long> recoveries = new ArrayList<>();
      int restarts = 0;
      int crossings = 0;
      Optional<Strike> open = Optional.empty();
      boolean ended = false;
      while (!ended || open.isPresent()) {
        if (session.isStopping()) {
          return Optional.empty();
        }
        ended = job.look(session.output());
        int struck = recoveries.size();
        if (open.isPresent()) {
          OptionalLong recovered = recovered(job, open.get());
          if (recovered.isPresent()) {
            long millis = recovered.getAsLong() - open.get().time();
            recoveries.add(millis);
            restarts += hasRestarted(job, open.get()) ? 1 : 0;
            crossings += hasCrossed(job, open.get()) ? 1 : 0;
            session
                .output()
                .say(String.format(Locale.ROOT, "    recovered after %.1f s", millis / 1000.0));
            open = Optional.empty();
            gate.open(limit(kills, struck + 1));
          }
        } else if (struck < kills.size() && job.trained() >= kills.get(struck).afterEvents()) {
          open = Optional.of(strike(job, kills.get(struck)));
          session
              .output()
              .say(
                  String.format(
                      Locale.ROOT,
                      "  kill %d of %d: %s, after %,d events",
                      struck + 1,
                      kills.size(),
                      open.get().victim(),
                      job.trained()));
        }
      }
      session.output().end();
      return Optional.of(figures(job, kills.size(), restarts, crossings, recoveries, quiet));
    }
  }

  /** How far the stream may be sent until the job has recovered from its {@code next}-th kill. */
  private long limit(List<Kill> kills, int next) {
    return next < kills.size() ? kills.get(next).afterEvents() + ahead : Long.MAX_VALUE;
  }

  private static ChaosFigures figures(
      ClusterJob job,
      int kills,
      int restarts,
      int crossings,
      List<Long> recoveries,
      OutputAudit quiet) {
    OutputAudit audit = job.audit();
    return new ChaosFigures(
        job.sent(),
        audit.eventsTrained(),
        audit.deadLetters(),
        kills,
        restarts,
        crossings,
        audit.duplicates(job.sent()),
        audit.lost(job.sent(), quiet),
        audit.digest(),
        quiet.digest(),
        ChaosFigures.Spread.of(recoveries));
  }

  private Strike strike(ClusterJob job, Kill kill) {
    Map<String, Set<String>> tasks = cluster.view().taskManagersOf(job.id());
    String trainer =
        trainer(tasks).orElseThrow(() -> new LaunchException("No task manager trains"));
    String victim =
        switch (kill.victim()) {
          case TRAINER, JOB_MANAGER -> trainer;
          case OTHER_TASK_MANAGER ->
              tasks.values().stream()
                  .flatMap(Set::stream)
                  .filter(name -> !name.equals(trainer))
                  .filter(cluster.taskManagers()::contains)
                  .findFirst()
                  .orElse(trainer);
        };
    long time = System.currentTimeMillis();
    if (kill.victim() == KillPlan.Victim.JOB_MANAGER) {
      cluster.replaceJobManager();
      return new Strike("jobmanager", trainer, time);
    }
    cluster.replaceTaskManager(victim);
    return new Strike(victim.equals(trainer) ? victim + ", which trains" : victim, trainer, time);
  }

  private Optional<String> trainer(Map<String, Set<String>> tasks) {
    return tasks.getOrDefault(TRAINER, Set.of()).stream()
        .filter(cluster.taskManagers()::contains)
        .findFirst();
  }

  /** Whether training has gone over to a process with other JVM options. */
  private boolean hasCrossed(ClusterJob job, Strike strike) {
    return trainer(cluster.view().taskManagersOf(job.id()))
        .map(trainer -> cluster.isOther(trainer) != cluster.isOther(strike.trainer()))
        .orElse(false);
  }

  private OptionalLong recovered(ClusterJob job, Strike strike) {
    OptionalLong checkpoint = cluster.view().checkpointTriggeredAfter(job.id(), strike.time());
    if (checkpoint.isEmpty() && System.currentTimeMillis() - strike.time() > PATIENCE.toMillis()) {
      throw new LaunchException(
          "The job has not recovered within %d s from the kill of %s"
              .formatted(PATIENCE.toSeconds(), strike.victim()));
    }
    return checkpoint;
  }

  private boolean hasRestarted(ClusterJob job, Strike strike) {
    return cluster.view().runningSince(job.id()).orElse(0) > strike.time();
  }

  /**
   * A kill that the job has to recover from.
   *
   * @param victim who was killed, for people
   * @param trainer the task manager that trained until then
   * @param time when, milliseconds since the epoch
   */
  private record Strike(String victim, String trainer, long time) {}
}
