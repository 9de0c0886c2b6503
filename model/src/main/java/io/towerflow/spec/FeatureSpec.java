package io.towerflow.spec;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

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
   * Where in the day, the week or the year the event's time lies, in UTC ({@code kind:
   * cyclic_time}): a sine and a cosine a cycle, so that the end of a cycle lies beside its
   * beginning, and no time is ever out of range.
   *
   * @param cycles each once
   * @param width of the learned projection of the numbers; without one they are read as they are
   */
  record CyclicTime(List<Cycle> cycles, Optional<Integer> width) implements FeatureSpec {

    /** Something that time goes round. */
    public enum Cycle {
      /** 24 hours, from midnight. */
      DAY(Duration.ofDays(1)),
      /** Seven days, from Thursday: the epoch's first day was one. */
      WEEK(Duration.ofDays(7)),
      /** The mean Gregorian year of 365.2425 days, so dates stay within a day or so. */
      YEAR(Duration.ofSeconds(31_556_952));

      private final long millis;

      Cycle(Duration length) {
        millis = length.toMillis();
      }

      /** How long it takes, in milliseconds. */
      public long millis() {
        return millis;
      }
    }

    @Override
    public String kind() {
      return "cyclic_time";
    }

    /** How many numbers a time has: a sine and a cosine a cycle. */
    public int numbers() {
      return 2 * cycles.size();
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
   * The mean of the embeddings of a field's values, one or several ({@code kind: category}). Zero
   * where an event has none.
   *
   * @param field the event's field: of the item for a candidate, of the moment for a query
   * @param width numbers per value embedding
   * @param values values that get a row of their own, first come first served; later ones share row
   *     0
   * @param gain the mean is multiplied by learned factors, one a dimension, that begin here;
   *     without it there are none
   */
  record Category(String field, int width, int values, Optional<Double> gain)
      implements FeatureSpec {
    @Override
    public String kind() {
      return "category";
    }
  }

  /**
   * A field's number, standardized by the running mean and population variance of the field and
   * clamped to {@code +-clamp} ({@code kind: number}). The mean, 0, where an event has none.
   *
   * @param field the event's field: of the item for a candidate, of the moment for a query
   * @param clamp standard deviations
   * @param log whether the number x is first {@code sign(x) ln(1 + |x|)}
   * @param width of the learned projection; without one the number is read as it is
   */
  record Numeric(String field, double clamp, boolean log, Optional<Integer> width)
      implements FeatureSpec {
    @Override
    public String kind() {
      return "number";
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
   * @param ageGate whether they are by one for the age
   * @param meanGate whether each mean is gated by a learned factor for the time since the last
   *     item, and by one for the number of items taken
   * @param moment whether these two also have a vector each that is added to the query
   * @param content how much of what the candidates' other features say of an item is added to its
   *     embedding, of those that are as wide
   * @param hidden units of a hidden layer that reads all means at once, 0 for none
   */
  record History(
      int items,
      List<Double> decays,
      boolean timeGate,
      boolean ageGate,
      boolean meanGate,
      boolean moment,
      double content,
      int hidden)
      implements FeatureSpec {
    @Override
    public String kind() {
      return "history";
    }
  }
}
