package io.towerflow.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IndexSpaceTest {

  /**
   * If one of these changes, so does every index that any model was trained with. They were
   * computed by a second implementation.
   */
  @ParameterizedTest
  @CsvSource({
    "'', 11",
    "1, 15",
    "2, 95",
    "196, 25",
    "242, 110",
    "user-1, 108",
    "Star Wars (1977), 104",
    "a rather long id with spaces, 55",
    "七人の侍, 84",
    "😀, 38"
  })
  void theShardOfAnIdNeverChanges(String id, int shard) {
    assertThat(IndexSpace.shardOf(id)).isEqualTo(shard);
  }

  @Test
  void theNumberOfShardsNeverChanges() {
    assertThat(IndexSpace.SHARDS).isEqualTo(128);
  }

  @Test
  void consecutiveNumbersSpreadEvenlyOverTheShards() {
    int[] ids = new int[IndexSpace.SHARDS];
    for (int i = 1; i <= 12_800; i++) {
      ids[IndexSpace.shardOf(String.valueOf(i))]++;
    }

    // 100 a shard on average; five standard deviations of a fair draw are 50
    assertThat(Arrays.stream(ids).boxed())
        .allSatisfy(count -> assertThat(count).isBetween(50, 150));
  }

  @Test
  void theFirstIndicesOfAShardAreOneStrideApart() {
    assertThat(IndexSpace.index(0, 1)).isEqualTo(128);
    assertThat(IndexSpace.index(5, 1)).isEqualTo(133);
    assertThat(IndexSpace.index(5, 2)).isEqualTo(261);
  }

  @Test
  void noTwoIdsShareAnIndexAndNoneIsOutOfVocabulary() {
    Set<Integer> given = new HashSet<>();
    for (int shard = 0; shard < IndexSpace.SHARDS; shard++) {
      for (int local = 1; local <= 100; local++) {
        int index = IndexSpace.index(shard, local);
        assertThat(given.add(index)).as("index %d is given once", index).isTrue();
        assertThat(IndexSpace.shardOfIndex(index)).isEqualTo(shard);
      }
    }

    assertThat(given).doesNotContain(IndexSpace.OUT_OF_VOCABULARY);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void shardsCountFromOne(int local) {
    assertThatThrownBy(() -> IndexSpace.index(3, local))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not from " + local);
  }

  @Test
  void aFullShardIsRefusedRatherThanWrappedAround() {
    // 16 777 215 * 128 + 127 = 2^31 - 1
    assertThat(IndexSpace.index(127, 16_777_215)).isEqualTo(Integer.MAX_VALUE);
    assertThatThrownBy(() -> IndexSpace.index(0, 16_777_216))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Shard 0 has given away all of its 16,777,215 indices")
        .hasMessageContaining("admit_after");
  }
}
