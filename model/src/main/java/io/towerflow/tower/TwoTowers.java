package io.towerflow.tower;

import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.arithmetic.DivergenceException;
import io.towerflow.arithmetic.Pass;
import io.towerflow.arithmetic.Passes;
import io.towerflow.arithmetic.SoftmaxBatch;
import io.towerflow.arithmetic.Vectors;
import io.towerflow.spec.FeatureSpec;
import io.towerflow.spec.LossSpec;
import io.towerflow.spec.ModelSpec;
import io.towerflow.statistics.RunningStatistics;
import io.towerflow.table.CounterRandom;
import io.towerflow.table.RowTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;

/**
 * The query tower and the candidate tower of one model, their tables and their training step.
 *
 * <p>With u and v the towers' outputs, t the temperature, b an item's bias, phi its popularity
 * numbers and c a query's weights of them, the score is {@code u.v / t + b + c.phi}. It is a dot
 * product of the vectors that leave: {@code (u / t, 1, c)} and {@code (v, b, phi)}, without what
 * the spec leaves out. The temperature may follow the catalogue; the candidates don't change with
 * it.
 *
 * <p>Where the spec has M members, there are M such pairs, which begin differently and are taught
 * each by its own loss and at its own rate, on the same batches. The score is the mean of theirs,
 * which as a rule errs less than each (Lakshminarayanan et al., 2017), and a dot product as well:
 * {@code (u_1 / Mt, ..., u_M / Mt, 1, mean c)} and {@code (v_1, ..., v_M, mean b, phi)}. Not thread
 * safe.
 */
public final class TwoTowers implements AutoCloseable {

  private static final long DROPOUT_STREAM = 0x64726f70;

  /** Vectors computed in one pass, which bounds the pass's memory. */
  private static final int BLOCK = 4096;

  private final Passes passes;
  private final ModelSpec spec;
  private final Member.Statistics statistics;
  private final List<Member> members;
  private final IntSupplier catalogueSize;

  /**
   * Builds untrained towers for which nobody says what items are like: a history that reads content
   * throws {@link IllegalStateException} when a query is encoded.
   *
   * @param catalogueSize how many items there are, now and whenever it is asked
   * @throws ai.djl.engine.EngineException if the engine's native library cannot be loaded
   */
  public TwoTowers(ModelSpec spec, IntSupplier catalogueSize) {
    this(
        spec,
        catalogueSize,
        item -> {
          throw new IllegalStateException("Nobody says what item " + item + " is like");
        },
        Arithmetic.AUTO);
  }

  /**
   * Builds untrained towers.
   *
   * @param catalogueSize how many items there are, now and whenever it is asked
   * @param contents gives what is known of any item, nothing where it is none; its popularity is
   *     not read
   * @throws ai.djl.engine.EngineException if the engine's native library cannot be loaded
   */
  public TwoTowers(
      ModelSpec spec,
      IntSupplier catalogueSize,
      IntFunction<CandidateContext> contents,
      Arithmetic arithmetic) {
    this.spec = spec;
    passes = Computation.of(arithmetic);
    this.catalogueSize = catalogueSize;
    statistics = Member.Statistics.of(spec);
    members =
        IntStream.range(0, spec.towers().members().size())
            .mapToObj(number -> new Member(spec, number, statistics, contents))
            .toList();
  }

  /**
   * What a member's table is called.
   *
   * @param member which one, counted from 0
   * @param table what the first one's is called
   */
  public static String tableOf(int member, String table) {
    return Parameters.prefix(member) + table;
  }

  /** What computes, see {@link Passes#name}. */
  public String arithmetic() {
    return passes.name();
  }

  /** Every parameter of the model. */
  public List<RowTable> tables() {
    return members.stream().flatMap(member -> member.tables().stream()).toList();
  }

  /** Forgets all that was learnt of a user alone. */
  public void removeUser(int user) {
    members.forEach(member -> member.userTables().forEach(table -> table.remove(user)));
  }

  /** Forgets all that was learnt of an item alone. */
  public void removeItem(int item) {
    members.forEach(member -> member.itemTables().forEach(table -> table.remove(item)));
  }

  /** Mean and variance of the times learnt, in seconds since the epoch. */
  public RunningStatistics times() {
    return statistics.times();
  }

  /** The candidates' number fields, in the order of the spec. */
  public List<NumberField> itemNumbers() {
    return statistics.itemNumbers();
  }

  /** The queries' number fields, in the order of the spec. */
  public List<NumberField> contextNumbers() {
    return statistics.contextNumbers();
  }

  /** The width of the vectors that leave. */
  public int outputWidth() {
    return members.size() * members.get(0).width()
        + (spec.towers().itemBias() ? 1 : 0)
        + spec.popularity().map(FeatureSpec.Popularity::width).orElse(0);
  }

