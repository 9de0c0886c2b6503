package io.towerflow.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towerflow.spec.Shape.Values;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Makes a model spec of a YAML tree, and notes whatever stands in the way. */
final class SpecReader {

  private static final List<String> QUERY_KINDS =
      List.of(
          "id",
          "history",
          "bucketized_time",
          "normalized_time",
          "cyclic_time",
          "category",
          "number");
  private static final List<String> CANDIDATE_KINDS =
      List.of("id", "text", "popularity", "category", "number");
  private static final List<String> OPTIMIZER_KINDS = List.of("adagrad", "adam", "sgd");

  /** How long an event's id is remembered where nothing is said. */
  private static final Duration REMEMBERED_FOR = Duration.ofHours(1);

  private final Problems problems;

  SpecReader(Problems problems) {
    this.problems = problems;
  }

  /** The spec, or nothing if there were problems. What it says may still contradict itself. */
  Optional<ModelSpec> read(ObjectNode tree) {
    Values root = Schema.ROOT_SHAPE.read(tree, "", problems);
    Optional<Values> event = section(root, Schema.EVENT, Schema.EVENT_SHAPE, Function.identity());
    event.ifPresent(this::onlyAnIdCanBeSeenTwice);
    List<FeatureSpec> query = features(root, Schema.QUERY, QUERY_KINDS);
    List<FeatureSpec> candidate = features(root, Schema.CANDIDATE, CANDIDATE_KINDS);
    Optional<VocabularySpec> vocabulary =
        section(root, Schema.VOCABULARY, Schema.VOCABULARY_SHAPE, Function.identity())
            .flatMap(this::vocabulary);
    Optional<TowerSpec> towers =
        section(root, Schema.TOWERS, Schema.TOWERS_SHAPE, SpecReader::towers);
    Optional<LossSpec> loss = section(root, Schema.LOSS, Schema.LOSS_SHAPE, SpecReader::loss);
    Optional<RatingSpec> rating =
        section(root, Schema.RATING, Schema.RATING_SHAPE, SpecReader::rating);
    Optional<OptimizerSpec> optimizer = root.find(Schema.OPTIMIZER).flatMap(this::optimizer);
    Optional<BatchSpec> batch = section(root, Schema.BATCH, Schema.BATCH_SHAPE, SpecReader::batch);
    Optional<ReplaySpec> replay =
        section(root, Schema.REPLAY, Schema.REPLAY_SHAPE, SpecReader::replay);
    Optional<PublicationSpec> publication =
        section(root, Schema.PUBLICATION, Schema.PUBLICATION_SHAPE, SpecReader::publication);
    Optional<EvaluationSpec> evaluation =
        section(root, Schema.EVALUATION, Schema.EVALUATION_SHAPE, SpecReader::evaluation);
    if (!problems.none()) {
      return Optional.empty();
    }
    return Optional.of(
        new ModelSpec(
            root.get(Schema.NAME),
            root.get(Schema.SEED),
            event(event.orElseThrow(), query, candidate),
            root.get(Schema.ORDER),
            vocabulary.orElseThrow(),
            query,
            candidate,
            towers.orElseThrow(),
            loss.orElseThrow(),
            rating.orElseThrow(),
            optimizer.orElseThrow(),
            batch.orElseThrow(),
            replay.orElseThrow(),
            publication.orElseThrow(),
            evaluation.orElseThrow()));
  }

  private <T> Optional<T> section(
      Values root, Key<ObjectNode> key, Shape shape, Function<Values, T> maker) {
    return root.find(key).flatMap(node -> shape.read(node, key.name(), problems, maker));
  }

  private Optional<VocabularySpec> vocabulary(Values values) {
    Optional<Lifetime> users = lifetime(values, Schema.USERS);
    Optional<Lifetime> items = lifetime(values, Schema.ITEM_IDS);
    return users.flatMap(ofUsers -> items.map(ofItems -> new VocabularySpec(ofUsers, ofItems)));
  }

  private Optional<Lifetime> lifetime(Values vocabulary, Key<ObjectNode> ids) {
    return Schema.LIFETIME_SHAPE.read(
        vocabulary.get(ids),
        Schema.VOCABULARY.name() + "." + ids.name(),
        problems,
        values -> new Lifetime(values.get(Schema.ADMIT_AFTER), values.get(Schema.TIME_TO_LIVE)));
  }

  private List<FeatureSpec> features(Values root, Key<ObjectNode> side, List<String> kinds) {
    List<ObjectNode> declared =
        section(root, side, Schema.SIDE_SHAPE, values -> values.get(Schema.FEATURES))
            .orElse(List.of());
    List<FeatureSpec> features = new ArrayList<>();
    for (int i = 0; i < declared.size(); i++) {
      feature(declared.get(i), side.name() + ".features[" + i + "]", kinds)
          .ifPresent(features::add);
    }
    return List.copyOf(features);
  }

