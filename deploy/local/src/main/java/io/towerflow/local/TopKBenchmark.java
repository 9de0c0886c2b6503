package io.towerflow.local;

import io.towerflow.topk.CandidateIndex;
import io.towerflow.topk.Hit;
import io.towerflow.topk.TopK;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Searches random candidates with random queries, as the job does: candidates are spread over
 * shards, each with its thread; every query goes to each of them, and their lists are merged.
 */
final class TopKBenchmark implements AutoCloseable {

  private static final double NANOS = 1e9;

  /** Bytes a candidate takes beside its vector: its id and index, and where it lies. */
  private static final long BESIDE_VECTOR = 250;

  private final int candidates;
  private final int width;
  private final int topK;
  private final List<CandidateIndex> shards = new ArrayList<>();
  private final ExecutorService threads;
  private final Random random;

  /** Makes the candidates, numbers between -1/2 and 1/2. */
  TopKBenchmark(int candidates, int width, int threads, int topK, long seed) {
    this.candidates = candidates;
    this.width = width;
    this.topK = topK;
    this.threads = Executors.newFixedThreadPool(threads);
    random = new Random(seed);
    for (int shard = 0; shard < threads; shard++) {
      shards.add(new CandidateIndex());
    }
    float[] vector = new float[width];
    for (int item = 0; item < candidates; item++) {
      fill(vector);
      shards.get(item % threads).put(item, "item-" + item, vector);
    }
  }

  /** The heap that candidates take, in bytes, roughly. */
  static long heap(long candidates, int width) {
    return candidates * (BESIDE_VECTOR + (long) Float.BYTES * width);
  }

  /**
   * Measures after a round that doesn't count.
   *
   * @param batch queries that are searched together
   * @param seconds what a round takes at least; it is one search at least
   */
  TopKCell measure(int batch, int rounds, double seconds) throws Exception {
    float[][] queries = new float[batch][width];
    for (float[] query : queries) {
      fill(query);
    }
    int[][] noneSeen = new int[batch][0];
    List<Double> queriesPerSecond = new ArrayList<>();
    round(queries, noneSeen, seconds);
    for (int round = 0; round < rounds; round++) {
      queriesPerSecond.add(round(queries, noneSeen, seconds));
    }
    return new TopKCell(candidates, width, batch, shards.size(), queriesPerSecond);
  }

  private double round(float[][] queries, int[][] seen, double seconds) throws Exception {
    long found = 0;
    long searches = 0;
    long start = System.nanoTime();
    double elapsed;
    do {
      for (List<Hit> list : search(queries, seen)) {
        found += list.size();
      }
      searches++;
      elapsed = (System.nanoTime() - start) / NANOS;
    } while (elapsed < seconds);
    long asked = searches * queries.length;
    long expected = asked * Math.min(topK, candidates);
    if (found != expected) {
      throw new IllegalStateException("Found %d hits, not %d".formatted(found, expected));
    }
    return asked / elapsed;
  }

  /** The lists of the queries: the same however many shards there are. */
  List<List<Hit>> search(float[][] queries, int[][] seen) throws Exception {
    if (shards.size() == 1) {
      return shards.get(0).search(queries, seen, topK);
    }
    List<Callable<List<List<Hit>>>> searches = new ArrayList<>();
    for (CandidateIndex shard : shards) {
      searches.add(() -> shard.search(queries, seen, topK));
    }
    List<List<List<Hit>>> partial = new ArrayList<>();
    for (Future<List<List<Hit>>> search : threads.invokeAll(searches)) {
      partial.add(search.get());
    }
    List<List<Hit>> lists = new ArrayList<>();
    for (int q = 0; q < queries.length; q++) {
      int query = q;
      lists.add(TopK.merge(partial.stream().map(shard -> shard.get(query)).toList(), topK));
    }
    return lists;
  }

  private void fill(float[] vector) {
    for (int d = 0; d < width; d++) {
      vector[d] = random.nextFloat() - .5f;
    }
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
