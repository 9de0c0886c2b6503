package io.towerflow.spec;

import static io.towerflow.spec.ValueType.choice;
import static io.towerflow.spec.ValueType.constant;
import static io.towerflow.spec.ValueType.duration;
import static io.towerflow.spec.ValueType.durationOr;
import static io.towerflow.spec.ValueType.instant;
import static io.towerflow.spec.ValueType.listOf;
import static io.towerflow.spec.ValueType.number;
import static io.towerflow.spec.ValueType.positiveNumber;
import static io.towerflow.spec.ValueType.positiveNumberOr;
import static io.towerflow.spec.ValueType.section;
import static io.towerflow.spec.ValueType.text;
import static io.towerflow.spec.ValueType.truth;
import static io.towerflow.spec.ValueType.wholeNumber;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Every key of a model spec: what it takes and what it is when it is left out. The one place for
 * both; SPEC.md says what each of them does. The defaults are those of the {@code online} preset.
 */
final class Schema {

  static final Key<String> NAME = Key.of("name", text("a name"), "model");
  static final Key<Long> SEED = Key.of("seed", wholeNumber(), "42");
  static final Key<ObjectNode> EVENT = Key.required("event", section());
  static final Key<EventOrder> ORDER = Key.of("order", choice(EventOrder.class), "arrival");
  static final Key<ObjectNode> VOCABULARY = Key.of("vocabulary", section(), "{}");
  static final Key<ObjectNode> QUERY = Key.required("query", section());
  static final Key<ObjectNode> CANDIDATE = Key.required("candidate", section());
  static final Key<ObjectNode> TOWERS = Key.of("towers", section(), "{}");
  static final Key<ObjectNode> LOSS = Key.of("loss", section(), "{}");
  static final Key<ObjectNode> RATING = Key.of("rating", section(), "{}");
  static final Key<ObjectNode> OPTIMIZER = Key.of("optimizer", section(), "{}");
  static final Key<ObjectNode> BATCH = Key.of("batch", section(), "{}");
  static final Key<ObjectNode> REPLAY = Key.of("replay", section(), "{}");
  static final Key<ObjectNode> PUBLICATION = Key.of("publication", section(), "{}");
  static final Key<ObjectNode> EVALUATION = Key.of("evaluation", section(), "{}");

  static final Shape ROOT_SHAPE =
      new Shape(
          "Top level",
          NAME,
          SEED,
          EVENT,
          ORDER,
          VOCABULARY,
          QUERY,
          CANDIDATE,
          TOWERS,
          LOSS,
          RATING,
          OPTIMIZER,
          BATCH,
          REPLAY,
          PUBLICATION,
          EVALUATION);

  private static final ValueType<String> FIELD = text("the name of a field");

  static final Key<String> USER = Key.required("user", FIELD);
  static final Key<String> ITEM = Key.required("item", FIELD);
  static final Key<String> TIME = Key.required("time", FIELD);
  static final Key<Optional<String>> EVENT_ID = Key.optional("id", FIELD);
  static final Key<Optional<Duration>> DEDUPLICATE_WITHIN =
      Key.optional("deduplicate_within", duration("1ms"));
  static final Key<Optional<String>> VALUE = Key.optional("value", FIELD);
  static final Key<Optional<String>> WEIGHT = Key.optional("weight", FIELD);
  static final Key<Optional<Condition>> POSITIVE_WHEN =
      Key.optional("positive_when", ValueType.condition());
  static final Key<Optional<String>> LABEL = Key.optional("label", FIELD);

  static final Shape EVENT_SHAPE =
      new Shape(
          "event",
          USER,
          ITEM,
          TIME,
          EVENT_ID,
          DEDUPLICATE_WITHIN,
          VALUE,
          WEIGHT,
          POSITIVE_WHEN,
          LABEL);

  static final Key<ObjectNode> USERS = Key.of("users", section(), "{}");
  static final Key<ObjectNode> ITEM_IDS = Key.of("items", section(), "{}");

  static final Shape VOCABULARY_SHAPE = new Shape("vocabulary", USERS, ITEM_IDS);

  static final Key<Integer> ADMIT_AFTER = Key.of("admit_after", wholeNumber(1, 1_000_000), "1");
  static final Key<Duration> TIME_TO_LIVE =
      Key.of("time_to_live", durationOr("never", Lifetime.NEVER, "1s"), "never");

  static final Shape LIFETIME_SHAPE =
      new Shape("vocabulary users and items", ADMIT_AFTER, TIME_TO_LIVE);

  static final Key<List<ObjectNode>> FEATURES =
      Key.required("features", listOf(section(), "a list of at least one feature", 1));

