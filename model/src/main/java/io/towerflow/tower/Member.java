package io.towerflow.tower;

import io.towerflow.arithmetic.Pass;
import io.towerflow.optimizer.Optimizer;
import io.towerflow.spec.FeatureSpec;
import io.towerflow.spec.ModelSpec;
import io.towerflow.statistics.RunningStatistics;
import io.towerflow.table.Initializer;
import io.towerflow.table.RowTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * A query tower and a candidate tower with all that they have learnt. A model has one such pair or
 * several, which read the same numbers and share no weight.
 */
final class Member {

  /** The half-width of the uniform initial embeddings, as in Keras. */
  private static final double EMBEDDING_LIMIT = 0.05;

  private final ModelSpec spec;
  private final Statistics statistics;
  private final IntFunction<CandidateContext> contents;
  private final Parameters parameters;
  private final List<RowTable> userTables = new ArrayList<>();
  private final List<RowTable> itemTables = new ArrayList<>();
  private final Tower<QueryContext> queryTower;
  private final Tower<CandidateContext> candidateTower;
  private final Optional<RowTable> itemBias;
  private final Optional<PopularityTerm> popularity;
  private final Optional<RatingHead> rating;

  /**
   * What is known of the numbers that features read, whoever learns from them.
   *
   * @param times of the times learnt, in seconds since the epoch
   * @param itemNumbers the candidates' number fields, in the order of the spec
   * @param contextNumbers the queries' number fields, in the order of the spec
   */
  record Statistics(
      RunningStatistics times, List<NumberField> itemNumbers, List<NumberField> contextNumbers) {

    /** Nothing is known yet. */
    static Statistics of(ModelSpec spec) {
      return new Statistics(
          new RunningStatistics(), numberFields(spec.candidate()), numberFields(spec.query()));
    }

    private static List<NumberField> numberFields(List<FeatureSpec> features) {
      return features.stream()
          .filter(FeatureSpec.Numeric.class::isInstance)
          .map(feature -> new NumberField((FeatureSpec.Numeric) feature, new RunningStatistics()))
          .toList();
    }
  }

  /**
   * Builds untrained towers.
   *
   * @param number which member this is, counted from 0
   * @param contents gives what is known of any item, for its history; its popularity is not read
   */
  Member(
      ModelSpec spec, int number, Statistics statistics, IntFunction<CandidateContext> contents) {
    this.spec = spec;
    this.statistics = statistics;
    this.contents = contents;
    Optimizer optimizer = Optimizer.of(spec.optimizer().times(spec.towers().members().get(number)));
    parameters = new Parameters(number, optimizer, spec.seed());
    itemBias =
        spec.towers().itemBias()
            ? Optional.of(parameters.table("item_bias", 1, Initializer.constant(0)))
            : Optional.empty();
    itemBias.ifPresent(itemTables::add);
    // The candidates come first: a history reads the rows of their ids.
    List<Feature<CandidateContext>> candidate = new ArrayList<>();
    List<Feature<CandidateContext>> described = new ArrayList<>();
    RowTable items = null;
    for (FeatureSpec feature : spec.candidate()) {
      if (feature instanceof FeatureSpec.Id id) {
        items = embeddings("item", id.width());
        itemTables.add(items);
        candidate.add(new EmbeddingFeature<>(items, CandidateContext::item));
      } else if (!(feature instanceof FeatureSpec.Popularity)) {
        described.add(candidateFeature(feature));
        candidate.add(described.get(described.size() - 1));
      }
    }
    List<Feature<QueryContext>> query = new ArrayList<>();
    for (FeatureSpec feature : spec.query()) {
      query.add(queryFeature(feature, items, described));
    }
    popularity = spec.popularity().map(feature -> new PopularityTerm(feature.width(), parameters));
    candidateTower = new Tower<>("candidate", candidate, spec.towers(), parameters);
    queryTower = new Tower<>("query", query, spec.towers(), parameters);
    if (queryTower.width() != candidateTower.width()) {
      throw new IllegalArgumentException(
          "The query tower is %d wide and the candidate tower %d: their dot product needs one width"
              .formatted(queryTower.width(), candidateTower.width()));
    }
    rating =
        spec.rating().isLearnt()
            ? Optional.of(new RatingHead(spec.rating(), 2 * queryTower.width(), parameters))
            : Optional.empty();
  }

