package io.towerflow.topk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CandidateIndexTest {

  private static final int[] NONE_SEEN = {};

  @Test
  void candidatesAreRankedByTheirDotProductWithTheQuery() {
    CandidateIndex index = new CandidateIndex();
    index.put(1, "a", new float[] {1, 0});
    index.put(2, "b", new float[] {0, 1});
    index.put(3, "c", new float[] {1, 1});

    // a: 2, b: -1, c: 2 - 1 = 1
    assertThat(index.search(new float[] {2, -1}, NONE_SEEN, 2))
        .containsExactly(new Hit(1, "a", 2), new Hit(3, "c", 1));
  }

  @Test
  void seenItemsAreLeftOutAndDoNotReturnWhenCandidatesRunOut() {
    CandidateIndex index = new CandidateIndex();
    index.put(1, "a", new float[] {3});
    index.put(2, "b", new float[] {2});
    index.put(3, "c", new float[] {1});

    assertThat(index.search(new float[] {1}, new int[] {1, 3, 99}, 10))
        .containsExactly(new Hit(2, "b", 2));
  }

  @Test
  void aCatalogueSmallerThanKIsReturnedWhole() {
    CandidateIndex index = new CandidateIndex();
    index.put(1, "a", new float[] {1});

    assertThat(index.search(new float[] {1}, NONE_SEEN, Integer.MAX_VALUE)).hasSize(1);
    assertThat(index.search(new float[] {1}, NONE_SEEN, 0)).isEmpty();
  }

  @Test
  void anEmptyIndexFindsNothing() {
    CandidateIndex index = new CandidateIndex();

    assertThat(index.size()).isZero();
    assertThat(index.search(new float[] {1, 2}, NONE_SEEN, 5)).isEmpty();
  }

  @Test
  void aReplacedCandidateIsFoundByItsLatestVectorAlone() {
    CandidateIndex index = new CandidateIndex();
    index.put(1, "a", new float[] {1});
    index.put(1, "a", new float[] {5});

    assertThat(index.size()).isEqualTo(1);
    assertThat(index.search(new float[] {1}, NONE_SEEN, 5)).containsExactly(new Hit(1, "a", 5));
  }

  @Test
  void aRemovedCandidateIsNotFoundAndItsIndexMayBeUsedAgain() {
    CandidateIndex index = new CandidateIndex();
    index.put(1, "a", new float[] {1});
    index.put(2, "b", new float[] {2});

    assertThat(index.remove(1)).isTrue();
    assertThat(index.remove(1)).isFalse();
    assertThat(index.search(new float[] {1}, NONE_SEEN, 5)).containsExactly(new Hit(2, "b", 2));

    index.put(1, "z", new float[] {3});
    assertThat(index.search(new float[] {1}, NONE_SEEN, 5))
        .containsExactly(new Hit(1, "z", 3), new Hit(2, "b", 2));
  }

  @Test
  void theCallersVectorIsNotKept() {
    CandidateIndex index = new CandidateIndex();
    float[] vector = {1};
    index.put(1, "a", vector);
    vector[0] = 9;

    assertThat(index.search(new float[] {1}, NONE_SEEN, 1)).containsExactly(new Hit(1, "a", 1));
  }

  @Test
  void vectorsOfAnotherWidthAreRefused() {
    CandidateIndex index = new CandidateIndex();
    index.put(1, "a", new float[] {1, 2});

    assertThatThrownBy(() -> index.put(2, "b", new float[] {1}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The vector of b has 1 numbers, but candidates have 2");
    assertThatThrownBy(() -> index.search(new float[3], NONE_SEEN, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The query has 3 numbers, but candidates have 2");
    assertThatThrownBy(() -> new CandidateIndex().put(1, "a", new float[0]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(index.size()).isEqualTo(1);
  }

  @Test
  void vectorsWithNumbersThatAreNotFiniteAreRefused() {
    CandidateIndex index = new CandidateIndex();
    index.put(1, "a", new float[] {1});

    assertThatThrownBy(() -> index.put(1, "a", new float[] {Float.NaN}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The vector of a holds NaN");
    assertThatThrownBy(() -> index.search(new float[] {Float.POSITIVE_INFINITY}, NONE_SEEN, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(index.search(new float[] {1}, NONE_SEEN, 1)).containsExactly(new Hit(1, "a", 1));
  }

  @Test
  void aScoreThatOverflowsToNanIsRefusedRatherThanRanked() {
    CandidateIndex index = new CandidateIndex();
    index.put(1, "a", new float[] {3e38f, 3e38f});

    assertThatThrownBy(() -> index.search(new float[] {10, -10}, NONE_SEEN, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a is NaN");
  }

  /**
   * Puts, replacements, removals and searches in a random order against a search that sorts
   * everything. Components are small whole numbers, so that many scores tie and every sum is exact.
   */
  @Test
  void searchAgreesWithSortingEverything() {
    Random random = new Random(42);
    CandidateIndex index = new CandidateIndex();
    TreeMap<Integer, Hit> ids = new TreeMap<>();
    TreeMap<Integer, float[]> vectors = new TreeMap<>();

    for (int step = 0; step < 10_000; step++) {
      int item = 1 + random.nextInt(2000);
      // Grow past several pages first, then shrink again, so that pages come and go.
      if (random.nextInt(10) < (step < 4000 ? 8 : 1)) {
        String id = "item-" + Integer.toHexString(item * 31 % 2003);
        float[] vector = smallNumbers(random, 7);
        index.put(item, id, vector);
        ids.put(item, new Hit(item, id, 0));
        vectors.put(item, vector);
      } else {
        assertThat(index.remove(item)).isEqualTo(ids.remove(item) != null);
        vectors.remove(item);
      }
      assertThat(index.size()).isEqualTo(ids.size());

      if (step % 20 == 0) {
        float[] query = smallNumbers(random, 7);
        int[] seen = random.ints(random.nextInt(800), 1, 2001).sorted().distinct().toArray();
        int k = random.nextInt(50);

        List<Hit> expected =
            ids.values().stream()
                .filter(hit -> Arrays.binarySearch(seen, hit.index()) < 0)
                .map(hit -> new Hit(hit.index(), hit.id(), dot(query, vectors.get(hit.index()))))
                .sorted()
                .limit(k)
                .toList();

        assertThat(index.search(query, seen, k)).as("step %d", step).isEqualTo(expected);
      }
    }
  }

  @Test
  void queriesTogetherGetWhatEachGetsAlone() {
    Random random = new Random(7);
    CandidateIndex index = new CandidateIndex();
    for (int item = 1; item <= 1300; item++) {
      index.put(item, "i" + item, randomNumbers(random, 13));
    }
    float[][] queries = new float[150][];
    int[][] seen = new int[150][];
    for (int q = 0; q < queries.length; q++) {
      queries[q] = randomNumbers(random, 13);
      seen[q] = random.ints(random.nextInt(300), 1, 1301).sorted().distinct().toArray();
    }

    List<List<Hit>> together = index.search(queries, seen, 20);

    assertThat(together).hasSize(150);
    for (int q = 0; q < queries.length; q++) {
      assertThat(together.get(q))
          .as("query %d", q)
          .hasSize(20)
          .isEqualTo(index.search(queries[q], seen[q], 20));
    }
  }

  @Test
  void noQueriesGetNoListsAndOneThatIsWrongIsRefused() {
    CandidateIndex index = new CandidateIndex();
    assertThat(index.search(new float[2][3], new int[2][0], 5))
        .containsExactly(List.of(), List.of());

    index.put(1, "a", new float[] {1});

    assertThat(index.search(new float[0][], new int[0][], 5)).isEmpty();
    assertThatThrownBy(() -> index.search(new float[][] {{1}, {1, 2}}, new int[2][0], 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The query has 2 numbers, but candidates have 1");
    assertThatThrownBy(() -> index.search(new float[] {1}, NONE_SEEN, -1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void ofManyThatTieTheSmallestIdsAreFound() {
    CandidateIndex index = new CandidateIndex();
    for (int item = 1000; item > 0; item--) {
      index.put(item, "%04d".formatted(item), new float[] {item % 3 == 0 ? 2 : 1});
    }

    // 333 of the score 2, then 1, 2, 4
    assertThat(index.search(new float[] {1}, NONE_SEEN, 336))
        .extracting(Hit::id)
        .startsWith("0003", "0006")
        .endsWith("0999", "0001", "0002", "0004");
    assertThat(index.search(new float[] {1}, NONE_SEEN, 2))
        .extracting(Hit::id)
        .containsExactly("0003", "0006");
  }

  @Test
  void shardsMergedAnswerLikeOneIndex() {
    Random random = new Random(3);
    CandidateIndex whole = new CandidateIndex();
    List<CandidateIndex> shards =
        List.of(new CandidateIndex(), new CandidateIndex(), new CandidateIndex());
    for (int item = 1; item <= 1000; item++) {
      float[] vector = smallNumbers(random, 4);
      whole.put(item, "i" + item, vector);
      shards.get(item % 3).put(item, "i" + item, vector);
    }
    int[] seen = random.ints(100, 1, 1001).sorted().distinct().toArray();
    float[] query = smallNumbers(random, 4);

    List<List<Hit>> partial = shards.stream().map(shard -> shard.search(query, seen, 25)).toList();

    assertThat(TopK.merge(partial, 25)).hasSize(25).isEqualTo(whole.search(query, seen, 25));
  }

  private static float[] randomNumbers(Random random, int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }

  private static float[] smallNumbers(Random random, int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = random.nextInt(5) - 2;
    }
    return numbers;
  }

  private static float dot(float[] a, float[] b) {
    float sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