  /** Whether a query carries nothing that its tower reads. */
  public boolean isBlank(QueryContext query) {
    return members.get(0).isBlank(query);
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
   * @return the mean softmax loss of a query, by weight, in the mean over the members; NaN where n
   *     is 0
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
    float weight = sum(weights);
    boolean rated = ratings.size() > 0;
    boolean mean = spec.loss().reduction() == LossSpec.Reduction.MEAN;
    try (Pass pass = passes.training(CounterRandom.bits(spec.seed(), DROPOUT_STREAM, step))) {
      List<Member.Encoding> encodings =
          members.stream()
              .map(member -> member.encode(queries, candidates, n, m, rated, pass))
              .toList();
      pass.load();
      float[] popularity =
          spec.popularity().isPresent() && n > 0
              ? popularityNumbers(candidates.subList(0, m))
              : new float[0];
      double total = 0;
      double others = 0;
      for (int i = 0; i < members.size(); i++) {
        Vectors u = encodings.get(i).queries().vectors(pass);
        Vectors v = encodings.get(i).candidates().vectors(pass);
        if (n > 0) {
          total +=
              pass.crossEntropy(
                  new SoftmaxBatch(
                      u,
                      v,
                      encodings.get(i).biases().map(biases -> biases.vectors(pass)),
                      encodings.get(i).tastes().map(tastes -> tastes.vectors(pass)),
                      popularity,
                      (float) temperature(),
                      positives,
                      weights,
                      adjustments,
                      spec.loss().hardNegatives(),
                      mean ? 1 / weight : 1));
        }
        if (rated) {
          others += members.get(i).head().loss(u, v, ratings, mean, pass);
        }
      }
      if (!Double.isFinite(total + others)) {
        throw new DivergenceException("The loss", step);
      }
      pass.learn(step);
      return total / members.size() / weight;
    }
  }

  /** The mean of what each member has, shape as that of one. */
  private static Vectors mean(List<Vectors> parts, Pass pass) {
    return parts.size() == 1 ? parts.get(0) : pass.scaled(pass.sum(parts), 1f / parts.size());
  }

  private static List<Vectors> vectors(List<Feature.Encoded> encoded, Pass pass) {
    return encoded.stream().map(each -> each.vectors(pass)).toList();
  }

  private static float sum(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return (float) sum;
  }

  /** The vectors of queries as they leave, shape (queries, {@link #outputWidth}). */
  public float[] queryVectors(List<QueryContext> queries) {
    return inBlocks(
        queries,
        (block, pass) -> {
          List<Feature.Encoded> encoded =
              members.stream().map(member -> member.queries(block, pass)).toList();
          List<Feature.Encoded> tastes =
              members.stream().flatMap(member -> member.tastes(block, pass).stream()).toList();
          pass.load();
          float factor = (float) (1 / (temperature() * members.size()));
          List<Vectors> parts = new ArrayList<>();
          encoded.forEach(each -> parts.add(pass.scaled(each.vectors(pass), factor)));
          if (spec.towers().itemBias()) {
            parts.add(pass.constant(ones(block.size()), 1));
          }
          if (!tastes.isEmpty()) {
            parts.add(mean(vectors(tastes, pass), pass));
          }
          return parts;
        });
  }

  /** The vectors of candidates as they leave, shape (candidates, {@link #outputWidth}). */
  public float[] candidateVectors(List<CandidateContext> candidates) {
    return inBlocks(
        candidates,
        (block, pass) -> {
          List<Feature.Encoded> encoded =
              members.stream().map(member -> member.candidates(block, pass)).toList();
          List<Feature.Encoded> biases =
              members.stream().flatMap(member -> member.biases(block, pass).stream()).toList();
          pass.load();
          List<Vectors> parts = new ArrayList<>(vectors(encoded, pass));
          if (!biases.isEmpty()) {
            parts.add(mean(vectors(biases, pass), pass));
          }
          spec.popularity()
              .ifPresent(
                  feature -> parts.add(pass.constant(popularityNumbers(block), feature.width())));
          return parts;
        });
  }

  private double temperature() {
    return spec.towers().temperature(catalogueSize.getAsInt());
  }

  private static float[] ones(int n) {
    float[] ones = new float[n];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** Shape (candidates, numbers), row by row. */
  private static float[] popularityNumbers(List<CandidateContext> candidates) {
    int width = candidates.get(0).popularity().length;
    float[] numbers = new float[candidates.size() * width];
    for (int i = 0; i < candidates.size(); i++) {
      System.arraycopy(candidates.get(i).popularity(), 0, numbers, i * width, width);
    }
    return numbers;
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
    try (Pass pass = passes.inference()) {
      return pass.scores(queries, candidates, width);
    }
  }

  /**
   * The ratings that the head foretells, or the mean of those that the members' heads do.
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
      try (Pass pass = passes.inference()) {
        List<QueryContext> asked = queries.subList(from, to);
        List<CandidateContext> items = candidates.subList(from, to);
        List<Member.Encoding> encodings =
            members.stream().map(member -> member.encode(asked, items, 0, 0, true, pass)).toList();
        pass.load();
        List<Vectors> foretold = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
          Vectors u = encodings.get(i).queries().vectors(pass);
          Vectors v = encodings.get(i).candidates().vectors(pass);
          foretold.add(members.get(i).head().forward(u, v, pass));
        }
        float[] block = pass.toArray(mean(foretold, pass));
        System.arraycopy(block, 0, all, from, block.length);
      }
    }
    return all;
  }

  /** Gives the columns of a block's vectors, side by side. */
  @FunctionalInterface
  private interface BlockVectors<C> {
    List<Vectors> of(List<C> block, Pass pass);
  }

  private <C> float[] inBlocks(List<C> inputs, BlockVectors<C> vectors) {
    float[] all = new float[inputs.size() * outputWidth()];
    for (int from = 0; from < inputs.size(); from += BLOCK) {
      List<C> block = inputs.subList(from, Math.min(inputs.size(), from + BLOCK));
      try (Pass pass = passes.inference()) {
        float[] part = pass.toArray(pass.joined(vectors.of(block, pass)));
        System.arraycopy(part, 0, all, from * outputWidth(), part.length);
      }
    }
    return all;
  }

  @Override
  public void close() {
    passes.close();
  }
}