  private Feature<CandidateContext> candidateFeature(FeatureSpec feature) {
    if (feature instanceof FeatureSpec.Text text) {
      int field = spec.event().texts().indexOf(text.field());
      return new MeanFeature<>(
          embeddings("token." + text.field(), text.width()), context -> context.tokens()[field]);
    }
    if (feature instanceof FeatureSpec.Category category) {
      return category(
          category,
          spec.event().itemAttributes().categories(),
          CandidateContext::attributes,
          "category.");
    }
    if (feature instanceof FeatureSpec.Numeric number) {
      return number(number, statistics.itemNumbers, CandidateContext::attributes, "number.");
    }
    throw unsupported(feature, "candidate");
  }

  private Feature<QueryContext> queryFeature(
      FeatureSpec feature, RowTable items, List<Feature<CandidateContext>> described) {
    if (feature instanceof FeatureSpec.Id id) {
      RowTable users = embeddings("user", id.width());
      userTables.add(users);
      return new EmbeddingFeature<>(users, QueryContext::user);
    }
    if (feature instanceof FeatureSpec.BucketizedTime time) {
      long from = time.from().toEpochMilli();
      long to = time.to().toEpochMilli();
      return new EmbeddingFeature<>(
          embeddings("time_bucket", time.width()),
          context -> TimeBuckets.linear(context.time(), from, to, time.buckets()));
    }
    if (feature instanceof FeatureSpec.RollingTime time) {
      long period = time.period().toMillis();
      return new EmbeddingFeature<>(
          embeddings("time_period", time.width()),
          context -> TimeBuckets.rolling(context.time(), period));
    }
    if (feature instanceof FeatureSpec.NormalizedTime time) {
      return new NormalizedTimeFeature(statistics.times, time.clamp());
    }
    if (feature instanceof FeatureSpec.CyclicTime time) {
      return new NumbersFeature<>(
          time.numbers(),
          (context, out, offset) -> Cycles.write(time.cycles(), context.time(), out, offset),
          time.width().map(width -> embeddings("time_cycle", width)),
          context -> false);
    }
    if (feature instanceof FeatureSpec.Category category) {
      return category(
          category,
          spec.event().context().categories(),
          QueryContext::attributes,
          "context_category.");
    }
    if (feature instanceof FeatureSpec.Numeric number) {
      return number(number, statistics.contextNumbers, QueryContext::attributes, "context_number.");
    }
    if (feature instanceof FeatureSpec.History history) {
      List<Feature<CandidateContext>> added =
          described.stream().filter(other -> other.width() == items.width()).toList();
      Optional<HistoryFeature.Content> content =
          history.content() > 0 && !added.isEmpty()
              ? Optional.of(new HistoryFeature.Content((float) history.content(), added, contents))
              : Optional.empty();
      return new HistoryFeature(history, items, content, parameters);
    }
    throw unsupported(feature, "query");
  }

  private <C> Feature<C> category(
      FeatureSpec.Category feature,
      List<String> fields,
      Function<C, EncodedAttributes> attributes,
      String table) {
    int at = fields.indexOf(feature.field());
    Feature<C> mean =
        new MeanFeature<>(
            embeddings(table + feature.field(), feature.width()),
            input -> attributes.apply(input).categories()[at]);
    return feature
        .gain()
        .map(gain -> gained(mean, table + feature.field(), gain.floatValue()))
        .orElse(mean);
  }

