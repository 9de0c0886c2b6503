package io.towerflow.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowLogTest {

  /** Of a row number and a value of 256 bytes. */
  private static final int ENTRY_BYTES = 8 + 256;

  private final MemoryBlocks store = new MemoryBlocks();

  @Test
  void whatWasCommittedIsReadInAnotherLogEachRowOnceAsItWasLast() throws Exception {
    RowLog log = new RowLog(store);
    log.put("a", 1, bytes(10));
    log.put("a", 2, bytes(20));
    log.put("b", 1, bytes(30));
    log.commit();
    log.put("a", 2, bytes(21));
    log.put("a", 3, bytes(40));
    log.put("a", 3, bytes(41));
    log.commit();

    assertThat(read(store, "a")).isEqualTo(Map.of(1, "10", 2, "21", 3, "41"));
    assertThat(read(store, "b")).isEqualTo(Map.of(1, "30"));
    assertThat(read(store, "c")).isEmpty();
  }

  @Test
  void aRowThatWasRemovedIsGoneUntilItIsPutAgain() throws Exception {
    RowLog log = new RowLog(store);
    log.put("a", 1, bytes(10));
    log.put("a", 2, bytes(20));
    log.put("a", 3, bytes(30));
    log.commit();
    log.remove("a", 1);
    log.remove("a", 2);
    log.put("a", 2, bytes(21));
    log.put("a", 3, bytes(31));
    log.remove("a", 3);
    log.remove("a", 4);
    log.put("a", 5, bytes(50));
    log.remove("a", 5);
    log.commit();
    assertThat(read(store, "a")).isEqualTo(Map.of(2, "21"));

    log.put("a", 1, bytes(11));
    log.commit();
    assertThat(read(store, "a")).isEqualTo(Map.of(1, "11", 2, "21"));
  }

  @Test
  void sidesAreChangedBetweenCommits() throws Exception {
    RowLog log = new RowLog(store);
    log.turn();
    log.put("a", 1, bytes(10));
    assertThatThrownBy(log::turn).isInstanceOf(IllegalStateException.class);
    log.commit();
    log.turn();
    assertThat(store.blocks.keySet()).containsExactly(1);
  }

  @Test
  void aCommitOfNothingWritesNothing() throws Exception {
    RowLog log = new RowLog(store);
    log.commit();
    assertThat(log.isEmpty()).isTrue();
    log.put("a", 1, bytes(10));
    log.commit();
    store.bytesPut = 0;
    log.commit();
    assertThat(store.bytesPut).isZero();
    assertThat(store.descriptions).hasSize(1);
    assertThat(new RowLog(store).isEmpty()).isFalse();
  }

  @Test
  void anEmptyValueIsARow() throws Exception {
    RowLog log = new RowLog(store);
    log.put("a", 1, new byte[0]);
    log.commit();
    log.put("a", 2, bytes(20));
    log.commit();
    assertThat(read(store, "a")).isEqualTo(Map.of(1, "", 2, "20"));
  }

  @Test
  void rowsLieInBlocksOfOneTableAndALargeRowHasABlockOfItsOwn() throws Exception {
    RowLog log = new RowLog(store);
    // 248 entries of 264 bytes are 65 472; one more would not fit into 65 536.
    for (int row = 0; row < 250; row++) {
      log.put("a", row, new byte[256]);
    }
    log.put("b", 1, new byte[10]);
    log.put("b", 2, new byte[100_000]);
    log.put("b", 3, new byte[20]);
    log.commit();

    assertThat(store.blocks.get(0).values())
        .extracting(block -> block.length)
        .containsExactly(248 * 264, 8 + 10, 8 + 100_000, 2 * 264, 8 + 20);
    RowLog again = new RowLog(store);
    int[] rows = new int[1];
    again.forEach("a", (row, value) -> rows[0]++);
    assertThat(rows[0]).isEqualTo(250);
    again.forEach("b", (row, value) -> rows[0] += value.length);
    assertThat(rows[0]).isEqualTo(250 + 10 + 100_000 + 20);
  }

  /**
   * In steady state a share p of the oldest segment is alive, p = exp(-2.5 (1 - p)) = .107, where
   * rows change uniformly at random, and a commit appends 1 / (1 - p) = 1.12 times what has
   * changed. In the first round, when rows lie as they were filled in, exp(-1.5) = .22 are: 1.29.
   */
  @ParameterizedTest
  @ValueSource(ints = {20_000, 80_000})
  void aCommitAppendsLittleMoreThanWhatHasChangedAtAnySize(int rows) throws Exception {
    int changed = 4_000;
    RowLog log = filled(rows);
    Random random = new Random(1);
    int commits = 0;
    long largest = 0;
    // The room is full once one and a half times as many rows have changed as there are.
    for (int i = 0; i < 6 * rows / changed; i++) {
      if (i == 2 * rows / changed) {
        store.bytesPut = 0;
        store.bytesRead = 0;
        commits = 0;
        largest = 0;
      }
      for (int row : random.ints(0, rows).distinct().limit(changed).toArray()) {
        log.put("rows", row, new byte[256]);
      }
      long before = store.bytesPut;
      log.commit();
      log.turn();
      largest = Math.max(largest, store.bytesPut - before);
      commits++;
    }

    double mean = (double) store.bytesPut / commits / (changed * ENTRY_BYTES);
    assertThat(mean).as("appended, in what has changed").isBetween(1.05, 1.3);
    assertThat((double) largest / (changed * ENTRY_BYTES)).as("the most").isLessThan(1.7);
    assertThat((double) store.bytesRead / commits / (changed * ENTRY_BYTES))
        .as("read to clean, in what has changed")
        .isLessThan(1.4);
    assertThat(log.logBytes())
        .isBetween(
            (long) (2.4 * rows * ENTRY_BYTES), (long) (2.5 * rows * ENTRY_BYTES) + (2 << 20));
    assertThat(read(store, "rows")).hasSize(rows);
  }

  @Test
  void neverIsMoreReadToCleanThanThreeTimesWhatHasChanged() throws Exception {
    RowLog log = filled(100_000);
    for (int row = 0; row < 95_000; row++) {
      log.remove("rows", row);
    }
    log.commit();
    // Nine tenths of a log of 26 MB are garbage at once, in segments of 1.06 MB.
    for (int i = 0; i < 40; i++) {
      store.bytesRead = 0;
      for (int row = 95_000; row < 97_000; row++) {
        log.put("rows", row, new byte[256]);
      }
      log.commit();
      log.turn();
      assertThat(store.bytesRead).isLessThanOrEqualTo((3 * 2_000 + 4_000) * ENTRY_BYTES);
    }
    assertThat(log.logBytes()).isLessThan((long) (2.5 * 5_000 * ENTRY_BYTES) + (2 << 20));
    assertThat(read(store, "rows")).hasSize(5_000);
    assertThat(store.blocks() * (64L << 10))
        .as("what was cleaned is let go of")
        .isLessThan((long) (1.4 * log.logBytes()));
  }

  @Test
  void hotRowsAreHardlyCopied() throws Exception {
    RowLog log = filled(50_000);
    store.bytesPut = 0;
    for (int i = 0; i < 100; i++) {
      for (int row = 0; row < 1_000; row++) {
        log.put("rows", row, new byte[256]);
      }
      log.commit();
    }
    assertThat((double) store.bytesPut / (100 * 1_000 * ENTRY_BYTES)).isLessThan(2.2);
  }

  @Test
  void tablesThatNobodyReadsAnyMoreAreCleanedAway() throws Exception {
    RowLog log = filled(20_000);
    log.put("rest", 1, bytes(10));
    log.commit();

    RowLog without = new RowLog(store);
    without.forEach("rest", (row, value) -> {});
    for (int i = 0; i < 100; i++) {
      for (int row = 0; row < 500; row++) {
        without.put("rest", 2 + row, new byte[256]);
      }
      without.commit();
    }
    assertThat(without.logBytes())
        .as("5.3 MB of rows are gone, but for the slack of 1 MB")
        .isLessThan((long) (2.5 * 501 * ENTRY_BYTES) + (2 << 20));
    assertThat(read(store, "rest")).hasSize(501);
  }

  /** Whatever happens, and wherever it goes on, the log is a map. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void itIsAMapThroughAnyChangesAndRestarts(long seed) throws Exception {
    Random random = new Random(seed);
    List<String> tables = List.of("a", "b", "c");
    Map<String, Map<Integer, String>> expected = new TreeMap<>();
    tables.forEach(table -> expected.put(table, new TreeMap<>()));
    MemoryBlocks blocks = store;
    RowLog log = new RowLog(blocks);
    for (int commit = 0; commit < 1_000; commit++) {
      int changes = random.nextInt(40);
      for (int i = 0; i < changes; i++) {
        String table = tables.get(random.nextInt(3));
        int row = (int) Math.abs(random.nextGaussian() * 40);
        if (random.nextInt(4) == 0) {
          log.remove(table, row);
          expected.get(table).remove(row);
        } else {
          byte[] value = new byte[4 * (1 + random.nextInt(1_000))];
          ByteBuffer.wrap(value).putInt(commit);
          log.put(table, row, value);
          expected.get(table).put(row, String.valueOf(commit));
        }
      }
      log.commit();
      if (random.nextInt(3) == 0) {
        log.turn();
      }
      if (random.nextInt(10) == 0) {
        blocks = blocks.copy();
        log = new RowLog(blocks);
        for (String table : tables) {
          Map<Integer, String> found = new TreeMap<>();
          log.forEach(table, (row, value) -> found.put(row, shown(value)));
          assertThat(found).isEqualTo(expected.get(table));
        }
      }
    }
    for (String table : tables) {
      assertThat(read(blocks, table)).isEqualTo(expected.get(table));
      Map<Integer, String> again = new TreeMap<>();
      log.forEach(table, (row, value) -> again.put(row, shown(value)));
      assertThat(again).as("the log that wrote it").isEqualTo(expected.get(table));
    }
    assertThat(blocks.bytesRead).as("so it was cleaned at times").isPositive();
  }

  /** What a file holds is a range of keys: what was let go of lies apart from what is appended. */
  @Test
  void nothingIsLetGoOfOnTheSideThatIsAppendedTo() throws Exception {
    RowLog log = filled(20_000);
    log.turn();
    int removals = 0;
    for (int i = 0; i < 40; i++) {
      Set<Integer> before = Set.copyOf(store.blocks.keySet());
      store.appended.clear();
      store.removed.clear();
      for (int row = 0; row < 8_000; row++) {
        log.put("rows", (i * 8_000 + row) % 20_000, new byte[256]);
      }
      log.commit();
      log.turn();

      int side = (i + 1) % 2;
      assertThat(store.appended).isNotEmpty().allMatch(number -> number % 2 == side);
      assertThat(store.removed).allMatch(number -> number % 2 != side);
      assertThat(store.blocks.keySet())
          .as("a turn is let go of as a whole")
          .noneMatch(number -> number % 2 != side && store.removed.contains(number - 2));
      assertThat(Collections.min(store.appended)).isGreaterThan(Collections.max(before));
      removals += store.removed.size();
    }
    assertThat(removals).isGreaterThan(40 * 8_000 * ENTRY_BYTES / RowLog.BLOCK_BYTES / 2);
  }

  @Test
  void aBlockThatIsMissingIsNoEmptyTable() throws Exception {
    filled(1_000);
    store.blocks.get(0).remove(1);
    assertThatThrownBy(() -> read(store, "rows"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("segment 0")
        .hasMessageContaining("no block 1");
  }

  /** Layout 1: a snapshot of it must be read as long as there is one. */
  @Test
  void theseAreTheBytesOfLayout1() throws Exception {
    RowLog log = new RowLog(store);
    log.put("a", 1, bytes(10));
    log.put("a", 2, bytes(11));
    log.put("b", 3, new byte[0]);
    log.commit();
    log.turn();
    log.remove("a", 2);
    log.commit();

    HexFormat hex = HexFormat.of();
    // Row, length, value.
    assertThat(hex.formatHex(store.block(0, 0)))
        .isEqualTo("00000001" + "00000004" + "0000000a" + "00000002" + "00000004" + "0000000b");
    assertThat(hex.formatHex(store.block(0, 1))).isEqualTo("00000003" + "00000000");
    // A removed row has length -1. The second turn is the odd side; number 1 would be of the first.
    assertThat(hex.formatHex(store.block(3, 0))).isEqualTo("00000002" + "ffffffff");
    // Layout, whether cleaned, number of parts; of each part its table, blocks, entries and bytes.
    assertThat(hex.formatHex(store.descriptions.get(0)))
        .isEqualTo(
            "01"
                + "00"
                + "00000002"
                + "0001"
                + "61"
                + "00000001"
                + "00000002"
                + "0000000000000018"
                + "0001"
                + "62"
                + "00000001"
                + "00000001"
                + "0000000000000008");
    assertThat(hex.formatHex(store.descriptions.get(3)))
        .isEqualTo(
            "01"
                + "00"
                + "00000001"
                + "0001"
                + "61"
                + "00000001"
                + "00000001"
                + "0000000000000008");
    assertThat(read(store, "a")).isEqualTo(Map.of(1, "10"));
    assertThat(read(store, "b")).isEqualTo(Map.of(3, ""));
  }

  @Test
  void anotherLayoutIsRefused() throws Exception {
    filled(10);
    store.descriptions.get(0)[0] = 9;
    assertThatThrownBy(() -> new RowLog(store))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("layout 9");
  }

  /** A log with rows of 256 bytes in table "rows", committed 4000 at a time. */
  private RowLog filled(int rows) throws Exception {
    RowLog log = new RowLog(store);
    for (int row = 0; row < rows; row++) {
      log.put("rows", row, new byte[256]);
      if (row % 4_000 == 3_999) {
        log.commit();
      }
    }
    log.commit();
    return log;
  }

  private static Map<Integer, String> read(MemoryBlocks blocks, String table) throws Exception {
    Map<Integer, String> rows = new TreeMap<>();
    new RowLog(blocks)
        .forEach(
            table,
            (row, value) -> assertThat(rows.put(row, shown(value))).as("row %d", row).isNull());
    return rows;
  }

  private static byte[] bytes(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }

  private static String shown(byte[] value) {
    return value.length == 0 ? "" : String.valueOf(ByteBuffer.wrap(value).getInt());
  }
}
