package io.towerflow.local;

import io.towerflow.job.Medians;
import io.towerflow.local.LearnCell.Coordinates;
import io.towerflow.local.LearnCell.Round;
import java.util.List;

/**
 * What the rounds of one cell came to.
 *
 * @param warmUpEvents learnt before the first round
 * @param rounds one or more
 */
record LearnFigures(Coordinates coordinates, long warmUpEvents, List<Round> rounds) {

  /** The median over the rounds. */
  double eventsPerSecond() {
    return Medians.of(rounds.stream().mapToDouble(Round::eventsPerSecond));
  }

  /** The median over the rounds. */
  double eventsPerProcessorSecond() {
    return Medians.of(rounds.stream().mapToDouble(Round::eventsPerProcessorSecond));
  }

  /** The last round, which tells what the model came to. */
  Round last() {
    return rounds.get(rounds.size() - 1);
  }
}
