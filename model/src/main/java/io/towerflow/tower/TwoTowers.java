package io.towerflow.tower;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import io.towerflow.loss.HardNegatives;
import io.towerflow.optimizer.Optimizer;
import io.towerflow.spec.AttributeFields;
import io.towerflow.spec.FeatureSpec;
import io.towerflow.spec.LossSpec;
import io.towerflow.spec.ModelSpec;
import io.towerflow.statistics.RunningStatistics;
import io.towerflow.table.CounterRandom;
import io.towerflow.table.Initializer;
import io.towerflow.table.RowTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntSupplier;

/**
 * The query tower and the candidate tower of one model, their tables and their training step.
 *
 * <p>With u and v the towers' outputs, t the temperature, b an item's bias, phi its popularity
 * numbers and c a query's weights of them, the score is {@code u.v / t + b + c.phi}. It is a dot
 * product of the vectors that leave: {@code (u / t, 1, c)} and {@code (v, b, phi)}, without what
 * the spec leaves out. The temperature may follow the catalogue; the candidates don't change with
 * it. Not thread safe.
 */
public final class TwoTowers implements AutoCloseable {

  /** The half-width of the uniform initial embeddings, as in Keras. */
  private static final double EMBEDDING_LIMIT = 0.05;

  private static final long DROPOUT_STREAM = 0x64726f70;

  /** Vectors computed in one pass, which bounds the pass's memory. */
  private static final int BLOCK = 4096;

  private final NDManager manager = TorchEngine.newManager();
  private final List<RowTable> tables = new ArrayList<>();
  private final List<RowTable> userTables = new ArrayList<>();
  private final List<RowTable> itemTables = new ArrayList<>();
  private final RunningStatistics times = new RunningStatistics();
  private final List<NumberField> itemNumbers = new ArrayList<>();
  private final List<NumberField> contextNumbers = new ArrayList<>();
  private final Optimizer optimizer;
  private final Tower<QueryContext> queryTower;
  private final Tower<CandidateContext> candidateTower;
  private final RowTable itemBias;
  private final Optional<PopularityTerm> popularity;
  private final Optional<RatingHead> rating;
  private final IntSupplier catalogueSize;
  private final LossSpec.Reduction reduction;
  private final int hardNegatives;
  private final ModelSpec spec;

  /**
   * Builds untrained towers.
   *
   * @param catalogueSize how many items there are, now and whenever it is asked
   * @throws ai.djl.engine.EngineException if the engine's native library cannot be loaded
   */
  public TwoTowers(ModelSpec spec, IntSupplier catalogueSize) {
    this.spec = spec;
    this.catalogueSize = catalogueSize;
    optimizer = Optimizer.of(spec.optimizer());
    reduction = spec.loss().reduction();
    hardNegatives = spec.loss().hardNegatives();
    itemBias = spec.towers().itemBias() ? table("item_bias", 1, Initializer.constant(0)) : null;
    if (itemBias != null) {
      itemTables.add(itemBias);
    }
    // The candidates come first: a history reads the rows of their ids.
    List<Feature<CandidateContext>> candidate = new ArrayList<>();
    RowTable items = null;
    for (FeatureSpec feature : spec.candidate()) {
      if (feature instanceof FeatureSpec.Id id) {
        items = embeddings("item", id.width());
        itemTables.add(items);
        candidate.add(new EmbeddingFeature<>(items, CandidateContext::item));
      } else if (feature instanceof FeatureSpec.Text text) {
        int field = spec.event().texts().indexOf(text.field());
        candidate.add(
            new MeanFeature<>(
                embeddings("token." + text.field(), text.width()),
                context -> context.tokens()[field]));
      } else if (isAttribute(feature)) {
        candidate.add(
            attribute(
                feature,
                spec.event().itemAttributes(),
                CandidateContext::attributes,
                "",
                itemNumbers));
      } else if (!(feature instanceof FeatureSpec.Popularity)) {
        throw unsupported(feature, "candidate");
      }
    }
    List<Feature<QueryContext>> query = new ArrayList<>();
    for (FeatureSpec feature : spec.query()) {
      query.add(queryFeature(feature, items));
    }
    popularity =
        spec.popularity()
            .map(feature -> new PopularityTerm(feature.width(), optimizer, spec.seed()));
    popularity.ifPresent(term -> tables.addAll(term.tables()));
    candidateTower = tower("candidate", candidate);
    queryTower = tower("query", query);
    if (queryTower.width() != candidateTower.width()) {
      throw new IllegalArgumentException(
          "The query tower is %d wide and the candidate tower %d: their dot product needs one width"
              .formatted(queryTower.width(), candidateTower.width()));
    }
    rating =
        spec.rating().isLearnt()
            ? Optional.of(
                new RatingHead(spec.rating(), 2 * queryTower.width(), optimizer, spec.seed()))
            : Optional.empty();
    rating.ifPresent(head -> tables.addAll(head.tables()));
  }

