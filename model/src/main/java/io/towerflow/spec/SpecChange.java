package io.towerflow.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What becomes of a model's state when its job goes on under another spec: which features start
 * fresh, which are dropped with all that was learnt for them, and what stands in the way.
 *
 * <p>Features are the same where they read the same: one of a kind on a side, and one a field. Of a
 * feature that both specs have, whatever shapes its rows or says what a row means has to stay as it
 * is. Every key of {@link Schema} is either free or refused here.
 *
 * @param fresh features that only the new spec has, such as {@code candidate category genre}
 * @param dropped features that only the old spec has
 * @param refusals a sentence for each key that has to stay as it was: the key's path, its old and
 *     its new value, why, and what to do
 */
public record SpecChange(List<String> fresh, List<String> dropped, List<String> refusals) {

  /** Keys whose change leaves all state as it is. */
  static final Set<Key<?>> FREE =
      Set.of(
          Schema.NAME,
          Schema.ORDER,
          Schema.TIME,
          Schema.EVENT_ID,
          Schema.DEDUPLICATE_WITHIN,
          Schema.VALUE,
          Schema.WEIGHT,
          Schema.POSITIVE_WHEN,
          Schema.LABEL,
          Schema.MAX_TOKENS,
          Schema.ITEMS,
          Schema.TIME_GATE,
          Schema.AGE_GATE,
          Schema.MEAN_GATE,
          Schema.MOMENT,
          Schema.CONTENT,
          Schema.HIDDEN,
          Schema.CLAMP,
          Schema.GAIN,
          Schema.DROPOUT,
          Schema.NORMALIZE,
          Schema.TEMPERATURE,
          Schema.ITEM_BIAS,
          Schema.REDUCTION,
          Schema.UNIFORM_NEGATIVES,
          Schema.FULL_CATALOGUE_UNTIL,
          Schema.HARD_NEGATIVES,
          Schema.SAMPLING_CORRECTION,
          Schema.FREQUENCY_HALF_LIFE,
          Schema.FREQUENCY_RATE,
          Schema.MASK_ACCIDENTAL_HITS,
          Schema.MASK_SEEN,
          Schema.RATING_WEIGHT,
          Schema.ADAGRAD_RATE,
          Schema.INITIAL_ACCUMULATOR,
          Schema.ACCUMULATOR_DECAY,
          Schema.ADAGRAD_EPSILON,
          Schema.ADAM_RATE,
          Schema.BETA_1,
          Schema.BETA_2,
          Schema.ADAM_EPSILON,
          Schema.SGD_RATE,
          Schema.WEIGHT_DECAY,
          Schema.SIZE,
          Schema.SPAN,
          Schema.REPLAY_RATIO,
          Schema.REPLAY_MEMORY,
          Schema.BOTH_DIRECTIONS,
          Schema.TOP_K,
          Schema.PUBLISH_EVERY_EVENTS,
          Schema.PUBLISH_EVERY,
          Schema.TOLERANCE,
          Schema.RENEW_EVERY,
          Schema.REPORT_EVERY_EVENTS,
          Schema.FULL_UNTIL);

  /** Why a key has to stay as it is. */
  static final Map<Key<?>, String> FIXED =
      Map.ofEntries(
          Map.entry(Schema.SEED, "rows that were never updated are a function of it"),
          Map.entry(Schema.USER, "users' rows and histories belong to the ids of that field"),
          Map.entry(Schema.ITEM, "items' rows belong to the ids of that field"),
          Map.entry(Schema.ADMIT_AFTER, "ids that have a row would have to be admitted anew"),
          Map.entry(Schema.TIME_TO_LIVE, "when an id was last seen is noted in fractions of it"),
          Map.entry(Schema.WIDTH, "the rows that were learnt are of that width"),
          Map.entry(Schema.PROJECTION, "the rows that were learnt are of that width"),
          Map.entry(Schema.HALF_LIVES, "the weights that were learnt are those of these counts"),
          Map.entry(Schema.AGE, "the weights that were learnt are those of these numbers"),
          Map.entry(Schema.DECAYS, "the weights that were learnt are those of these means"),
          Map.entry(Schema.FROM, "a row would stand for another time"),
          Map.entry(Schema.TO, "a row would stand for another time"),
          Map.entry(Schema.BUCKETS, "a row would stand for another time"),
          Map.entry(Schema.PERIOD, "a row would stand for another time"),
          Map.entry(Schema.CYCLES, "the rows that were learnt are those of these cycles"),
          Map.entry(Schema.LOG, "mean and variance are those of numbers scaled that way"),
          Map.entry(Schema.COMBINE, "what was learnt fits features that are combined that way"),
          Map.entry(Schema.LAYERS, "the weights that were learnt are those of these layers"));