  static final Shape SIDE_SHAPE = new Shape("query and candidate", FEATURES);

  static final String KIND = "kind";
  static final Key<Integer> WIDTH = Key.of("width", wholeNumber(1, 4096), "32");

  static final Shape ID_SHAPE = feature("id", WIDTH);

  static final Key<String> FIELD_KEY = Key.required("field", FIELD);
  static final Key<Integer> TOKENS = Key.of("tokens", wholeNumber(1, 10_000_000), "10000");
  static final Key<Integer> MAX_TOKENS = Key.of("max_tokens", wholeNumber(1, 1000), "32");

  static final Shape TEXT_SHAPE = feature("text", FIELD_KEY, WIDTH, TOKENS, MAX_TOKENS);

  static final Key<List<Double>> HALF_LIVES =
      Key.of(
          "half_lives",
          listOf(positiveNumber(), "a list of at least one number greater than 0", 1),
          "[200, 2000, 20000]");
  static final Key<Boolean> AGE = Key.of("age", truth(), "true");

  static final Shape POPULARITY_SHAPE = feature("popularity", HALF_LIVES, AGE);

  static final Key<Integer> ITEMS = Key.of("items", wholeNumber(1, 1000), "100");
  static final Key<List<Double>> DECAYS =
      Key.of(
          "decays",
          listOf(
              number("a number greater than 0 and at most 1", x -> (float) x > 0 && x <= 1),
              "a list of at least one number greater than 0 and at most 1",
              1),
          "[0.2, 0.5, 0.8, 0.95, 0.99]");
  static final Key<Boolean> TIME_GATE = Key.of("time_gate", truth(), "true");
  static final Key<Boolean> AGE_GATE = Key.of("age_gate", truth(), "true");
  static final Key<Boolean> MEAN_GATE = Key.of("mean_gate", truth(), "true");

  static final Key<Boolean> MOMENT = Key.of("moment", truth(), "true");

  static final Key<Double> CONTENT = Key.of("content", notNegative(), "0.5");

  static final Key<Integer> HIDDEN = Key.of("hidden", wholeNumber(0, 4096), "32");

  static final Shape HISTORY_SHAPE =
      feature("history", ITEMS, DECAYS, TIME_GATE, AGE_GATE, MEAN_GATE, MOMENT, CONTENT, HIDDEN);

  static final Key<Instant> FROM = Key.required("from", instant());
  static final Key<Instant> TO = Key.required("to", instant());
  static final Key<Integer> BUCKETS = Key.of("buckets", wholeNumber(2, 1_000_000), "1000");

  static final Shape BUCKETIZED_TIME_SHAPE =
      new Shape(
          "Feature bucketized_time with bounds",
          Key.required(KIND, constant("bucketized_time")),
          WIDTH,
          FROM,
          TO,
          BUCKETS);

  /** From a minute on, the number of a period fits the 31 bits that number a row. */
  static final Key<Duration> PERIOD = Key.required("period", duration("1m"));

  static final Shape ROLLING_TIME_SHAPE =
      new Shape(
          "Feature bucketized_time with period",
          Key.required(KIND, constant("bucketized_time")),
          WIDTH,
          PERIOD);

  static final Key<Double> CLAMP = Key.of("clamp", positiveNumber(), "10.0");

  static final Shape NORMALIZED_TIME_SHAPE = feature("normalized_time", CLAMP);

  static final Key<List<FeatureSpec.CyclicTime.Cycle>> CYCLES =
      Key.of(
          "cycles",
          listOf(
              choice(FeatureSpec.CyclicTime.Cycle.class),
              "a list of at least one of day, week and year",
              1),
          "[day, week]");

  /** Numbers need no width where they are joined, and one where they are added to embeddings. */
  static final Key<Optional<Integer>> PROJECTION = Key.optional("width", wholeNumber(1, 4096));

  static final Shape CYCLIC_TIME_SHAPE = feature("cyclic_time", CYCLES, PROJECTION);

  static final Key<Integer> VALUES = Key.of("values", wholeNumber(1, 10_000_000), "10000");

  static final Key<Optional<Double>> GAIN = Key.optional("gain", positiveNumber());

  static final Shape CATEGORY_SHAPE = feature("category", FIELD_KEY, WIDTH, VALUES, GAIN);

  static final Key<Boolean> LOG = Key.of("log", truth(), "false");

  static final Shape NUMBER_SHAPE = feature("number", FIELD_KEY, CLAMP, LOG, PROJECTION);

