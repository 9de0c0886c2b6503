package io.towerflow.message;

/**
 * Prequential accuracy over a run of events: sums, so that runs can be added up.
 *
 * @param events the events counted, those that are misses by definition (first sightings) included
 * @param hitsAt10 events whose item ranked within the first 10
 * @param hitsAt100 events whose item ranked within the first 100
 * @param reciprocalRanks the sum of 1/rank over the events that ranked within the first 100
 */
public record Accuracy(long events, long hitsAt10, long hitsAt100, double reciprocalRanks) {

  /** No events at all. */
  public static final Accuracy NONE = new Accuracy(0, 0, 0, 0);

  /** The accuracy over both runs of events together. */
  public Accuracy plus(Accuracy other) {
    return new Accuracy(
        events + other.events,
        hitsAt10 + other.hitsAt10,
        hitsAt100 + other.hitsAt100,
        reciprocalRanks + other.reciprocalRanks);
  }

  /** The fraction of events whose item ranked within the first 10; 0 where there are no events. */
  public double hitAt10() {
    return events == 0 ? 0 : (double) hitsAt10 / events;
  }

  /** The fraction of events whose item ranked within the first 100; 0 where there are no events. */
  public double hitAt100() {
    return events == 0 ? 0 : (double) hitsAt100 / events;
  }

  /** The mean reciprocal rank, ranks past 100 counting 0; 0 where there are no events. */
  public double mrrAt100() {
    return events == 0 ? 0 : reciprocalRanks / events;
  }
}
