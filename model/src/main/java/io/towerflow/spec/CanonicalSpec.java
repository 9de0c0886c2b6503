package io.towerflow.spec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A spec as one text: every key in the order of {@link Schema}, defaults written out, as JSON. Two
 * specs have the same text if and only if they mean the same, and the text means the same under a
 * later version whose defaults are others. It is what a snapshot keeps of the spec that it was
 * taken under.
 */
public final class CanonicalSpec {

  private static final ObjectMapper JSON = new ObjectMapper();

  private CanonicalSpec() {}

  /** The text of a spec. */
  public static String text(ModelSpec spec) {
    return tree(spec).toString();
  }

  /**
   * The spec of a text. Whether its parts work together is not asked again: it has been at work.
   *
   * @throws SpecException if a key is unknown, missing or takes no such value: another version
   *     wrote it
   */
  public static ModelSpec read(String text) {
    Problems problems = new Problems();
    Optional<ModelSpec> spec = Optional.empty();
    try {
      if (JSON.readTree(text) instanceof ObjectNode tree) {
        complete(tree);
        spec = new SpecReader(problems).read(tree);
      } else {
        problems.add("all of it", "it is no section of keys");
      }
    } catch (JsonProcessingException e) {
      problems.add("all of it", e.getOriginalMessage());
    }
    return spec.orElseThrow(
        () -> new SpecException("The model spec in the snapshot", problems.found()));
  }

  /** A text without a key was written before there was one: it means what was done then. */
  private static void complete(ObjectNode tree) {
    for (JsonNode feature : tree.path(Schema.QUERY.name()).path(Schema.FEATURES.name())) {
      if (feature instanceof ObjectNode keys && keys.path(Schema.KIND).asText().equals("history")) {
        for (Key<Boolean> later : List.of(Schema.AGE_GATE, Schema.MEAN_GATE, Schema.MOMENT)) {
          keys.putIfAbsent(later.name(), BooleanNode.FALSE);
        }
        keys.putIfAbsent(Schema.CONTENT.name(), DoubleNode.valueOf(0));
        keys.putIfAbsent(Schema.HIDDEN.name(), IntNode.valueOf(0));
      }
    }
  }

