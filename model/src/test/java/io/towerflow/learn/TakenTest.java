package io.towerflow.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.table.RowSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TakenTest {

  private static RowSet items(int... items) {
    RowSet set = new RowSet();
    IntStream.of(items).forEach(set::add);
    return set;
  }

  private static int[] among(Taken taken, RowSet items) {
    RowSet found = new RowSet();
    taken.among(items, found::add);
    return IntStream.of(found.toArray()).sorted().toArray();
  }

  @Test
  void aProfilesItemsAndTheLatestAreNamedByTheirNumbers() {
    RowSet items = items(40, 7, 30, 8);
    assertThat(among(new Taken.OfProfile(new int[] {3, 7, 30}, 8), items)).containsExactly(1, 2, 3);
    assertThat(among(new Taken.OfProfile(new int[0], 5), items)).isEmpty();
  }

  @Test
  void whoHasTakenFarMoreThanThereAreItemsHasTheSameNamed() {
    RowSet items = items(40, 7, 3001, 8);
    int[] even = IntStream.range(0, 1000).map(i -> 2 * i).toArray();
    assertThat(among(new Taken.OfProfile(even, 7), items)).containsExactly(0, 1, 3);
    assertThat(among(new Taken.OfSet(items(even)), items)).containsExactly(0, 3);
    assertThat(among(new Taken.OfSet(items(8)), items)).containsExactly(3);
  }
}
