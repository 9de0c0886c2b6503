package io.towerflow.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.towerflow.optimizer.Adagrad;
import io.towerflow.optimizer.Sgd;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RowTableTest {

  private static final Adagrad ADAGRAD = new Adagrad(0.5f, 0.1f, 1, 0);

  private static RowTable table(long seed) {
    return new RowTable("t", 2, Initializer.uniform(0.05), ADAGRAD, seed);
  }

  private static float[] read(RowTable table, int row) {
    float[] weights = new float[table.width()];
    table.read(row, weights, 0);
    return weights;
  }

  private static Map<Integer, byte[]> drain(RowTable table) throws Exception {
    Map<Integer, byte[]> rows = new LinkedHashMap<>();
    table.drainDirty(rows::put);
    return rows;
  }

  private static byte[] digest(RowTable table) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    table.digest(digest);
    return digest.digest();
  }

  @Test
  void anUntouchedRowDependsOnSeedAndIndexAloneNotOnTheOrderOfReading() {
    RowTable forwards = table(7);
    RowTable backwards = table(7);
    float[] first = read(forwards, 3);
    float[] second = read(forwards, 100_000);
    assertThat(read(backwards, 100_000)).isEqualTo(second);
    assertThat(read(backwards, 3)).isEqualTo(first);
    assertThat(read(table(8), 3)).isNotEqualTo(first);
    assertThat(first).isNotEqualTo(second);
  }

  @Test
  void onlyUpdatedRowsAreDrainedAndOnlyOnce() throws Exception {
    RowTable table = table(7);
    read(table, 1);
    update(table, 5, new float[] {1, 2});
    update(table, 300, new float[] {1, 2});
    assertThat(drain(table)).containsOnlyKeys(5, 300);
    assertThat(drain(table)).isEmpty();
    update(table, 5, new float[] {1, 2});
    assertThat(drain(table)).containsOnlyKeys(5);
  }

  @Test
  void rowsAreDrainedInTheOrderInWhichTheyLieHoweverMany() throws Exception {
    RowTable table = table(7);
    int rows = 100_000;
    Map<Integer, byte[]> expected = new LinkedHashMap<>();
    for (int row = rows; row > 0; row--) {
      table.read(row, new float[table.width()], 0); // the first to be read lies first
    }
    for (int row = 1; row <= rows; row += row % 1000 < 500 ? 1 : 7) {
      float[] values = new float[table.width()];
      Arrays.fill(values, row);
      table.put(row, values, new float[][] {values});
    }
    for (int row = rows; row > 0; row--) {
      if (read(table, row)[0] == row) {
        ByteBuffer bytes =
            ByteBuffer.allocate(table.stride() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
          bytes.putFloat(row);
        }
        expected.put(row, bytes.array());
      }
    }

    assertThat(table.unwritten()).isEqualTo(expected.size()).isGreaterThan(50_000);
    List<Integer> order = new ArrayList<>();
    table.drainDirty(
        (row, value) -> {
          order.add(row);
          assertThat(value).isEqualTo(expected.get(row));
        });
    assertThat(order).containsExactlyElementsOf(expected.keySet());
    assertThat(table.unwritten()).isZero();
    assertThat(drain(table)).isEmpty();
  }

  @Test
  void aRestoredTableGoesOnAsIfNothingHadHappened() throws Exception {
    RowTable table = table(7);
    update(table, 5, new float[] {1, -2});
    RowTable restored = table(7);
    for (Map.Entry<Integer, byte[]> row : drain(table).entrySet()) {
      restored.restore(row.getKey(), row.getValue());
    }
    assertThat(digest(restored)).isEqualTo(digest(table));
    update(table, 5, new float[] {3, 4});
    update(restored, 5, new float[] {3, 4});
    assertThat(read(restored, 5)).isEqualTo(read(table, 5));
    assertThat(digest(restored)).isEqualTo(digest(table));
    assertThat(drain(restored)).containsOnlyKeys(5);
  }

  @Test
  void theDigestSeesWeightsSlotsAndIndicesButNotRowsThatWereOnlyRead() throws Exception {
    RowTable read = table(7);
    read(read, 9);
    assertThat(digest(read)).isEqualTo(digest(table(7)));

    RowTable up = table(7);
    update(up, 5, new float[] {1, 1});
    RowTable elsewhere = table(7);
    update(elsewhere, 6, new float[] {1, 1});
    assertThat(digest(up)).isNotEqualTo(digest(elsewhere));

    // A zero gradient leaves weights and accumulator, yet the row now counts as learnt.
    RowTable zero = table(7);
    update(zero, 5, new float[] {0, 0});
    assertThat(digest(zero)).isNotEqualTo(digest(table(7)));
  }

  @Test
  void aRowOfAnotherShapeIsRefusedWithTheCure() {
    RowTable narrow = new RowTable("t", 2, Initializer.constant(0), new Sgd(1), 7);
    assertThatThrownBy(() -> narrow.restore(3, new byte[16]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Row 3 of table t has 16 bytes")
        .hasMessageContaining("rows have 8")
        .hasMessageContaining("Restore with the old spec");
  }

  @Test
  void aRemovedRowIsAsIfItHadNeverBeenUpdated() throws Exception {
    RowTable table = table(7);
    float[] initial = read(table, 5);
    byte[] untouched = digest(table);
    update(table, 5, new float[] {1, -2});
    table.remove(5);
    assertThat(table.size()).isZero();
    assertThat(digest(table)).isEqualTo(untouched);
    assertThat(drain(table)).isEmpty();
    assertThat(read(table, 5)).isEqualTo(initial);

    // Its slots are as at first, too: it goes the way of one that is updated for the first time.
    RowTable fresh = table(7);
    update(table, 5, new float[] {1, 1});
    update(fresh, 5, new float[] {1, 1});
    assertThat(drain(table).get(5)).isEqualTo(drain(fresh).get(5));
  }

  @Test
  void whatTakesThePlaceOfARemovedRowKnowsNothingOfIt() throws Exception {
    RowTable table = table(7);
    for (int row = 0; row < 100; row++) {
      update(table, row, new float[] {row, 1});
    }
    for (int row = 0; row < 100; row += 2) {
      table.remove(row);
    }
    RowTable clean = table(7);
    for (int row = 1; row < 100; row += 2) {
      update(clean, row, new float[] {row, 1});
    }
    for (int row = 200; row < 300; row++) {
      update(table, row, new float[] {1, row});
      update(clean, row, new float[] {1, row});
    }
    assertThat(table.size()).isEqualTo(150);
    assertThat(digest(table)).isEqualTo(digest(clean));
    assertThat(drain(table)).containsExactlyInAnyOrderEntriesOf(drain(clean));
  }

  @Test
  void removedRowsAreDrainedOnceIfASnapshotMayHoldThem() throws Exception {
    RowTable table = table(7);
    read(table, 1);
    update(table, 5, new float[] {1, 2});
    update(table, 6, new float[] {1, 2});
    update(table, 7, new float[] {1, 2});
    drain(table);
    table.remove(1); // was only read
    table.remove(5);
    table.remove(6);
    update(table, 6, new float[] {3, 4}); // is there again
    table.remove(1000); // never was
    assertThat(removed(table)).containsExactly(5);
    assertThat(drain(table)).containsOnlyKeys(6);
    assertThat(removed(table)).isEmpty();
  }

  private static List<Integer> removed(RowTable table) throws Exception {
    List<Integer> removed = new ArrayList<>();
    table.drainRemoved(removed::add);
    return removed;
  }

  @Test
  void unwrittenAreTheRowsThatTheDrainsWouldHandOver() throws Exception {
    RowTable table = table(7);
    read(table, 1);
    assertThat(table.unwritten()).as("one was read").isZero();
    for (int row = 0; row < 100; row++) {
      update(table, row, new float[] {1, 2});
      update(table, row, new float[] {1, 2});
    }
    assertThat(table.unwritten()).as("100 were updated, each twice").isEqualTo(100);
    for (int row = 0; row < 10; row++) {
      table.remove(row);
    }
    assertThat(table.unwritten()).as("90 to be written, 10 to be removed").isEqualTo(100);
    assertThat(drain(table)).hasSize(90);
    assertThat(table.unwritten()).as("10 to be removed").isEqualTo(10);
    removed(table);
    assertThat(table.unwritten()).isZero();

    update(table, 99, new float[] {1, 2});
    table.remove(99);
    update(table, 99, new float[] {1, 2});
    assertThat(drain(table)).as("removed and back before the drain").containsOnlyKeys(99);
    assertThat(removed(table)).isEmpty();
    assertThat(table.unwritten()).isZero();
  }

  @Test
  void aRestoredRowIsWritten() throws Exception {
    RowTable table = table(7);
    update(table, 5, new float[] {1, -2});
    RowTable restored = table(7);
    restored.restore(5, drain(table).get(5));
    assertThat(restored.unwritten()).isZero();
    assertThat(drain(restored)).isEmpty();
  }

  /** A row of 32 weights and 32 slots is 256 bytes; the place takes 4, and the map 13 to 32. */
  @Test
  void aRowTakesLittleMoreThanItsWeightsAndSlots() {
    RowTable table = new RowTable("t", 32, Initializer.constant(0), ADAGRAD, 7);
    for (int row = 1; row <= 100_000; row++) {
      read(table, row);
    }
    // 1563 pages of 64 * (256 + 4) + 16 bytes; 262144 cells of 8; room for 2^a * 1.5^b pages.
    assertThat(table.bytes() - 1_563L * 16_656 - 262_144L * 8).isBetween(8 * 1_563L, 8 * 2_400L);
    assertThat(table.bytes() / 100_000.0).isLessThan(1.25 * 256);
  }

  @Test
  void aRowIsAddedWithItsFactor() {
    RowTable table = new RowTable("t", 2, (s, row, column) -> row + column, new Sgd(1), 0);
    float[] out = {100, 100, 100};
    table.addTo(4, 0.5f, out, 1);
    assertThat(out).containsExactly(100, 102, 102.5f);
  }

  private static void update(RowTable table, int row, float[] gradient) {
    float[] weights = new float[table.width()];
    float[][] slots = new float[1][table.width()];
    table.copy(row, weights, slots);
    ADAGRAD.update(weights, slots, gradient, table.width(), 1);
    table.put(row, weights, slots);
  }
}