  static final Key<TowerSpec.Combine> COMBINE =
      Key.of("combine", choice(TowerSpec.Combine.class), "sum");
  static final Key<List<Integer>> LAYERS =
      Key.of(
          "layers",
          listOf(wholeNumber(1, 65_536), "a list of whole numbers from 1 to 65536", 0),
          "[]");
  static final Key<Double> DROPOUT =
      Key.of(
          "dropout", number("a number of at least 0 and less than 1", x -> x >= 0 && x < 1), "0.0");
  static final Key<Boolean> NORMALIZE = Key.of("normalize", truth(), "true");
  static final String AUTO = "auto";
  static final Key<OptionalDouble> TEMPERATURE =
      Key.of("temperature", positiveNumberOr(AUTO), AUTO);
  static final Key<Boolean> ITEM_BIAS = Key.of("item_bias", truth(), "true");

  static final Key<List<Double>> MEMBERS =
      Key.of(
          "members",
          listOf(positiveNumber(), "a list of at least one number greater than 0", 1),
          "[1.0]");

  static final Shape TOWERS_SHAPE =
      new Shape("towers", COMBINE, LAYERS, DROPOUT, NORMALIZE, TEMPERATURE, ITEM_BIAS, MEMBERS);

  static final Key<LossSpec.Reduction> REDUCTION =
      Key.of("reduction", choice(LossSpec.Reduction.class), "sum");
  static final Key<Integer> UNIFORM_NEGATIVES =
      Key.of("uniform_negatives", wholeNumber(0, 1_000_000), "512");
  static final Key<Integer> FULL_CATALOGUE_UNTIL =
      Key.of("full_catalogue_until", wholeNumber(0, 1_000_000), "0");
  static final Key<Integer> HARD_NEGATIVES =
      Key.of("hard_negatives", wholeNumber(0, 1_000_000), "0");
  static final Key<Double> SAMPLING_CORRECTION =
      Key.of("sampling_correction", number("a number from 0 to 1", x -> x >= 0 && x <= 1), "1.0");
  static final Key<LossSpec.FrequencyEstimate> FREQUENCY_ESTIMATE =
      Key.of("frequency_estimate", choice(LossSpec.FrequencyEstimate.class), "decayed");
  static final Key<Double> FREQUENCY_HALF_LIFE =
      Key.of("frequency_half_life", positiveNumber(), "20000");
  static final Key<Double> FREQUENCY_RATE =
      Key.of(
          "frequency_rate",
          number("a number greater than 0 and at most 1", x -> (float) x > 0 && x <= 1),
          "0.01");
  static final Key<Boolean> MASK_ACCIDENTAL_HITS = Key.of("mask_accidental_hits", truth(), "true");
  static final Key<Boolean> MASK_SEEN = Key.of("mask_seen", truth(), "true");

  static final Shape LOSS_SHAPE =
      new Shape(
          "loss",
          REDUCTION,
          UNIFORM_NEGATIVES,
          FULL_CATALOGUE_UNTIL,
          HARD_NEGATIVES,
          SAMPLING_CORRECTION,
          FREQUENCY_ESTIMATE,
          FREQUENCY_HALF_LIFE,
          FREQUENCY_RATE,
          MASK_ACCIDENTAL_HITS,
          MASK_SEEN);

  static final Key<Double> RATING_WEIGHT = Key.of("weight", notNegative(), "0.0");
  static final Key<List<Integer>> RATING_LAYERS =
      Key.of(
          "layers",
          listOf(wholeNumber(1, 65_536), "a list of whole numbers from 1 to 65536", 0),
          "[256, 128]");

  static final Shape RATING_SHAPE = new Shape("rating", RATING_WEIGHT, RATING_LAYERS);

  static final String DEFAULT_OPTIMIZER = "adagrad";
  static final Key<Double> WEIGHT_DECAY = Key.of("weight_decay", notNegative(), "0.0");
  static final Key<Double> ADAGRAD_RATE = Key.of("learning_rate", positiveNumber(), "0.1");
  static final Key<Double> INITIAL_ACCUMULATOR =
      Key.of("initial_accumulator", notNegative(), "0.1");
  static final Key<Double> ACCUMULATOR_DECAY =
      Key.of(
          "accumulator_decay",
          number("a number greater than 0 and at most 1", x -> (float) x > 0 && x <= 1),
          "0.9999");
  static final Key<Double> ADAGRAD_EPSILON = Key.of("epsilon", notNegative(), "1.0e-7");

  static final Shape ADAGRAD_SHAPE =
      new Shape(
          "optimizer adagrad",
          Key.of(KIND, constant("adagrad"), DEFAULT_OPTIMIZER),
          ADAGRAD_RATE,
          INITIAL_ACCUMULATOR,
          ACCUMULATOR_DECAY,
          ADAGRAD_EPSILON,
          WEIGHT_DECAY);

