package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.profile.IndexSpace;
import java.util.stream.IntStream;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.api.Test;

class ShardKeysTest {

  private static int keyGroup(int key) {
    return KeyGroupRangeAssignment.assignToKeyGroup(key, 128);
  }

  @Test
  void theKeyOfAShardFallsIntoTheKeyGroupOfItsNumber() {
    assertThat(IntStream.range(0, 128).map(shard -> keyGroup(ShardKeys.key(shard))))
        .containsExactlyElementsOf(IntStream.range(0, 128).boxed().toList());
  }

  @Test
  void itIsTheSmallestNumberThatDoes() {
    for (int shard = 0; shard < 128; shard++) {
      int key = ShardKeys.key(shard);
      int expected = shard;
      assertThat(IntStream.range(0, key).map(ShardKeysTest::keyGroup))
          .as("key groups of the numbers below %d", key)
          .doesNotContain(expected);
    }
  }

  @Test
  void anIdComesUnderTheKeyOfItsShard() {
    assertThat(keyGroup(ShardKeys.keyOf("Heat (1995)")))
        .isEqualTo(IndexSpace.shardOf("Heat (1995)"));
  }

  @Test
  void fourShardsLieAQuarterOfTheKeyGroupsApart() {
    assertThat(IntStream.range(0, 4).map(shard -> keyGroup(ShardKeys.spread(shard, 4))))
        .containsExactly(0, 32, 64, 96);
  }

  @Test
  void atAParallelismOfTheNumberOfShardsEverySubtaskGetsOne() {
    for (int shards = 1; shards <= 128; shards++) {
      int parallelism = shards;
      assertThat(
              IntStream.range(0, shards)
                  .map(
                      shard ->
                          KeyGroupRangeAssignment.assignKeyToParallelOperator(
                              ShardKeys.spread(shard, parallelism), 128, parallelism)))
          .containsExactlyElementsOf(IntStream.range(0, shards).boxed().toList());
    }
  }
}
