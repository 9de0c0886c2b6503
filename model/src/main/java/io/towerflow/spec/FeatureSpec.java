package io.towerflow.spec;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** One declared feature of a tower. */
public sealed interface FeatureSpec {

  /** The name of the feature's kind, as it stands in the YAML. */
  String kind();

  /**
   * An embedding of the side's own id ({@code kind: id}).
   *
   * @param width numbers per embedding
   */
  record Id(int width) implements FeatureSpec {
    @Override
    public String kind() {
      return "id";
    }
  }

  /**
   * An embedding of the event's time, cut into {@code buckets} linear buckets between two given
   * times ({@code kind: bucketized_time} with {@code from}, {@code to}, {@code buckets}), as Keras'
   * Discretization layer cuts {@code numpy.linspace(from, to, buckets)}: times before {@code from}
   * fall into the first of {@code buckets + 1} rows, times from {@code to} on into the last.
   */
  record BucketizedTime(int width, int buckets, Instant from, Instant to) implements FeatureSpec {
    @Override
    public String kind() {
      return "bucketized_time";
    }
  }

  /**
   * An embedding of the event's time, cut into consecutive periods without end ({@code kind:
   * bucketized_time} with {@code period}): row {@code floor(time / period)}, so no bucket saturates
   * and no row ever changes its meaning. A period is worth learning where several batches fall in
   * it.
   */
  record RollingTime(int width, Duration period) implements FeatureSpec {
    @Override
    public String kind() {
      return "bucketized_time";
    }
  }

  /**
   * The event's time as one number, standardized by the running mean and variance of the times seen
   * so far and clamped to {@code +-clamp} ({@code kind: normalized_time}).
   */
  record NormalizedTime(double clamp) implements FeatureSpec {
    @Override
    public String kind() {
      return "normalized_time";
    }
  }

  /**
   * The mean of the embeddings of a text's tokens ({@code kind: text}): lower-cased, punctuation
   * stripped, split on white space.
   *
   * @param field the event's field that holds the text
   * @param width numbers per token embedding
   * @param tokens tokens that get a row of their own, first come first served; later ones share row
   *     0
   * @param maxTokens tokens of one text that are read, the rest is dropped
   */
  record Text(String field, int width, int tokens, int maxTokens) implements FeatureSpec {
    @Override
    public String kind() {
      return "text";
    }
  }

  /**
   * How popular the item has been of late and how old it is, weighted by the query ({@code kind:
   * popularity}): a user who has just come, or come back, is told what is popular now, another one
   * is not. It adds to the score beside the towers' dot product.
   *
   * @param halfLives events after which a count has halved; one number each
   * @param age whether the item's age is one more number
   */
  record Popularity(List<Double> halfLives, boolean age) implements FeatureSpec {
    @Override
    public String kind() {
      return "popularity";
    }

    /** How many numbers the feature has of an item. */
    public int width() {
      return halfLives.size() + (age ? 1 : 0);
    }
  }

  /**
   * Decayed means of the embeddings of the user's last items, newest first ({@code kind: history}).
   * It reads the same rows as the candidates' {@link Id} feature.
   *
   * @param items how many of the last items are read
   * @param decays the weight of an item is {@code decay^age}, age 0 being the newest; one mean a
   *     decay
   * @param timeGate whether the weights are also gated by a learned factor for the time since
   */
  record History(int items, List<Double> decays, boolean timeGate) implements FeatureSpec {
    @Override
    public String kind() {
      return "history";
    }
  }
}
