package io.towerflow.topk;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The candidates of one shard, searched exactly: every score is computed, as the sum over the
 * dimensions in their order in single precision. Not thread safe.
 *
 * <p>Vectors lie in pages of {@value #LANES} candidates, dimension by dimension: {@code
 * page[d][lane]}. So the inner loop of a search adds to {@code LANES} independent sums, which the
 * JIT compiler turns into vector instructions; along a single vector it may not, because that would
 * reorder a floating-point sum. Each dimension is an array of its own since the compiler must be
 * able to tell that no sum stored is a number read later: it can where both have the same index.
 */
public final class CandidateIndex {

  private static final int LANES = 512;

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
   * @throws IllegalArgumentException if {@code k} is negative, or the query is not as wide as the
   *     candidates or holds a number that is not finite
   */
  public List<Hit> search(float[] query, int[] seenAscending, int k) {
    TopK best = new TopK(k);
    if (size == 0 || k == 0) {
      return best.sorted();
    }
    checkVector(query, "The query");
    float[] scores = new float[LANES];
    float threshold = best.threshold();
    for (int p = 0; p < pages.size(); p++) {
      score(pages.get(p), query, scores);
      int first = p * LANES;
      int lanes = Math.min(LANES, size - first);
      for (int lane = 0; lane < lanes; lane++) {
        float score = scores[lane];
        if (score < threshold) { // false for NaN, which the offer then refuses
          continue;
        }
        int index = indices[first + lane];
        // Few get here, so asking about these alone is cheaper than marking all that were seen.
        if (Arrays.binarySearch(seenAscending, index) < 0) {
          best.offer(index, ids[first + lane], score);
          threshold = best.threshold();
        }
      }
    }
    return best.sorted();
  }

  /** {@code scores[lane] = sum over d of query[d] * page[d][lane]}. */
  private static void score(float[][] page, float[] query, float[] scores) {
    Arrays.fill(scores, 0);
    for (int d = 0; d < query.length; d++) {
      addScaled(query[d], page[d], scores);
    }
  }

  /** The loop to be vectorized, alone in a method so that it is compiled alone. */
  private static void addScaled(float weight, float[] numbers, float[] sums) {
    for (int lane = 0; lane < LANES; lane++) {
      sums[lane] += weight * numbers[lane];
    }
  }

  private int append(int index) {
    int slot = size++;
    if (slot == pages.size() * LANES) {
      pages.add(new float[width][LANES]);
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