  private Feature<QueryContext> queryFeature(FeatureSpec feature, RowTable items) {
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
      return new NormalizedTimeFeature(times, time.clamp());
    }
    if (feature instanceof FeatureSpec.CyclicTime time) {
      return new NumbersFeature<>(
          time.numbers(),
          (context, out, offset) -> Cycles.write(time.cycles(), context.time(), out, offset),
          time.width().map(width -> embeddings("time_cycle", width)),
          context -> false);
    }
    if (isAttribute(feature)) {
      return attribute(
          feature, spec.event().context(), QueryContext::attributes, "context_", contextNumbers);
    }
    if (feature instanceof FeatureSpec.History history) {
      HistoryFeature built = new HistoryFeature(history, items, optimizer, spec.seed());
      tables.addAll(built.ownTables());
      return built;
    }
    throw unsupported(feature, "query");
  }

  private static boolean isAttribute(FeatureSpec feature) {
    return feature instanceof FeatureSpec.Category || feature instanceof FeatureSpec.Numeric;
  }

  /**
   * A category or a number of either side.
   *
   * @param prefix tells the tables of the sides apart, which may read one field
   * @param numbers the side's number fields, to which this one is added
   */
  private <C> Feature<C> attribute(
      FeatureSpec feature,
      AttributeFields fields,
      Function<C, EncodedAttributes> attributes,
      String prefix,
      List<NumberField> numbers) {
    if (feature instanceof FeatureSpec.Category category) {
      int at = fields.categories().indexOf(category.field());
      return new MeanFeature<>(
          embeddings(prefix + "category." + category.field(), category.width()),
          input -> attributes.apply(input).categories()[at]);
    }
    FeatureSpec.Numeric spec = (FeatureSpec.Numeric) feature;
    NumberField number = new NumberField(spec, new RunningStatistics());
    int at = numbers.size();
    numbers.add(number);
    return new NumbersFeature<>(
        1,
        (input, out, offset) ->
            out[offset] = number.standardized(attributes.apply(input).numbers()[at]),
        spec.width().map(width -> embeddings(prefix + "number." + spec.field(), width)),
        input -> Double.isNaN(attributes.apply(input).numbers()[at]));
  }

  private static IllegalArgumentException unsupported(FeatureSpec feature, String side) {
    return new IllegalArgumentException(
        "A feature of kind " + feature.kind() + " cannot stand on the " + side + " side");
  }

  private RowTable table(String name, int width, Initializer initializer) {
    RowTable table = new RowTable(name, width, initializer, optimizer, spec.seed());
    tables.add(table);
    return table;
  }

  private RowTable embeddings(String name, int width) {
    return table(name, width, Initializer.uniform(EMBEDDING_LIMIT));
  }

  private <C> Tower<C> tower(String name, List<Feature<C>> features) {
    Tower<C> tower = new Tower<>(name, features, spec.towers(), optimizer, spec.seed());
    for (DenseLayer layer : tower.layers()) {
      tables.add(layer.weights());
      tables.add(layer.bias());
    }
    return tower;
  }

  /** Every parameter of the model. */
  public List<RowTable> tables() {
    return List.copyOf(tables);
  }

  /** Forgets all that was learnt of a user alone. */
  public void removeUser(int user) {
    userTables.forEach(table -> table.remove(user));
  }

  /** Forgets all that was learnt of an item alone. */
  public void removeItem(int item) {
    itemTables.forEach(table -> table.remove(item));
  }

  /** Mean and variance of the times learnt, in seconds since the epoch. */
  public RunningStatistics times() {
    return times;
  }

  /** The candidates' number fields, in the order of the spec. */
  public List<NumberField> itemNumbers() {
    return List.copyOf(itemNumbers);
  }

  /** The queries' number fields, in the order of the spec. */
  public List<NumberField> contextNumbers() {
    return List.copyOf(contextNumbers);
  }

  /** The width of the vectors that leave. */
  public int outputWidth() {
    return queryTower.width()
        + (itemBias == null ? 0 : 1)
        + spec.popularity().map(FeatureSpec.Popularity::width).orElse(0);
  }

  /** Whether a query carries nothing that its tower reads. */
  public boolean isBlank(QueryContext query) {
    return queryTower.isBlank(query);
  }

  /** One step of training without ratings. */
  public double train(
      List<QueryContext> queries,
      List<CandidateContext> candidates,
      int[] positives,
      float[] weights,
      float[] adjustments,
      long step) {
    return train(queries, candidates, positives, weights, adjustments, Ratings.NONE, step);
  }

  /**
   * One step of training: softmax cross entropy of each query's item among the candidates, plus,
   * where the spec has a rating head, its loss.
   *
   * @param queries the first n are those of the softmax; any after them are there for their ratings
   * @param candidates the first m are distinct, and those of the softmax; any after them are there
   *     for their ratings
   * @param positives the column of each query's item, length n
   * @param weights what each query's loss is multiplied by, length n, all positive
   * @param adjustments what is added to the scores, shape (n, m), see {@link
   *     io.towerflow.loss.SoftmaxAdjustment}
   * @param ratings what the rating head learns; none where the spec has no head
   * @param step the training step, counted from 1
   * @return the mean softmax loss of a query, by weight; NaN where n is 0
   * @throws DivergenceException if the loss, or what the step would make of a weight or a slot, is
   *     not finite; nothing is updated then
   */
  public double train(
      List<QueryContext> queries,
      List<CandidateContext> candidates,
      int[] positives,
      float[] weights,
      float[] adjustments,
      Ratings ratings,
      long step) {
    int n = positives.length;
    int m = n == 0 ? 0 : adjustments.length / n;
    try (Step pass =
        Step.training(manager, CounterRandom.bits(spec.seed(), DROPOUT_STREAM, step))) {
      Feature.Encoded query = queryTower.encode(queries, pass);
      Feature.Encoded candidate = candidateTower.encode(candidates, pass);
      Softmax softmax = new Softmax(queries.subList(0, n), candidates.subList(0, m), pass);
      boolean rated = ratings.size() > 0;
      if (rated) {
        head().announce(pass);
      }
      pass.load();
      NDArray u = query.vectors(pass);
      NDArray v = candidate.vectors(pass);
      float weight = sum(weights);
      boolean mean = reduction == LossSpec.Reduction.MEAN;
      List<NDArray> losses = new ArrayList<>();
      double total = 0;
      if (n > 0) {
        NDArray loss = softmax.loss(first(n, u), first(m, v), positives, weights, adjustments);
        total = loss.getFloat();
        losses.add(mean ? loss.div(pass.number(weight)) : loss);
      }
      if (rated) {
        losses.add(head().loss(u, v, ratings, mean, pass));
      }
      NDArray loss = losses.size() == 1 ? losses.get(0) : losses.get(0).add(losses.get(1));
      if (!Double.isFinite(loss.getFloat())) {
        throw new DivergenceException("The loss", step);
      }
      pass.backward(loss);
      pass.apply(optimizer, step);
      return total / weight;
    }
  }

  private RatingHead head() {
    return rating.orElseThrow(
        () -> new IllegalArgumentException("Ratings need a head, and the spec has no rating"));
  }

  private static NDArray first(int rows, NDArray all) {
    return rows == all.getShape().get(0) ? all : all.get(new NDIndex("0:" + rows));
  }

  /** The retrieval's part of a step: what the towers' outputs lack for the scores, announced. */
  private final class Softmax {

    private final List<CandidateContext> candidates;
    private final Step pass;
    private final int[] biases;
    private final Optional<Feature.Encoded> tastes;

    /** Names the rows that the scores need; the loss is there once they are loaded. */
    Softmax(List<QueryContext> queries, List<CandidateContext> candidates, Step pass) {
      this.candidates = candidates;
      this.pass = pass;
      biases = announceBiases(candidates, pass);
      tastes =
          queries.isEmpty() ? Optional.empty() : popularity.map(term -> term.encode(queries, pass));
    }

    /**
     * The summed loss of queries with outputs u, shape (n, width), among candidates v, (m, width).
     */
    NDArray loss(NDArray u, NDArray v, int[] positives, float[] weights, float[] adjustments) {
      int n = positives.length;
      int m = candidates.size();
      NDArray scores = u.matMul(v.transpose());
      scores = scores.div(temperature(pass));
      if (itemBias != null) {
        scores = scores.add(pass.gather(itemBias, biases, m).reshape(1, m));
      }
      if (tastes.isPresent()) {
        NDArray numbers = popularityNumbers(candidates, pass);
        scores = scores.add(tastes.get().vectors(pass).matMul(numbers.transpose()));
      }
      scores = scores.add(pass.floats(adjustments, n, m));
      if (hardNegatives > 0) {
        float[] mask = HardNegatives.mask(scores.toFloatArray(), positives, hardNegatives);
        scores = scores.add(pass.floats(mask, n, m));
      }
      return scores
          .logSoftmax(1)
          .gather(pass.longs(widen(positives), n, 1), 1)
          .mul(pass.floats(weights, n, 1))
          .sum()
          .neg();
    }
  }

  private int[] announceBiases(List<CandidateContext> candidates, Step pass) {
    if (itemBias == null) {
      return new int[0];
    }
    return candidates.stream().mapToInt(c -> pass.row(itemBias, c.item())).toArray();
  }

  private static float sum(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return (float) sum;
  }

  private static long[] widen(int[] values) {
    long[] wide = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  /** The vectors of queries as they leave, shape (queries, {@link #outputWidth}). */
  public float[] queryVectors(List<QueryContext> queries) {
    return inBlocks(
        queries,
        (block, pass) -> {
          Feature.Encoded encoded = queryTower.encode(block, pass);
          Optional<Feature.Encoded> weights = popularity.map(term -> term.encode(block, pass));
          pass.load();
          NDList parts = new NDList(encoded.vectors(pass).div(temperature(pass)));
          if (itemBias != null) {
            parts.add(pass.floats(ones(block.size()), block.size(), 1));
          }
          weights.ifPresent(w -> parts.add(w.vectors(pass)));
          return parts;
        });
  }

  /** The vectors of candidates as they leave, shape (candidates, {@link #outputWidth}). */
  public float[] candidateVectors(List<CandidateContext> candidates) {
    return inBlocks(
        candidates,
        (block, pass) -> {
          Feature.Encoded encoded = candidateTower.encode(block, pass);
          int[] biases = announceBiases(block, pass);
          pass.load();
          NDList parts = new NDList(encoded.vectors(pass));
          if (itemBias != null) {
            parts.add(pass.gather(itemBias, biases, block.size()));
          }
          if (popularity.isPresent()) {
            parts.add(popularityNumbers(block, pass));
          }
          return parts;
        });
  }

  private NDArray temperature(Step pass) {
    return pass.number((float) spec.towers().temperature(catalogueSize.getAsInt()));
  }

  private static float[] ones(int n) {
    float[] ones = new float[n];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static NDArray popularityNumbers(List<CandidateContext> candidates, Step pass) {
    int width = candidates.get(0).popularity().length;
    float[] numbers = new float[candidates.size() * width];
    for (int i = 0; i < candidates.size(); i++) {
      System.arraycopy(candidates.get(i).popularity(), 0, numbers, i * width, width);
    }
    return pass.floats(numbers, candidates.size(), width);
  }

  /**
   * The scores of queries against candidates.
   *
   * @param queries as {@link #queryVectors} gives them, n of them
   * @param candidates as {@link #candidateVectors} gives them, m of them
   * @return shape (n, m)
   */
  public float[] scores(float[] queries, float[] candidates) {
    int width = outputWidth();
    try (Step pass = Step.inference(manager)) {
      NDArray left = pass.floats(queries, queries.length / width, width);
      NDArray right = pass.floats(candidates, candidates.length / width, width);
      return left.matMul(right.transpose()).toFloatArray();
    }
  }

  /**
   * The ratings that the head foretells.
   *
   * @param queries length n
   * @param candidates the candidate of each query, length n; repeats may be there
   * @return length n
   * @throws IllegalArgumentException if the spec has no rating head
   */
  public float[] ratings(List<QueryContext> queries, List<CandidateContext> candidates) {
    float[] all = new float[queries.size()];
    for (int from = 0; from < all.length; from += BLOCK) {
      int to = Math.min(all.length, from + BLOCK);
      try (Step pass = Step.inference(manager)) {
        Feature.Encoded query = queryTower.encode(queries.subList(from, to), pass);
        Feature.Encoded candidate = candidateTower.encode(candidates.subList(from, to), pass);
        head().announce(pass);
        pass.load();
        float[] block =
            head().forward(query.vectors(pass), candidate.vectors(pass), pass).toFloatArray();
        System.arraycopy(block, 0, all, from, block.length);
      }
    }
    return all;
  }

  /** Gives the columns of a block's vectors, side by side. */
  @FunctionalInterface
  private interface BlockVectors<C> {
    NDList of(List<C> block, Step pass);
  }

  private <C> float[] inBlocks(List<C> inputs, BlockVectors<C> vectors) {
    float[] all = new float[inputs.size() * outputWidth()];
    for (int from = 0; from < inputs.size(); from += BLOCK) {
      List<C> block = inputs.subList(from, Math.min(inputs.size(), from + BLOCK));
      try (Step pass = Step.inference(manager)) {
        float[] part = NDArrays.concat(vectors.of(block, pass), 1).toFloatArray();
        System.arraycopy(part, 0, all, from * outputWidth(), part.length);
      }
    }
    return all;
  }

  @Override
  public void close() {
    manager.close();
  }
}