  private Optional<? extends FeatureSpec> feature(
      ObjectNode node, String path, List<String> kinds) {
    return switch (kindOf(node, path, kinds).orElse("")) {
      case "id" ->
          Schema.ID_SHAPE.read(
              node, path, problems, values -> new FeatureSpec.Id(values.get(Schema.WIDTH)));
      case "text" -> Schema.TEXT_SHAPE.read(node, path, problems, SpecReader::text);
      case "popularity" ->
          Schema.POPULARITY_SHAPE.read(
              node,
              path,
              problems,
              values ->
                  new FeatureSpec.Popularity(
                      values.get(Schema.HALF_LIVES), values.get(Schema.AGE)));
      case "history" -> Schema.HISTORY_SHAPE.read(node, path, problems, SpecReader::history);
      case "bucketized_time" -> bucketizedTime(node, path);
      case "normalized_time" ->
          Schema.NORMALIZED_TIME_SHAPE.read(
              node,
              path,
              problems,
              values -> new FeatureSpec.NormalizedTime(values.get(Schema.CLAMP)));
      case "cyclic_time" ->
          Schema.CYCLIC_TIME_SHAPE.read(
              node,
              path,
              problems,
              values ->
                  new FeatureSpec.CyclicTime(
                      values.get(Schema.CYCLES), values.get(Schema.PROJECTION)));
      case "category" ->
          Schema.CATEGORY_SHAPE.read(
              node,
              path,
              problems,
              values ->
                  new FeatureSpec.Category(
                      values.get(Schema.FIELD_KEY),
                      values.get(Schema.WIDTH),
                      values.get(Schema.VALUES),
                      values.get(Schema.GAIN)));
      case "number" ->
          Schema.NUMBER_SHAPE.read(
              node,
              path,
              problems,
              values ->
                  new FeatureSpec.Numeric(
                      values.get(Schema.FIELD_KEY),
                      values.get(Schema.CLAMP),
                      values.get(Schema.LOG),
                      values.get(Schema.PROJECTION)));
      default -> Optional.empty(); // the kind was refused
    };
  }

  private Optional<? extends FeatureSpec> bucketizedTime(ObjectNode node, String path) {
    boolean rolling = node.has(Schema.PERIOD.name());
    boolean bounded =
        node.has(Schema.FROM.name())
            || node.has(Schema.TO.name())
            || node.has(Schema.BUCKETS.name());
    if (rolling == bounded) {
      problems.add(
          path,
          (rolling ? "there is no use for both" : "there is neither")
              + " period"
              + (rolling ? " and" : " nor")
              + " from, to and buckets; it takes either: a period for a stream without end, the"
              + " others for times that are known beforehand");
      return Optional.empty();
    }
    return rolling
        ? Schema.ROLLING_TIME_SHAPE.read(
            node,
            path,
            problems,
            values ->
                new FeatureSpec.RollingTime(values.get(Schema.WIDTH), values.get(Schema.PERIOD)))
        : Schema.BUCKETIZED_TIME_SHAPE.read(
            node,
            path,
            problems,
            values ->
                new FeatureSpec.BucketizedTime(
                    values.get(Schema.WIDTH),
                    values.get(Schema.BUCKETS),
                    values.get(Schema.FROM),
                    values.get(Schema.TO)));
  }

  private Optional<? extends OptimizerSpec> optimizerOf(ObjectNode node, String kind) {
    String path = Schema.OPTIMIZER.name();
    return switch (kind) {
      case "adagrad" -> Schema.ADAGRAD_SHAPE.read(node, path, problems, SpecReader::adagrad);
      case "adam" -> Schema.ADAM_SHAPE.read(node, path, problems, SpecReader::adam);
      case "sgd" ->
          Schema.SGD_SHAPE.read(
              node,
              path,
              problems,
              values ->
                  new OptimizerSpec.Sgd(
                      values.get(Schema.SGD_RATE), values.get(Schema.WEIGHT_DECAY)));
      default -> Optional.empty(); // the kind was refused
    };
  }

  private Optional<OptimizerSpec> optimizer(ObjectNode node) {
    Optional<String> kind =
        node.has(Schema.KIND)
            ? kindOf(node, Schema.OPTIMIZER.name(), OPTIMIZER_KINDS)
            : Optional.of(Schema.DEFAULT_OPTIMIZER);
    return kind.flatMap(each -> optimizerOf(node, each));
  }

  /** What kind of thing a section declares, or nothing if that was refused. */
  private Optional<String> kindOf(ObjectNode node, String path, List<String> kinds) {
    JsonNode kind = node.get(Schema.KIND);
    String at = path + "." + Schema.KIND;
    String takes = String.join(" or ", kinds);
    if (kind == null) {
      problems.add(at, "missing; it takes " + takes);
    } else if (!kind.isTextual()) {
      problems.refuse(at, kind, takes);
    } else if (!kinds.contains(kind.textValue())) {
      problems.add(
          at,
          "it is "
              + kind
              + ", but takes "
              + takes
              + " here"
              + Nearest.hint(kind.textValue(), kinds));
    } else {
      return Optional.of(kind.textValue());
    }
    return Optional.empty();
  }