  /** Limits of vocabularies, which may be raised. */
  static final Set<Key<?>> GROWING = Set.of(Schema.TOKENS, Schema.VALUES);

  /** Keys whose change depends on others, see {@link Comparison}. */
  static final Set<Key<?>> CONDITIONAL =
      Set.of(Schema.FREQUENCY_ESTIMATE, Schema.RATING_LAYERS, Schema.MEMBERS);

  private static final String OR_ANEW = ", or start without the snapshot";

  /** Compares the spec of a snapshot with the one that is to go on from it. */
  public static SpecChange between(ModelSpec before, ModelSpec after) {
    return new Comparison(before, after).change();
  }

  /**
   * This change.
   *
   * @throws SpecException if the state cannot be gone on from, with every refusal
   */
  public SpecChange required() {
    if (!refusals.isEmpty()) {
      throw new SpecException("Going on from the snapshot with this model spec", refusals);
    }
    return this;
  }

  /** What a feature reads: its kind, and its field where it has one. */
  static String identity(FeatureSpec feature) {
    if (feature instanceof FeatureSpec.Text text) {
      return "text " + text.field();
    }
    if (feature instanceof FeatureSpec.Category category) {
      return "category " + category.field();
    }
    if (feature instanceof FeatureSpec.Numeric number) {
      return "number " + number.field();
    }
    if (feature instanceof FeatureSpec.RollingTime) {
      return "bucketized_time with period";
    }
    return feature.kind();
  }

  /** One comparison at work. */
  private static final class Comparison {

    private final ModelSpec before;
    private final ModelSpec after;
    private final ObjectNode oldTree;
    private final ObjectNode newTree;
    private final List<String> fresh = new ArrayList<>();
    private final List<String> dropped = new ArrayList<>();
    private final List<String> refusals = new ArrayList<>();

    Comparison(ModelSpec before, ModelSpec after) {
      this.before = before;
      this.after = after;
      oldTree = CanonicalSpec.tree(before);
      newTree = CanonicalSpec.tree(after);
    }

    SpecChange change() {
      compare(Schema.ROOT_SHAPE, "", oldTree, newTree);
      section(Schema.EVENT, Schema.EVENT_SHAPE);
      lifetimes(Schema.USERS);
      lifetimes(Schema.ITEM_IDS);
      section(Schema.TOWERS, Schema.TOWERS_SHAPE);
      section(Schema.LOSS, Schema.LOSS_SHAPE);
      section(Schema.RATING, Schema.RATING_SHAPE);
      section(Schema.BATCH, Schema.BATCH_SHAPE);
      section(Schema.REPLAY, Schema.REPLAY_SHAPE);
      section(Schema.PUBLICATION, Schema.PUBLICATION_SHAPE);
      section(Schema.EVALUATION, Schema.EVALUATION_SHAPE);
      optimizerIsTheSame();
      gapsWereCounted();
      theHeadKeepsItsLayers();
      membersAreAsMany();
      features("query", before.query(), after.query());
      features("candidate", before.candidate(), after.candidate());
      return new SpecChange(List.copyOf(fresh), List.copyOf(dropped), List.copyOf(refusals));
    }

    private void section(Key<ObjectNode> key, Shape shape) {
      compare(shape, key.name() + ".", oldTree.get(key.name()), newTree.get(key.name()));
    }

    private void lifetimes(Key<ObjectNode> ids) {
      String vocabulary = Schema.VOCABULARY.name();
      compare(
          Schema.LIFETIME_SHAPE,
          vocabulary + "." + ids.name() + ".",
          oldTree.path(vocabulary).path(ids.name()),
          newTree.path(vocabulary).path(ids.name()));
    }

    private void compare(Shape shape, String path, JsonNode was, JsonNode is) {
      for (Key<?> key : shape.keys()) {
        String name = key.name();
        JsonNode old = was.path(name);
        JsonNode now = is.path(name);
        if (FIXED.containsKey(key) && !old.equals(now)) {
          refuse(path + name, old, now, FIXED.get(key), "Keep " + show(old) + OR_ANEW);
        } else if (GROWING.contains(key) && now.intValue() < old.intValue()) {
          refuse(
              path + name,
              old,
              now,
              "more than that may have a row by now",
              "Make it " + show(old) + " or more" + OR_ANEW);
        }
      }
    }

    private void refuse(String path, JsonNode old, JsonNode now, String why, String cure) {
      refusals.add(
          "%s: it was %s and is %s, but %s. %s.".formatted(path, show(old), show(now), why, cure));
    }

    private static String show(JsonNode value) {
      return value.isMissingNode() ? "none" : value.isTextual() ? value.textValue() : value + "";
    }

