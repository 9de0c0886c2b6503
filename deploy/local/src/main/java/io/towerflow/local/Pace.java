package io.towerflow.local;

/**
 * How fast a run learnt, in events a second by the times at which it told how it got on; null where
 * it told too little.
 *
 * @param learning from its first message, which comes with the end of the first window, to its
 *     last: starting is left out
 * @param firstFifth over the first fifth of the events, from the first message on
 * @param lastFifth over the last fifth
 */
record Pace(Double learning, Double firstFifth, Double lastFifth) {

  static Pace of(Trajectory trajectory) {
    return new Pace(
        trajectory.eventsPerSecond(1, 5),
        trajectory.eventsPerSecond(1, 1),
        trajectory.eventsPerSecond(5, 5));
  }
}
