package io.towerflow.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowSetTest {

  @Test
  void rowsAreNumberedInTheOrderOfTheirFirstAddition() {
    RowSet rows = new RowSet();
    assertThat(rows.add(70)).isEqualTo(0);
    assertThat(rows.add(0)).isEqualTo(1);
    assertThat(rows.add(70)).isEqualTo(0);
    assertThat(rows.add(5)).isEqualTo(2);
    assertThat(rows.size()).isEqualTo(3);
    assertThat(rows.row(2)).isEqualTo(5);
    assertThat(rows.find(0)).isEqualTo(1);
    assertThat(rows.find(6)).isEqualTo(-1);
  }

  @Test
  void manyRowsAreKeptApart() {
    RowSet rows = new RowSet();
    List<Integer> expected = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      int row = i * 128 + 3; // indices of one shard: a hash of low bits alone would collide
      assertThat(rows.add(row)).isEqualTo(i);
      expected.add(row);
    }
    for (int i = 0; i < 10_000; i++) {
      assertThat(rows.find(expected.get(i))).isEqualTo(i);
    }
  }
}
