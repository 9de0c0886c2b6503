package io.towerflow.local;

import io.towerflow.local.LearnCell.Round;
import io.towerflow.local.LearnCell.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Measures learners in turns: after the warm-ups the first round of each, then the second of each,
 * and so on, so that a machine that grows slower does so for all.
 */
final class LearnBench {

  private final Session session;
  private final int rounds;

  LearnBench(Session session, int rounds) {
    this.session = session;
    this.rounds = rounds;
  }

  /**
   * Measures the cells.
   *
   * @return nothing if it was stopped
   * @throws LaunchException if two rounds over the same events came to two models
   */
  Optional<List<LearnFigures>> run(List<LearnCell> cells) throws Exception {
    long[] warmUps = new long[cells.size()];
    List<List<Round>> measured = new ArrayList<>();
    for (int i = 0; i < cells.size(); i++) {
      warmUps[i] = cells.get(i).warmUp(watch(cells.get(i), "warm-up"));
      measured.add(new ArrayList<>());
    }
    for (int round = 1; round <= rounds; round++) {
      for (int i = 0; i < cells.size(); i++) {
        System.gc(); // so that nobody pays for what another has left
        Optional<Round> told =
            cells.get(i).round(watch(cells.get(i), "round %d of %d".formatted(round, rounds)));
        if (told.isEmpty() || session.isStopping()) {
          return Optional.empty();
        }
        measured.get(i).add(told.get());
      }
    }
    session.output().end();
    List<LearnFigures> figures = new ArrayList<>();
    for (int i = 0; i < cells.size(); i++) {
      requireOneModel(cells.get(i), measured.get(i));
      figures.add(new LearnFigures(cells.get(i).coordinates(), warmUps[i], measured.get(i)));
    }
    return Optional.of(figures);
  }

  private static void requireOneModel(LearnCell cell, List<Round> rounds) {
    List<String> digests = rounds.stream().map(Round::digest).distinct().toList();
    if (cell.isRepeated() && digests.size() > 1) {
      throw new LaunchException(
          "%s: the same events have come to %d models: %s"
              .formatted(cell.coordinates().name(), digests.size(), String.join(", ", digests)));
    }
  }

  private Watch watch(LearnCell cell, String what) {
    String name = cell.coordinates().name();
    return new Watch() {
      @Override
      public void learnt(long events, long all) {
        session
            .output()
            .show(
                String.format(Locale.ROOT, "  %s: %s, %,d of %,d events", name, what, events, all));
      }

      @Override
      public boolean isStopping() {
        return session.isStopping();
      }
    };
  }
}
