package io.towerflow.message;

/**
 * How far predicted ratings were off over a run of events: sums, so that runs can be added up.
 *
 * @param events the events that had a value
 * @param squaredError the sum of {@code (predicted - value)^2} over them
 */
public record RatingError(long events, double squaredError) {

  /** No events at all. */
  public static final RatingError NONE = new RatingError(0, 0);

  /** The error of one prediction. */
  public static RatingError of(double predicted, double value) {
    return new RatingError(1, (predicted - value) * (predicted - value));
  }

  /** The errors over both runs of events together. */
  public RatingError plus(RatingError other) {
    return new RatingError(events + other.events, squaredError + other.squaredError);
  }

  /** The root of the mean squared error; NaN where there are no events. */
  public double rmse() {
    return Math.sqrt(squaredError / events);
  }
}
