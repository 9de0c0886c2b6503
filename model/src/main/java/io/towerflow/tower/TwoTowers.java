package io.towerflow.tower;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.loss.HardNegatives;
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

  private final NDManager manager = TorchEngine.newManager();
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
    try (Step pass =
        Step.training(manager, CounterRandom.bits(spec.seed(), DROPOUT_STREAM, step))) {
      boolean rated = ratings.size() > 0;
      List<Member.Encoding> encodings =
          members.stream()
              .map(member -> member.encode(queries, candidates, n, m, rated, pass))
              .toList();
      pass.load();
      boolean mean = spec.loss().reduction() == LossSpec.Reduction.MEAN;
      List<NDArray> losses = new ArrayList<>();
      double total = 0;
      for (int i = 0; i < members.size(); i++) {
        NDArray u = encodings.get(i).queries().vectors(pass);
        NDArray v = encodings.get(i).candidates().vectors(pass);
        if (n > 0) {
          NDArray scores =
              scores(encodings.get(i), first(n, u), first(m, v), candidates.subList(0, m), pass);
          NDArray loss = softmaxLoss(scores, positives, weights, adjustments, pass);
          total += loss.getFloat();
          losses.add(mean ? loss.div(pass.number(weight)) : loss);
        }
        if (rated) {
          losses.add(members.get(i).head().loss(u, v, ratings, mean, pass));
        }
      }
      NDArray loss = sum(losses);
      if (!Double.isFinite(loss.getFloat())) {
        throw new DivergenceException("The loss", step);
      }
      pass.backward(loss);
      pass.apply(step);
      return total / members.size() / weight;
    }
  }

  private static NDArray first(int rows, NDArray all) {
    return rows == all.getShape().get(0) ? all : all.get(new NDIndex("0:" + rows));
  }

  /** A member's scores of queries u, shape (n, width), by candidates v, (m, width): (n, m). */
  private NDArray scores(
      Member.Encoding encoding,
      NDArray u,
      NDArray v,
      List<CandidateContext> candidates,
      Step pass) {
    NDArray scores = u.matMul(v.transpose()).div(pass.number((float) temperature()));
    if (encoding.biases().isPresent()) {
      scores = scores.add(encoding.biases().get().vectors(pass).reshape(1, candidates.size()));
    }
    if (encoding.tastes().isPresent()) {
      NDArray numbers = popularityNumbers(candidates, pass);
      scores = scores.add(encoding.tastes().get().vectors(pass).matMul(numbers.transpose()));
    }
    return scores;
  }

  /** The summed loss of queries with these scores, shape (n, m). */
  private NDArray softmaxLoss(
      NDArray scores, int[] positives, float[] weights, float[] adjustments, Step pass) {
    int n = positives.length;
    int m = adjustments.length / n;
    NDArray adjusted = scores.add(pass.floats(adjustments, n, m));
    int hardNegatives = spec.loss().hardNegatives();
    if (hardNegatives > 0) {
      float[] mask = HardNegatives.mask(adjusted.toFloatArray(), positives, hardNegatives);
      adjusted = adjusted.add(pass.floats(mask, n, m));
    }
    return adjusted
        .logSoftmax(1)
        .gather(pass.longs(widen(positives), n, 1), 1)
        .mul(pass.floats(weights, n, 1))
        .sum()
        .neg();
  }

  private static NDArray sum(List<NDArray> arrays) {
    NDArray sum = arrays.get(0);
    for (NDArray array : arrays.subList(1, arrays.size())) {
      sum = sum.add(array);
    }
    return sum;
  }

  /** The mean of what each member has, shape as that of one. */
  private NDArray mean(List<NDArray> arrays, Step pass) {
    return arrays.size() == 1 ? arrays.get(0) : sum(arrays).div(pass.number(arrays.size()));
  }

  private List<NDArray> vectors(List<Feature.Encoded> encoded, Step pass) {
    return encoded.stream().map(each -> each.vectors(pass)).toList();
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
          List<Feature.Encoded> encoded =
              members.stream().map(member -> member.queries(block, pass)).toList();
          List<Feature.Encoded> tastes =
              members.stream().flatMap(member -> member.tastes(block, pass).stream()).toList();
          pass.load();
          NDArray divisor = pass.number((float) (temperature() * members.size()));
          NDList parts = new NDList();
          encoded.forEach(each -> parts.add(each.vectors(pass).div(divisor)));
          if (spec.towers().itemBias()) {
            parts.add(pass.floats(ones(block.size()), block.size(), 1));
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
          NDList parts = new NDList();
          parts.addAll(new NDList(vectors(encoded, pass)));
          if (!biases.isEmpty()) {
            parts.add(mean(vectors(biases, pass), pass));
          }
          if (spec.popularity().isPresent()) {
            parts.add(popularityNumbers(block, pass));
          }
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
      try (Step pass = Step.inference(manager)) {
        List<QueryContext> asked = queries.subList(from, to);
        List<CandidateContext> items = candidates.subList(from, to);
        List<Member.Encoding> encodings =
            members.stream().map(member -> member.encode(asked, items, 0, 0, true, pass)).toList();
        pass.load();
        List<NDArray> foretold = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
          NDArray u = encodings.get(i).queries().vectors(pass);
          NDArray v = encodings.get(i).candidates().vectors(pass);
          foretold.add(members.get(i).head().forward(u, v, pass));
        }
        float[] block = mean(foretold, pass).toFloatArray();
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