  private <C> Feature<C> gained(Feature<C> feature, String name, float gain) {
    return new GainedFeature<>(
        feature, parameters.table("gain." + name, feature.width(), Initializer.constant(gain)));
  }

  private <C> Feature<C> number(
      FeatureSpec.Numeric feature,
      List<NumberField> fields,
      Function<C, EncodedAttributes> attributes,
      String table) {
    int at =
        fields.stream()
            .map(field -> field.spec().field())
            .toList()
            .indexOf(feature.field()); // one feature a field
    NumberField number = fields.get(at);
    return new NumbersFeature<>(
        1,
        (input, out, offset) ->
            out[offset] = number.standardized(attributes.apply(input).numbers()[at]),
        feature.width().map(width -> embeddings(table + feature.field(), width)),
        input -> Double.isNaN(attributes.apply(input).numbers()[at]));
  }

  private static IllegalArgumentException unsupported(FeatureSpec feature, String side) {
    return new IllegalArgumentException(
        "A feature of kind " + feature.kind() + " cannot stand on the " + side + " side");
  }

  private RowTable embeddings(String name, int width) {
    return parameters.table(name, width, Initializer.uniform(EMBEDDING_LIMIT));
  }

  List<RowTable> tables() {
    return parameters.tables();
  }

  /** The tables that have a row for each user. */
  List<RowTable> userTables() {
    return userTables;
  }

  /** The tables that have a row for each item. */
  List<RowTable> itemTables() {
    return itemTables;
  }

  /** The width of either tower's output. */
  int width() {
    return queryTower.width();
  }

  boolean isBlank(QueryContext query) {
    return queryTower.isBlank(query);
  }

  /** Names the rows of queries' vectors, shape (queries, width). */
  Feature.Encoded queries(List<QueryContext> queries, Pass pass) {
    return queryTower.encode(queries, pass);
  }

  /** Names the rows of candidates' vectors, shape (candidates, width). */
  Feature.Encoded candidates(List<CandidateContext> candidates, Pass pass) {
    return candidateTower.encode(candidates, pass);
  }

  /** Names the rows of candidates' biases, shape (candidates, 1); empty if there are none. */
  Optional<Feature.Encoded> biases(List<CandidateContext> candidates, Pass pass) {
    return itemBias.map(
        table -> {
          int[] rows = candidates.stream().mapToInt(c -> pass.row(table, c.item())).toArray();
          return loaded -> loaded.gather(table, rows);
        });
  }

  /**
   * Names the rows of queries' weights of popularity, shape (queries, numbers); empty if there are
   * none.
   */
  Optional<Feature.Encoded> tastes(List<QueryContext> queries, Pass pass) {
    return queries.isEmpty()
        ? Optional.empty()
        : popularity.map(term -> term.encode(queries, pass));
  }

  /**
   * The rating head.
   *
   * @throws IllegalArgumentException if the spec has none
   */
  RatingHead head() {
    return rating.orElseThrow(
        () -> new IllegalArgumentException("Ratings need a head, and the spec has no rating"));
  }

  /** What two towers' outputs make of a pass, before it is loaded. */
  record Encoding(
      Feature.Encoded queries,
      Feature.Encoded candidates,
      Optional<Feature.Encoded> biases,
      Optional<Feature.Encoded> tastes) {}

  /**
   * Names the rows of a training step.
   *
   * @param n how many of the queries are those of the softmax
   * @param m how many of the candidates are
   * @param rated whether the head learns too
   */
  Encoding encode(
      List<QueryContext> queries,
      List<CandidateContext> candidates,
      int n,
      int m,
      boolean rated,
      Pass pass) {
    Encoding encoding =
        new Encoding(
            queries(queries, pass),
            candidates(candidates, pass),
            biases(candidates.subList(0, m), pass),
            tastes(queries.subList(0, n), pass));
    if (rated) {
      head().announce(pass);
    }
    return encoding;
  }
}