    private void optimizerIsTheSame() {
      JsonNode old = oldTree.at("/optimizer/kind");
      JsonNode now = newTree.at("/optimizer/kind");
      if (!old.equals(now)) {
        refuse(
            "optimizer.kind",
            old,
            now,
            "a row keeps what its own optimizer remembers of it",
            "Keep " + show(old) + OR_ANEW);
      }
    }

    /** Decayed counts are kept either way, gaps only where they are asked for. */
    private void gapsWereCounted() {
      if (before.loss().frequencyEstimate() != LossSpec.FrequencyEstimate.GAP
          && after.loss().frequencyEstimate() == LossSpec.FrequencyEstimate.GAP) {
        refuse(
            "loss.frequency_estimate",
            oldTree.at("/loss/frequency_estimate"),
            newTree.at("/loss/frequency_estimate"),
            "gaps were not counted, and all items would seem as frequent as if they had just come",
            "Keep decayed" + OR_ANEW);
      }
    }

    private void theHeadKeepsItsLayers() {
      if (before.rating().isLearnt() && after.rating().isLearnt()) {
        JsonNode old = oldTree.at("/rating/layers");
        JsonNode now = newTree.at("/rating/layers");
        if (!old.equals(now)) {
          refuse(
              "rating.layers", old, now, FIXED.get(Schema.LAYERS), "Keep " + show(old) + OR_ANEW);
        }
      }
    }

    private void membersAreAsMany() {
      if (before.towers().members().size() != after.towers().members().size()) {
        refuse(
            "towers.members",
            oldTree.at("/towers/members"),
            newTree.at("/towers/members"),
            "a member that has learnt nothing would be heard as much as one that has",
            "Keep as many as in " + oldTree.at("/towers/members") + OR_ANEW);
      }
    }

    private void features(String side, List<FeatureSpec> was, List<FeatureSpec> is) {
      Map<String, FeatureSpec> old = byIdentity(was);
      Map<String, Integer> now = new HashMap<>();
      for (int i = 0; i < is.size(); i++) {
        now.put(identity(is.get(i)), i);
      }
      for (int i = 0; i < is.size(); i++) {
        FeatureSpec known = old.get(identity(is.get(i)));
        if (known == null) {
          fresh.add(side + " " + identity(is.get(i)));
        } else {
          compare(
              shape(known),
              side + ".features[" + i + "].",
              CanonicalSpec.feature(known),
              CanonicalSpec.feature(is.get(i)));
        }
      }
      old.keySet().stream()
          .filter(feature -> !now.containsKey(feature))
          .forEach(feature -> dropped.add(side + " " + feature));
      numbersStayInPlace(side, was, is);
    }

    /** Without layers the towers' numbers meet by position, and nothing tells them apart else. */
    private void numbersStayInPlace(String side, List<FeatureSpec> was, List<FeatureSpec> is) {
      if (!after.towers().layers().isEmpty()
          || after.towers().combine() == TowerSpec.Combine.SUM
          || before.towers().combine() == TowerSpec.Combine.SUM) {
        return;
      }
      Map<String, InputBlocks.Span> old = InputBlocks.spans(before, was);
      Map<String, InputBlocks.Span> now = InputBlocks.spans(after, is);
      old.forEach(
          (feature, span) -> {
            InputBlocks.Span moved = now.get(feature);
            if (moved != null && moved.from() != span.from()) {
              refusals.add(
                  "%s.features: the numbers of %s began at %d and begin at %d, but without layers a number of the query meets the candidate's of the same place. List the features as they were, new ones last, and leave none out before it%s."
                      .formatted(side, feature, span.from(), moved.from(), OR_ANEW));
            }
          });
    }

    private static Map<String, FeatureSpec> byIdentity(List<FeatureSpec> features) {
      Map<String, FeatureSpec> found = new LinkedHashMap<>();
      features.forEach(feature -> found.put(identity(feature), feature));
      return found;
    }

    private static Shape shape(FeatureSpec feature) {
      return switch (feature.kind()) {
        case "id" -> Schema.ID_SHAPE;
        case "text" -> Schema.TEXT_SHAPE;
        case "popularity" -> Schema.POPULARITY_SHAPE;
        case "history" -> Schema.HISTORY_SHAPE;
        case "normalized_time" -> Schema.NORMALIZED_TIME_SHAPE;
        case "cyclic_time" -> Schema.CYCLIC_TIME_SHAPE;
        case "category" -> Schema.CATEGORY_SHAPE;
        case "number" -> Schema.NUMBER_SHAPE;
        default ->
            feature instanceof FeatureSpec.RollingTime
                ? Schema.ROLLING_TIME_SHAPE
                : Schema.BUCKETIZED_TIME_SHAPE;
      };
    }
  }
}
