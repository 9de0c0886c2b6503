package io.towerflow.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class IndexMapTest {

  @Test
  void itHoldsWhatWasPutAndNotRemovedWhateverHappensInBetween() {
    IndexMap map = new IndexMap();
    TreeMap<Integer, Integer> oracle = new TreeMap<>();
    for (int i = 0; i < 200_000; i++) {
      // Few enough for indices to come again and collide; strides of 128 as in one shard.
      int index = CounterRandom.below(3000, 7, i, 0) * (i % 2 == 0 ? 1 : 128);
      if (CounterRandom.below(100, 7, i, 1) < (i % 40_000 < 20_000 ? 70 : 20)) {
        map.put(index, i);
        oracle.put(index, i);
      } else {
        Integer expected = oracle.remove(index);
        assertThat(map.remove(index)).isEqualTo(expected == null ? IndexMap.NONE : expected);
      }
    }
    assertThat(map.size()).isEqualTo(oracle.size()).isPositive();
    assertThat(map.indices()).containsExactly(oracle.keySet().stream().mapToInt(i -> i).toArray());
    oracle.forEach((index, number) -> assertThat(map.get(index)).isEqualTo(number));
    for (int index = 0; index < 3000; index++) {
      assertThat(map.get(index)).isEqualTo(oracle.getOrDefault(index, IndexMap.NONE));
    }
  }

  @Test
  void theSmallestAndTheLargestIndexAndNumberAreTold() {
    IndexMap map = new IndexMap();
    map.put(0, 0);
    map.put(Integer.MAX_VALUE, Integer.MAX_VALUE - 1);
    assertThat(map.get(0)).isZero();
    assertThat(map.get(Integer.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE - 1);
    assertThat(map.get(1)).isEqualTo(IndexMap.NONE);
    assertThat(map.remove(0)).isZero();
    assertThat(map.indices()).containsExactly(Integer.MAX_VALUE);
  }
}