  /** The tree of a spec; keys that may be left out and mean nothing then are left out. */
  static ObjectNode tree(ModelSpec spec) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    put(root, Schema.NAME, spec.name());
    put(root, Schema.SEED, spec.seed());
    root.set(Schema.EVENT.name(), event(spec.event()));
    put(root, Schema.ORDER, spec.order());
    root.set(Schema.VOCABULARY.name(), vocabulary(spec.vocabulary()));
    root.set(Schema.QUERY.name(), side(spec.query()));
    root.set(Schema.CANDIDATE.name(), side(spec.candidate()));
    root.set(Schema.TOWERS.name(), towers(spec.towers()));
    root.set(Schema.LOSS.name(), loss(spec.loss()));
    root.set(Schema.RATING.name(), rating(spec.rating()));
    root.set(Schema.OPTIMIZER.name(), optimizer(spec.optimizer()));
    root.set(Schema.BATCH.name(), batch(spec.batch()));
    root.set(Schema.REPLAY.name(), replay(spec.replay()));
    root.set(Schema.PUBLICATION.name(), publication(spec.publication()));
    root.set(Schema.EVALUATION.name(), evaluation(spec.evaluation()));
    return root;
  }

  private static ObjectNode event(EventSpec event) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    put(node, Schema.USER, event.user());
    put(node, Schema.ITEM, event.item());
    put(node, Schema.TIME, event.time());
    put(node, Schema.EVENT_ID, event.id().map(EventId::field));
    put(node, Schema.DEDUPLICATE_WITHIN, event.id().map(EventId::within));
    put(node, Schema.VALUE, event.value());
    put(node, Schema.WEIGHT, event.weight());
    put(node, Schema.POSITIVE_WHEN, event.positiveWhen());
    put(node, Schema.LABEL, event.label());
    return node;
  }

  private static ObjectNode vocabulary(VocabularySpec vocabulary) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.set(Schema.USERS.name(), lifetime(vocabulary.users()));
    node.set(Schema.ITEM_IDS.name(), lifetime(vocabulary.items()));
    return node;
  }

  private static ObjectNode lifetime(Lifetime lifetime) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    put(node, Schema.ADMIT_AFTER, lifetime.admitAfter());
    put(node, Schema.TIME_TO_LIVE, lifetime.timeToLive());
    return node;
  }

  private static ObjectNode side(List<FeatureSpec> features) {
    ArrayNode nodes = JsonNodeFactory.instance.arrayNode();
    features.forEach(feature -> nodes.add(feature(feature)));
    ObjectNode side = JsonNodeFactory.instance.objectNode();
    side.set(Schema.FEATURES.name(), nodes);
    return side;
  }

  /** The section of one feature. */
  static ObjectNode feature(FeatureSpec feature) {
    ObjectNode node = kind(feature.kind());
    if (feature instanceof FeatureSpec.Id id) {
      put(node, Schema.WIDTH, id.width());
    } else if (feature instanceof FeatureSpec.Text text) {
      put(node, Schema.FIELD_KEY, text.field());
      put(node, Schema.WIDTH, text.width());
      put(node, Schema.TOKENS, text.tokens());
      put(node, Schema.MAX_TOKENS, text.maxTokens());
    } else if (feature instanceof FeatureSpec.Popularity popularity) {
      put(node, Schema.HALF_LIVES, popularity.halfLives());
      put(node, Schema.AGE, popularity.age());
    } else if (feature instanceof FeatureSpec.History history) {
      put(node, Schema.ITEMS, history.items());
      put(node, Schema.DECAYS, history.decays());
      put(node, Schema.TIME_GATE, history.timeGate());
      put(node, Schema.AGE_GATE, history.ageGate());
      put(node, Schema.MEAN_GATE, history.meanGate());
      put(node, Schema.MOMENT, history.moment());
      put(node, Schema.CONTENT, history.content());
      put(node, Schema.HIDDEN, history.hidden());
    } else if (feature instanceof FeatureSpec.BucketizedTime time) {
      put(node, Schema.WIDTH, time.width());
      put(node, Schema.FROM, time.from());
      put(node, Schema.TO, time.to());
      put(node, Schema.BUCKETS, time.buckets());
    } else if (feature instanceof FeatureSpec.RollingTime time) {
      put(node, Schema.WIDTH, time.width());
      put(node, Schema.PERIOD, time.period());
    } else if (feature instanceof FeatureSpec.NormalizedTime time) {
      put(node, Schema.CLAMP, time.clamp());
    } else if (feature instanceof FeatureSpec.CyclicTime time) {
      put(node, Schema.CYCLES, time.cycles());
      put(node, Schema.PROJECTION, time.width());
    } else if (feature instanceof FeatureSpec.Category category) {
      put(node, Schema.FIELD_KEY, category.field());
      put(node, Schema.WIDTH, category.width());
      put(node, Schema.VALUES, category.values());
      put(node, Schema.GAIN, category.gain());
    } else if (feature instanceof FeatureSpec.Numeric number) {
      put(node, Schema.FIELD_KEY, number.field());
      put(node, Schema.CLAMP, number.clamp());
      put(node, Schema.LOG, number.log());
      put(node, Schema.PROJECTION, number.width());
    }
    return node;
  }

  private static ObjectNode towers(TowerSpec towers) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    put(node, Schema.COMBINE, towers.combine());
    put(node, Schema.LAYERS, towers.layers());
    put(node, Schema.DROPOUT, towers.dropout());
    put(node, Schema.NORMALIZE, towers.normalize());
    put(node, Schema.TEMPERATURE, towers.temperature());
    put(node, Schema.ITEM_BIAS, towers.itemBias());
    put(node, Schema.MEMBERS, towers.members());
    return node;
  }

  private static ObjectNode loss(LossSpec loss) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    put(node, Schema.REDUCTION, loss.reduction());
    put(node, Schema.UNIFORM_NEGATIVES, loss.uniformNegatives());
    put(node, Schema.FULL_CATALOGUE_UNTIL, loss.fullCatalogueUntil());
    put(node, Schema.HARD_NEGATIVES, loss.hardNegatives());
    put(node, Schema.SAMPLING_CORRECTION, loss.samplingCorrection());
    put(node, Schema.FREQUENCY_ESTIMATE, loss.frequencyEstimate());
    put(node, Schema.FREQUENCY_HALF_LIFE, loss.frequencyHalfLife());
    put(node, Schema.FREQUENCY_RATE, loss.frequencyRate());
    put(node, Schema.MASK_ACCIDENTAL_HITS, loss.maskAccidentalHits());
    put(node, Schema.MASK_SEEN, loss.maskSeen());
    return node;
  }

  private static ObjectNode rating(RatingSpec rating) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    put(node, Schema.RATING_WEIGHT, rating.weight());
    put(node, Schema.RATING_LAYERS, rating.layers());
    return node;
  }

  private static ObjectNode optimizer(OptimizerSpec optimizer) {
    if (optimizer instanceof OptimizerSpec.Adagrad adagrad) {
      ObjectNode node = kind("adagrad");
      put(node, Schema.ADAGRAD_RATE, adagrad.learningRate());
      put(node, Schema.INITIAL_ACCUMULATOR, adagrad.initialAccumulator());
      put(node, Schema.ACCUMULATOR_DECAY, adagrad.accumulatorDecay());
      put(node, Schema.ADAGRAD_EPSILON, adagrad.epsilon());
      put(node, Schema.WEIGHT_DECAY, adagrad.weightDecay());
      return node;
    }
    if (optimizer instanceof OptimizerSpec.Adam adam) {
      ObjectNode node = kind("adam");
      put(node, Schema.ADAM_RATE, adam.learningRate());
      put(node, Schema.BETA_1, adam.beta1());
      put(node, Schema.BETA_2, adam.beta2());
      put(node, Schema.ADAM_EPSILON, adam.epsilon());
      put(node, Schema.WEIGHT_DECAY, adam.weightDecay());
      return node;
    }
    ObjectNode node = kind("sgd");
    put(node, Schema.SGD_RATE, optimizer.learningRate());
    put(node, Schema.WEIGHT_DECAY, optimizer.weightDecay());
    return node;
  }

  private static ObjectNode batch(BatchSpec batch) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    put(node, Schema.SIZE, batch.size());
    put(node, Schema.SPAN, batch.span());
    return node;
  }

  private static ObjectNode replay(ReplaySpec replay) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    put(node, Schema.REPLAY_RATIO, replay.ratio());
    put(node, Schema.REPLAY_MEMORY, replay.memory());
    put(node, Schema.BOTH_DIRECTIONS, replay.bothDirections());
    return node;
  }

  private static ObjectNode publication(PublicationSpec publication) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    put(node, Schema.TOP_K, publication.topK());
    put(node, Schema.PUBLISH_EVERY_EVENTS, publication.everyEvents());
    put(node, Schema.PUBLISH_EVERY, publication.every());
    put(node, Schema.TOLERANCE, publication.tolerance());
    put(node, Schema.RENEW_EVERY, publication.renewEvery());
    return node;
  }

  private static ObjectNode evaluation(EvaluationSpec evaluation) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    put(node, Schema.REPORT_EVERY_EVENTS, evaluation.everyEvents());
    put(node, Schema.FULL_UNTIL, evaluation.fullUntil());
    return node;
  }

  private static ObjectNode kind(String kind) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    return node.put(Schema.KIND, kind);
  }

  private static <T> void put(ObjectNode node, Key<T> key, T value) {
    Object present = value instanceof Optional<?> optional ? optional.orElse(null) : value;
    if (present != null) {
      node.set(key.name(), json(present));
    }
  }

  /** A value as {@link ValueType} reads it. */
  private static JsonNode json(Object value) {
    if (value instanceof List<?> list) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      list.forEach(element -> array.add(json(element)));
      return array;
    }
    if (value instanceof Boolean truth) {
      return JsonNodeFactory.instance.booleanNode(truth);
    }
    if (value instanceof Integer number) {
      return JsonNodeFactory.instance.numberNode(number);
    }
    if (value instanceof Long number) {
      return JsonNodeFactory.instance.numberNode(number);
    }
    if (value instanceof Double number) {
      return JsonNodeFactory.instance.numberNode(number);
    }
    if (value instanceof OptionalDouble number) {
      return json(number.isPresent() ? number.getAsDouble() : Schema.AUTO);
    }
    return JsonNodeFactory.instance.textNode(word(value));
  }

  private static String word(Object value) {
    if (value instanceof Duration duration) {
      return duration.equals(Lifetime.NEVER) ? "never" : duration.toMillis() + "ms";
    }
    if (value instanceof Enum<?> constant) {
      return constant.name().toLowerCase(Locale.ROOT);
    }
    if (value instanceof String || value instanceof Instant || value instanceof Condition) {
      return value.toString();
    }
    throw new IllegalArgumentException("A spec holds no " + value.getClass());
  }
}
