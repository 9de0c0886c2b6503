package io.towerflow.topk;

import io.towerflow.kernel.Products;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The candidates of one shard, searched exactly: every score is computed, as {@link Products} sums
 * over the dimensions. Not thread safe.
 *
 * <p>Vectors lie in pages of {@value #LANES} candidates, dimension by dimension: {@code
 * page[d][lane]}, the second operand of a product whose first are the queries. Queries go through
 * the pages together, so that a page is read once for many of them. How many there are changes no
 * score.
 */
public final class CandidateIndex {

  private static final int LANES = 512;

  /**
   * What a page keeps of a dimension. With an array's header of 16 bytes it is a multiple of a
   * cache line long: dimensions that were made together begin at the same place of a line, and
   * vector instructions that are aligned to one of them are so to all.
   */
  private static final int ROW = LANES + 12;

  /** Queries that go through a page together: their scores stay in the cache beside it. */
  private static final int BLOCK = 64;

  private final List<float[][]> pages = new ArrayList<>();
  private final Map<Integer, Integer> slots = new HashMap<>();

  /** By slot: slot {@code s} is lane {@code s % LANES} of page {@code s / LANES}. */
  private int[] indices = new int[LANES];

  private String[] ids = new String[LANES];

  private int size;

  /** Numbers per vector, 0 until the first candidate tells. */
  private int width;

  /** How many candidates there are. */
  public int size() {
    return size;
  }

  /** Whether a vector is as wide as those of the candidates; any is before the first. */
  public boolean fits(float[] vector) {
    return width == 0 || vector.length == width;
  }

  /**
   * Adds a candidate, or replaces the one of the same index. The first candidate decides how wide
   * all vectors are.
   *
   * @param index the item's index
   * @param id the item's id
   * @param vector its vector, copied
   * @throws IllegalArgumentException if the vector is not as wide as the others or holds a number
   *     that is not finite
   */
  public void put(int index, String id, float[] vector) {
    if (width == 0) {
      if (vector.length == 0) {
        throw new IllegalArgumentException("The vector of " + id + " is empty");
      }
      width = vector.length;
    }
    checkVector(vector, "The vector of " + id);
    Integer known = slots.get(index);
    int slot = known == null ? append(index) : known;
    ids[slot] = id;
    float[][] page = pages.get(slot / LANES);
    for (int d = 0; d < width; d++) {
      page[d][slot % LANES] = vector[d];
    }
  }

  /**
   * Removes a candidate.
   *
   * @return whether there was one of this index
   */
  public boolean remove(int index) {
    Integer slot = slots.remove(index);
    if (slot == null) {
      return false;
    }
    int last = --size;
    if (slot != last) {
      moveLastTo(slot, last);
    }
    ids[last] = null;
    if (last % LANES == 0) {
      pages.remove(last / LANES);
    }
    return true;
  }

  /**
   * The best candidates for a query.
   *
   * @param query the query's vector
   * @param seenAscending indices of the items to leave out, ascending
   * @param k how many at most
   * @return at most {@code k} hits in the order of {@link Hit}; fewer only where there are no more
   * @throws IllegalArgumentException if {@code k} is negative, the query is not as wide as the
   *     candidates or holds a number that is not finite, or a score is NaN
   */
  public List<Hit> search(float[] query, int[] seenAscending, int k) {
    return search(new float[][] {query}, new int[][] {seenAscending}, k).get(0);
  }

  /**
   * The best candidates for each of several queries: what {@link #search(float[], int[], int)}
   * gives for each alone, in less time.
   *
   * @param queries the queries' vectors
   * @param seenAscending for each query the indices of the items to leave out, ascending
   * @param k how many at most
   * @return a list for each query
   * @throws IllegalArgumentException as for a query alone
   */
  public List<List<Hit>> search(float[][] queries, int[][] seenAscending, int k) {
    if (k < 0) {
      throw new IllegalArgumentException("The best " + k + " cannot be kept");
    }
    if (size == 0 || k == 0) {
      return Collections.nCopies(queries.length, List.of());
    }
    for (float[] query : queries) {
      checkVector(query, "The query");
    }
    List<List<Hit>> lists = new ArrayList<>(queries.length);
    float[][] scores = new float[Math.min(BLOCK, queries.length)][ROW];
    for (int first = 0; first < queries.length; first += BLOCK) {
      int end = Math.min(queries.length, first + BLOCK);
      searchBlock(
          Arrays.copyOfRange(queries, first, end),
          Arrays.copyOfRange(seenAscending, first, end),
          k,
          scores,
          lists);
    }
    return lists;
  }

  private void searchBlock(
      float[][] queries, int[][] seen, int k, float[][] scores, List<List<Hit>> lists) {
    Selection[] selections = new Selection[queries.length];
    Arrays.setAll(selections, q -> new Selection(k, indices, ids, size));
    for (int p = 0; p < pages.size(); p++) {
      int firstSlot = p * LANES;
      int lanes = Math.min(LANES, size - firstSlot);
      for (int q = 0; q < queries.length; q++) {
        Arrays.fill(scores[q], 0, lanes, 0);
      }
      Products.add(queries, pages.get(p), scores, 0, queries.length, width, lanes);
      for (int q = 0; q < queries.length; q++) {
        select(scores[q], firstSlot, lanes, seen[q], selections[q]);
      }
    }
    for (Selection selection : selections) {
      lists.add(selection.sorted());
    }
  }

  private void select(float[] scores, int firstSlot, int lanes, int[] seen, Selection selection) {
    for (int lane = next(scores, 0, lanes, selection.threshold());
        lane < lanes;
        lane = next(scores, lane + 1, lanes, selection.threshold())) {
      int slot = firstSlot + lane;
      // Few get here, so asking about these alone is cheaper than marking all that were seen.
      if (Arrays.binarySearch(seen, indices[slot]) < 0) {
        selection.offer(slot, scores[lane]);
      }
    }
  }

  /** The next lane whose score may be among the best; a NaN may, and is then refused. */
  private static int next(float[] scores, int from, int to, float threshold) {
    int lane = from;
    while (lane + 3 < to
        && scores[lane] < threshold
        && scores[lane + 1] < threshold
        && scores[lane + 2] < threshold
        && scores[lane + 3] < threshold) {
      lane += 4;
    }
    while (lane < to && scores[lane] < threshold) {
      lane++;
    }
    return lane;
  }

  private int append(int index) {
    int slot = size++;
    if (slot == pages.size() * LANES) {
      pages.add(new float[width][ROW]);
    }
    if (slot == indices.length) {
      int capacity = 2 * slot;
      indices = Arrays.copyOf(indices, capacity);
      ids = Arrays.copyOf(ids, capacity);
    }
    indices[slot] = index;
    slots.put(index, slot);
    return slot;
  }

  private void moveLastTo(int slot, int last) {
    indices[slot] = indices[last];
    ids[slot] = ids[last];
    slots.put(indices[slot], slot);
    float[][] from = pages.get(last / LANES);
    float[][] to = pages.get(slot / LANES);
    for (int d = 0; d < width; d++) {
      to[d][slot % LANES] = from[d][last % LANES];
    }
  }

  private void checkVector(float[] vector, String what) {
    if (vector.length != width) {
      throw new IllegalArgumentException(
          what + " has " + vector.length + " numbers, but candidates have " + width);
    }
    for (float number : vector) {
      if (!Float.isFinite(number)) {
        throw new IllegalArgumentException(what + " holds " + number);
      }
    }
  }
}
