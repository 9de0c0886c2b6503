package io.towerflow.kernel;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The kernels at the shapes of a step of {@code online}: queries, candidates and history rows of
 * {@link #width} numbers. Products take 2 * {@value #QUERIES} * {@value #CANDIDATES} * width
 * operations, what is done to scores goes over {@value #QUERIES} * {@value #CANDIDATES} of them.
 *
 * <pre>
 * mvn -q -pl model test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath
 * java -cp model/target/test-classes:model/target/classes:$(cat model/target/classpath) \
 *   org.openjdk.jmh.Main KernelBenchmark -p width=160 -jvmArgsAppend -XX:UseAVX=2
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class KernelBenchmark {

  static final int QUERIES = 128;

  static final int CANDIDATES = 550;

  private static final int HISTORY = 50;

  private static final int DECAYS = 5;

  private static final int ROWS = 1300;

  /** Numbers a row. */
  @Param({"32", "64", "160", "256"})
  public int width;

  private float[][] queries;

  private float[][] candidates;

  private float[][] byDimension;

  private float[][] scores;

  private final float[] replaced = new float[CANDIDATES];

  private float[][] rows;

  private float[][] weights;

  private float[][] means;

  private int[] places;

  private int[] chosen;

  /** Fills the matrices, always with the same numbers. */
  @Setup
  public void fill() {
    Random random = new Random(1);
    queries = random(QUERIES, width, random);
    candidates = random(CANDIDATES, width, random);
    byDimension = random(width, CANDIDATES, random);
    scores = random(QUERIES, CANDIDATES, random);
    rows = random(ROWS, width, random);
    weights = random(DECAYS, HISTORY, random);
    means = random(DECAYS, width, random);
    places = random.ints(QUERIES * HISTORY, 0, ROWS).toArray();
    chosen = IntStream.range(0, HISTORY).toArray();
  }

  @Benchmark
  public void scores() {
    Products.add(queries, byDimension, scores, 0, QUERIES, width, CANDIDATES);
  }

  @Benchmark
  public void gradientOfQueries() {
    Products.add(scores, candidates, queries, 0, QUERIES, CANDIDATES, width);
  }

  @Benchmark
  public void gradientOfCandidates() {
    Products.addTransposed(scores, queries, candidates, QUERIES, 0, CANDIDATES, width);
  }

  @Benchmark
  public void historyMeans() {
    for (int i = 0; i < QUERIES; i++) {
      int offset = i * HISTORY;
      Products.addGathered(weights, rows, places, offset, 0, HISTORY, means, DECAYS, width);
    }
  }

  @Benchmark
  public void gradientOfHistory() {
    for (int i = 0; i < QUERIES; i++) {
      int offset = i * HISTORY;
      Products.addScattered(weights, means, DECAYS, rows, places, offset, chosen, HISTORY, width);
    }
  }

  @Benchmark
  public void transpose() {
    Products.transpose(candidates, byDimension, CANDIDATES, 0, width);
  }

  @Benchmark
  public float dots() {
    float sum = 0;
    for (float[] query : queries) {
      for (float[] candidate : candidates) {
        sum += Products.dot(query, candidate, width);
      }
    }
    return sum;
  }

  @Benchmark
  public void exponentials() {
    for (float[] row : scores) {
      System.arraycopy(row, 0, replaced, 0, CANDIDATES);
      Elementary.exp(replaced, CANDIDATES);
    }
  }

  @Benchmark
  public void logarithms() {
    for (float[] row : scores) {
      System.arraycopy(row, 0, replaced, 0, CANDIDATES);
      Elementary.log(replaced, CANDIDATES);
    }
  }

  @Benchmark
  public void tangents() {
    for (float[] row : scores) {
      System.arraycopy(row, 0, replaced, 0, CANDIDATES);
      Elementary.tanh(replaced, CANDIDATES);
    }
  }

  @Benchmark
  public float greatest() {
    float sum = 0;
    for (float[] row : scores) {
      sum += Elementary.max(row, CANDIDATES);
    }
    return sum;
  }

  @Benchmark
  public float sums() {
    float sum = 0;
    for (float[] row : scores) {
      sum += Elementary.sum(row, CANDIDATES);
    }
    return sum;
  }

  private static float[][] random(int rows, int width, Random random) {
    float[][] matrix = new float[rows][width];
    for (float[] row : matrix) {
      for (int j = 0; j < width; j++) {
        row[j] = random.nextFloat();
      }
    }
    return matrix;
  }
}