  static final Key<Double> ADAM_RATE = Key.of("learning_rate", positiveNumber(), "0.001");
  static final Key<Double> BETA_1 = Key.of("beta_1", momentDecay(), "0.9");
  static final Key<Double> BETA_2 = Key.of("beta_2", momentDecay(), "0.999");
  static final Key<Double> ADAM_EPSILON = Key.of("epsilon", positiveNumber(), "1.0e-7");

  static final Shape ADAM_SHAPE =
      new Shape(
          "optimizer adam",
          Key.required(KIND, constant("adam")),
          ADAM_RATE,
          BETA_1,
          BETA_2,
          ADAM_EPSILON,
          WEIGHT_DECAY);

  static final Key<Double> SGD_RATE = Key.of("learning_rate", positiveNumber(), "0.01");

  static final Shape SGD_SHAPE =
      new Shape("optimizer sgd", Key.required(KIND, constant("sgd")), SGD_RATE, WEIGHT_DECAY);

  static final Key<Integer> SIZE = Key.of("size", wholeNumber(1, 65_536), "64");
  static final Key<Duration> SPAN = Key.of("span", duration("1ms"), "1d");

  static final Shape BATCH_SHAPE = new Shape("batch", SIZE, SPAN);

  static final Key<Double> REPLAY_RATIO =
      Key.of("ratio", number("a number from 0 to 100", x -> x >= 0 && x <= 100), "1.0");
  static final Key<Integer> REPLAY_MEMORY =
      Key.of("memory", wholeNumber(1, 100_000_000), "1000000");
  static final Key<Boolean> BOTH_DIRECTIONS = Key.of("both_directions", truth(), "true");

  static final Shape REPLAY_SHAPE =
      new Shape("replay", REPLAY_RATIO, REPLAY_MEMORY, BOTH_DIRECTIONS);

  static final Key<Integer> TOP_K = Key.of("top_k", wholeNumber(1, 10_000), "10");
  static final Key<Integer> PUBLISH_EVERY_EVENTS =
      Key.of("every_events", wholeNumber(1, 1_000_000_000), "10000");
  static final Key<Duration> PUBLISH_EVERY = Key.of("every", duration("1ms"), "5s");
  static final Key<Double> TOLERANCE = Key.of("tolerance", notNegative(), "0.0");
  static final Key<Integer> RENEW_EVERY =
      Key.of("renew_every", wholeNumber(1, 1_000_000_000), "100");

  static final Shape PUBLICATION_SHAPE =
      new Shape("publication", TOP_K, PUBLISH_EVERY_EVENTS, PUBLISH_EVERY, TOLERANCE, RENEW_EVERY);

  static final Key<Integer> REPORT_EVERY_EVENTS =
      Key.of("every_events", wholeNumber(1, 1_000_000_000), "1000");
  static final Key<Integer> FULL_UNTIL =
      Key.of("full_until", wholeNumber(1, 1_000_000_000), "10000");

  static final Shape EVALUATION_SHAPE = new Shape("evaluation", REPORT_EVERY_EVENTS, FULL_UNTIL);

  /** All of it, in the order of the reference. */
  static final List<Shape> SHAPES =
      List.of(
          ROOT_SHAPE,
          EVENT_SHAPE,
          VOCABULARY_SHAPE,
          LIFETIME_SHAPE,
          SIDE_SHAPE,
          ID_SHAPE,
          TEXT_SHAPE,
          POPULARITY_SHAPE,
          HISTORY_SHAPE,
          BUCKETIZED_TIME_SHAPE,
          ROLLING_TIME_SHAPE,
          NORMALIZED_TIME_SHAPE,
          CYCLIC_TIME_SHAPE,
          CATEGORY_SHAPE,
          NUMBER_SHAPE,
          TOWERS_SHAPE,
          LOSS_SHAPE,
          RATING_SHAPE,
          ADAGRAD_SHAPE,
          ADAM_SHAPE,
          SGD_SHAPE,
          BATCH_SHAPE,
          REPLAY_SHAPE,
          PUBLICATION_SHAPE,
          EVALUATION_SHAPE);

  private Schema() {}

  private static Shape feature(String kind, Key<?>... keys) {
    Key<?>[] all = new Key<?>[keys.length + 1];
    all[0] = Key.required(KIND, constant(kind));
    System.arraycopy(keys, 0, all, 1, keys.length);
    return new Shape("Feature " + kind, all);
  }

  private static ValueType<Double> notNegative() {
    return number("a number of at least 0", x -> x >= 0 && Float.isFinite((float) x));
  }

  private static ValueType<Double> momentDecay() {
    return number("a number of at least 0 and less than 1", x -> x >= 0 && (float) x < 1);
  }
}