  private void onlyAnIdCanBeSeenTwice(Values event) {
    if (event.get(Schema.DEDUPLICATE_WITHIN).isPresent() && event.get(Schema.EVENT_ID).isEmpty()) {
      problems.add(
          "event.deduplicate_within",
          "events without an id can't be told apart; it takes event.id, the name of the field that"
              + " holds it, or nothing");
    }
  }

  private static EventSpec event(
      Values values, List<FeatureSpec> query, List<FeatureSpec> candidate) {
    Set<String> texts = new LinkedHashSet<>();
    for (FeatureSpec feature : candidate) {
      if (feature instanceof FeatureSpec.Text text) {
        texts.add(text.field());
      }
    }
    Optional<String> label = values.get(Schema.LABEL);
    label.ifPresent(texts::add);
    return new EventSpec(
        values.get(Schema.USER),
        values.get(Schema.ITEM),
        values.get(Schema.TIME),
        values
            .get(Schema.EVENT_ID)
            .map(
                field ->
                    new EventId(
                        field, values.get(Schema.DEDUPLICATE_WITHIN).orElse(REMEMBERED_FOR))),
        values.get(Schema.VALUE),
        values.get(Schema.WEIGHT),
        values.get(Schema.POSITIVE_WHEN),
        label,
        List.copyOf(texts),
        AttributeFields.of(candidate),
        AttributeFields.of(query));
  }

  private static FeatureSpec.Text text(Values values) {
    return new FeatureSpec.Text(
        values.get(Schema.FIELD_KEY),
        values.get(Schema.WIDTH),
        values.get(Schema.TOKENS),
        values.get(Schema.MAX_TOKENS));
  }

  private static FeatureSpec.History history(Values values) {
    return new FeatureSpec.History(
        values.get(Schema.ITEMS),
        values.get(Schema.DECAYS),
        values.get(Schema.TIME_GATE),
        values.get(Schema.AGE_GATE),
        values.get(Schema.MEAN_GATE),
        values.get(Schema.MOMENT),
        values.get(Schema.CONTENT),
        values.get(Schema.HIDDEN));
  }

  private static TowerSpec towers(Values values) {
    return new TowerSpec(
        values.get(Schema.COMBINE),
        values.get(Schema.LAYERS),
        values.get(Schema.DROPOUT),
        values.get(Schema.NORMALIZE),
        values.get(Schema.TEMPERATURE),
        values.get(Schema.ITEM_BIAS),
        values.get(Schema.MEMBERS));
  }

  private static LossSpec loss(Values values) {
    return new LossSpec(
        values.get(Schema.REDUCTION),
        values.get(Schema.UNIFORM_NEGATIVES),
        values.get(Schema.FULL_CATALOGUE_UNTIL),
        values.get(Schema.HARD_NEGATIVES),
        values.get(Schema.SAMPLING_CORRECTION),
        values.get(Schema.FREQUENCY_ESTIMATE),
        values.get(Schema.FREQUENCY_HALF_LIFE),
        values.get(Schema.FREQUENCY_RATE),
        values.get(Schema.MASK_ACCIDENTAL_HITS),
        values.get(Schema.MASK_SEEN));
  }

  private static RatingSpec rating(Values values) {
    return new RatingSpec(values.get(Schema.RATING_WEIGHT), values.get(Schema.RATING_LAYERS));
  }

  private static OptimizerSpec.Adagrad adagrad(Values values) {
    return new OptimizerSpec.Adagrad(
        values.get(Schema.ADAGRAD_RATE),
        values.get(Schema.INITIAL_ACCUMULATOR),
        values.get(Schema.ACCUMULATOR_DECAY),
        values.get(Schema.ADAGRAD_EPSILON),
        values.get(Schema.WEIGHT_DECAY));
  }

  private static OptimizerSpec.Adam adam(Values values) {
    return new OptimizerSpec.Adam(
        values.get(Schema.ADAM_RATE),
        values.get(Schema.BETA_1),
        values.get(Schema.BETA_2),
        values.get(Schema.ADAM_EPSILON),
        values.get(Schema.WEIGHT_DECAY));
  }

  private static BatchSpec batch(Values values) {
    return new BatchSpec(values.get(Schema.SIZE), values.get(Schema.SPAN));
  }

  private static ReplaySpec replay(Values values) {
    return new ReplaySpec(
        values.get(Schema.REPLAY_RATIO),
        values.get(Schema.REPLAY_MEMORY),
        values.get(Schema.BOTH_DIRECTIONS));
  }

  private static PublicationSpec publication(Values values) {
    return new PublicationSpec(
        values.get(Schema.TOP_K),
        values.get(Schema.PUBLISH_EVERY_EVENTS),
        values.get(Schema.PUBLISH_EVERY),
        values.get(Schema.TOLERANCE),
        values.get(Schema.RENEW_EVERY));
  }

  private static EvaluationSpec evaluation(Values values) {
    return new EvaluationSpec(
        values.get(Schema.REPORT_EVERY_EVENTS), values.get(Schema.FULL_UNTIL));
  }
}
