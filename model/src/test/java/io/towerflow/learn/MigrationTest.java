package io.towerflow.learn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.message.TrainingProgress;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;
import io.towerflow.spec.SpecException;
import io.towerflow.statistics.RunningStatistics;
import io.towerflow.table.RowSet;
import io.towerflow.tower.EncodedAttributes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MigrationTest {

  private static final String SUM =
      """
      event: {user: u, item: i, time: t%s}
      query: {features: [{kind: id, width: 4}, {kind: history, items: 3, decays: [0.5]}%s]}
      candidate: {features: [{kind: id, width: 4}%s]}
      batch: {size: 8}
      loss: {uniform_negatives: 3%s}
      replay: {ratio: 1, memory: %d}
      evaluation: {every_events: 10}
      rating: {weight: %s, layers: [3]}
      """;

  private static final String CONCAT =
      """
      event: {user: u, item: i, time: t}
      query: {features: [%s]}
      candidate: {features: [%s]}
      towers: {combine: concat, layers: [5], members: [1, 2]}
      batch: {size: 8}
      loss: {uniform_negatives: 3}
      replay: {ratio: 1, memory: 50}
      """;

  private static ModelSpec sum(String event, String query, String candidate) {
    return sum(event, query, candidate, "", 50, 0);
  }

  private static ModelSpec sum(
      String event, String query, String candidate, String loss, int memory, double rating) {
    return ModelSpecs.parse(SUM.formatted(event, query, candidate, loss, memory, rating));
  }

  private static ModelSpec concat(String query, String candidate) {
    return ModelSpecs.parse(CONCAT.formatted(query, candidate));
  }

  private static final String TITLE = ", {kind: text, field: title, width: 4}";
  private static final String GENRE = ", {kind: category, field: genre, width: 4}";
  private static final String PRICE = ", {kind: number, field: price, width: 4}";
  private static final String STOCK = ", {kind: number, field: stock, width: 4}";
  private static final String DEVICE = ", {kind: category, field: device, width: 4}";
  private static final String PAGE = ", {kind: category, field: page, width: 4}";
  private static final String AGE = ", {kind: number, field: age, width: 4}";
  private static final String CYCLE = ", {kind: cyclic_time, width: 4}";
  private static final String POPULAR = ", {kind: popularity, half_lives: [5, 50]}";

  private record Change(String name, ModelSpec before, ModelSpec after) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Change> changes() {
    ModelSpec bare = sum("", "", "");
    ModelSpec full = sum("", CYCLE + DEVICE + AGE, TITLE + GENRE + PRICE + POPULAR);
    ModelSpec gaps = sum("", "", "", ", frequency_estimate: gap", 50, 0);
    ModelSpec worth = sum(", value: v, weight: w, positive_when: v >= 2", "", "", "", 50, 1);
    return List.of(
        new Change("everything comes", bare, full),
        new Change("everything goes", full, bare),
        new Change(
            "fields change places, some go and some come",
            sum("", DEVICE + AGE, TITLE + PRICE + STOCK),
            sum("", PAGE + DEVICE, STOCK + GENRE + PRICE + TITLE)),
        new Change("a label is read", sum(", label: title", "", ""), sum("", "", TITLE)),
        new Change("a text is a label", sum("", "", TITLE), sum(", label: title", "", "")),
        new Change("gaps are no longer estimated", gaps, bare),
        new Change(
            "popularity comes beside gaps",
            gaps,
            sum("", "", POPULAR, ", frequency_estimate: gap", 50, 0)),
        new Change("events are worth something", bare, worth),
        new Change("events are worth all the same", worth, bare),
        new Change("less is remembered", full, sum("", DEVICE, "", "", 7, 0)),
        new Change("more is remembered", bare, sum("", "", "", "", 90, 0)),
        new Change(
            "contexts and ratings are remembered", bare, sum(", value: v", DEVICE, "", "", 60, 1)),
        new Change(
            "inputs of layers move",
            concat("{kind: id, width: 4}", "{kind: id, width: 3}, {kind: number, field: price}"),
            concat(
                "{kind: cyclic_time}, {kind: id, width: 4}",
                "{kind: text, field: title, width: 2}, {kind: id, width: 3}")));
  }

  private static void learn(Learner learner, List<Example> examples) {
    examples.forEach(example -> learner.learn(example, progress -> {}));
  }

  /** The learner goes on under the new spec, and so does one restored from its snapshot. */
  @ParameterizedTest
  @MethodSource("changes")
  void whatGoesOnUnderAnotherSpecCanBeRestoredAsAnyOther(Change change) throws Exception {
    Shop shop = new Shop(change.before);
    MemoryStore store = new MemoryStore();
    try (TwoTowerLearner old = new TwoTowerLearner(change.before);
        TwoTowerLearner quiet = new TwoTowerLearner(change.after);
        TwoTowerLearner atOnce = new TwoTowerLearner(change.after);
        TwoTowerLearner later = new TwoTowerLearner(change.after)) {
      learn(old, shop.next(101)); // 12 batches, and 5 examples that wait
      old.snapshot(store);
      quiet.restore(store.copy(), old.untrained(), old.pendingQueries());
      shop.changeTo(change.after);

      quiet.snapshot(store);
      atOnce.restore(store.copy(), quiet.untrained(), quiet.pendingQueries());
      assertThat(atOnce.digest()).isEqualTo(quiet.digest());

      List<Example> more = shop.next(50);
      learn(quiet, more);
      learn(atOnce, more);
      quiet.publish();
      quiet.snapshot(store);
      later.restore(store.copy(), quiet.untrained(), quiet.pendingQueries());
      assertThat(quiet.step()).isEqualTo(18); // 151 events in batches of 8
      assertThat(atOnce.digest()).isEqualTo(quiet.digest());
      assertThat(later.digest()).isEqualTo(quiet.digest());

      List<Example> last = shop.next(30);
      learn(quiet, last);
      learn(later, last);
      assertThat(later.digest()).isEqualTo(quiet.digest());
    }
  }

  @Test
  void oldRowsStayAndWhatIsNewStartsFresh() throws Exception {
    ModelSpec before = sum("", DEVICE, TITLE);
    ModelSpec after = sum("", PAGE + DEVICE + CYCLE, GENRE + TITLE + POPULAR);
    Shop shop = new Shop(before);
    MemoryStore old = new MemoryStore();
    MemoryStore now = new MemoryStore();
    List<TrainingProgress> progress = new ArrayList<>();
    try (TwoTowerLearner first = new TwoTowerLearner(before);
        TwoTowerLearner second = new TwoTowerLearner(after)) {
      learn(first, shop.next(100));
      first.snapshot(old);
      second.restore(old, first.untrained(), first.pendingQueries());
      now.tables.putAll(old.copy().tables);
      second.snapshot(now);
      shop.changeTo(after);
      shop.next(20).forEach(example -> second.learn(example, progress::add));
    }

    assertThat(old.rows("rows.token.title")).isNotEmpty();
    for (String table : old.tables.keySet()) {
      if (table.startsWith("rows.")
          || table.startsWith("tokens.")
          || table.contains("categories")) {
        assertThat(now.shown(table)).as(table).isEqualTo(old.shown(table));
      }
    }
    assertThat(now.rows("rows.context_category.page")).isEmpty();
    assertThat(now.rows("rows.popularity_base")).isEmpty();
    assertThat(progress)
        .as("events go on being counted")
        .extracting(TrainingProgress::events)
        .containsExactly(100L, 110L, 120L);
  }

  @Test
  void aHiddenLayerOfAnotherSizeStartsFresh() throws Exception {
    ModelSpec before = sum("", "", "");
    ModelSpec after =
        ModelSpecs.parse(SUM.formatted("", "", "", "", 50, 0).replace("[0.5]", "[0.5], hidden: 8"));
    Shop shop = new Shop(before);
    MemoryStore store = new MemoryStore();
    MemoryStore now = new MemoryStore();
    try (TwoTowerLearner first = new TwoTowerLearner(before);
        TwoTowerLearner second = new TwoTowerLearner(after)) {
      learn(first, shop.next(40));
      first.snapshot(store);
      second.restore(store.copy(), first.untrained(), first.pendingQueries());
      now.tables.putAll(store.copy().tables);
      second.snapshot(now);
      learn(second, shop.next(40));
      second.snapshot(now);
    }

    assertThat(store.rows("rows.history_hidden32.weights")).hasSize(4);
    assertThat(now.rows("rows.history_hidden32.weights")).isEmpty();
    assertThat(now.rows("rows.history_hidden8.weights")).hasSize(4);
    assertThat(now.rows("rows.history_hidden8.out")).hasSize(8);
  }

  @Test
  void theFirstLayersWeightsFollowTheirFeatures() throws Exception {
    ModelSpec before =
        concat("{kind: id, width: 4}, {kind: normalized_time}", "{kind: id, width: 3}");
    ModelSpec after =
        concat(
            "{kind: normalized_time}, {kind: cyclic_time, cycles: [day]}, {kind: id, width: 4}",
            "{kind: id, width: 3}");
    MemoryStore old = new MemoryStore();
    MemoryStore now = new MemoryStore();
    try (TwoTowerLearner first = new TwoTowerLearner(before);
        TwoTowerLearner second = new TwoTowerLearner(after)) {
      learn(first, new Shop(before).next(40));
      first.snapshot(old);
      second.restore(old, first.untrained(), first.pendingQueries());
      now.tables.putAll(old.copy().tables);
      second.snapshot(now);
    }

    for (String member : List.of("", "member1.")) {
      String query = "rows." + member + "query.dense0.weights";
      Map<Integer, String> was = old.shown(query);
      Map<Integer, String> expected = new TreeMap<>();
      expected.put(0, was.get(4)); // the time was behind the id
      for (int i = 0; i < 4; i++) {
        expected.put(3 + i, was.get(i)); // 1 and 2 are the cycle's
      }
      assertThat(was).hasSize(5);
      assertThat(now.shown(query)).isEqualTo(expected);
      String candidate = "rows." + member + "candidate.dense0.weights";
      assertThat(now.shown(candidate)).isNotEmpty().isEqualTo(old.shown(candidate));
    }
  }

  @Test
  void aFeatureThatWentAndComesBackStartsFresh() throws Exception {
    ModelSpec with = sum("", DEVICE, TITLE + PRICE);
    ModelSpec without = sum("", "", "");
    Shop shop = new Shop(with);
    MemoryStore store = new MemoryStore();
    try (TwoTowerLearner first = new TwoTowerLearner(with);
        TwoTowerLearner second = new TwoTowerLearner(without);
        TwoTowerLearner third = new TwoTowerLearner(with)) {
      learn(first, shop.next(80));
      first.snapshot(store);
      assertThat(store.rows("rows.token.title")).isNotEmpty();
      second.restore(store.copy(), first.untrained(), first.pendingQueries());
      second.snapshot(store);
      third.restore(store.copy(), second.untrained(), second.pendingQueries());
      third.snapshot(store);
    }

    assertThat(store.rows("rows.token.title")).isEmpty();
    assertThat(store.rows("tokens.title")).isEmpty();
    assertThat(store.rows("item_numbers").get(0))
        .as("mean and variance of no number at all")
        .isEqualTo(new RunningStatistics().toBytes());
  }

  /** Of 12 items all come again within 60 events, and the model is told of each just once. */
  @Test
  void anItemHasNoValueOfANewFieldUntilItComesAgain() throws Exception {
    ModelSpec before = sum(", label: title", "", "");
    ModelSpec after = sum(", label: title", "", TITLE);
    Shop shop = new Shop(before);
    MemoryStore store = new MemoryStore();
    try (TwoTowerLearner first = new TwoTowerLearner(before);
        TwoTowerLearner second = new TwoTowerLearner(after)) {
      learn(first, shop.next(80));
      first.snapshot(store);
      second.restore(store, first.untrained(), first.pendingQueries());
      assertThat(second.publish()).as("the catalogue can be published meanwhile").isPresent();
      shop.changeTo(after);
      List<Example> more = shop.next(60);
      learn(second, more);

      assertThat(more.stream().filter(example -> example.texts() != null)).hasSize(12);
      MemoryStore now = new MemoryStore();
      second.snapshot(now);
      // "title of i0": the words title, of, and the item, so 14 distinct ones.
      assertThat(now.rows("tokens.title")).hasSize(14);
    }
  }

  @Test
  void whatCannotBeGoneOnFromIsRefusedAndTheSnapshotStaysAsItIs() throws Exception {
    ModelSpec before = sum("", "", "");
    MemoryStore store = new MemoryStore();
    try (TwoTowerLearner first = new TwoTowerLearner(before);
        TwoTowerLearner second =
            new TwoTowerLearner(
                ModelSpecs.parse("seed: 43\n" + SUM.formatted("", "", "", "", 50, 0.0)))) {
      learn(first, new Shop(before).next(40));
      first.snapshot(store);
      int written = store.written;

      assertThatThrownBy(() -> second.restore(store, first.untrained(), first.pendingQueries()))
          .isInstanceOf(SpecException.class)
          .hasMessage(
              "Going on from the snapshot with this model spec cannot work:\n"
                  + "  seed: it was 42 and is 43, but rows that were never updated are a function"
                  + " of it. Keep 42, or start without the snapshot.");
      assertThat(store.written).isEqualTo(written);
    }
  }

  @Test
  void eventsRememberedBeforeHaveWhatTheyWereNotAskedForOnlyAsNothing() throws Exception {
    ReplayMemory bare = new ReplayMemory(3, false, false, false);
    for (int event = 1; event <= 4; event++) {
      bare.add(7, 100 + event, event * 1000L, event, EncodedAttributes.NONE, 1, true, Float.NaN);
    }
    ReplayMemory full = new ReplayMemory(2, true, true, true);
    EncodedAttributes nothing = new EncodedAttributes(new int[][] {{}}, new double[] {Double.NaN});

    bare.copyTo(full, context -> nothing);

    // Of events 1 to 4 the last three were held, and the last two are now: numbers 2 and 3.
    assertThat(full.size()).isEqualTo(2);
    assertThat(full.newest()).isEqualTo(3);
    assertThat(full.item(3)).isEqualTo(104);
    assertThat(full.weight(3)).isEqualTo(1);
    assertThat(full.positive(3)).isTrue();
    assertThat(full.value(3)).isNaN();
    RowSet asked = new RowSet();
    List.of(101, 102, 103, 104).forEach(asked::add);
    RowSet taken = new RowSet();
    full.takenAmong(7, asked, number -> taken.add(asked.row(number)));
    assertThat(taken.toArray()).containsExactlyInAnyOrder(103, 104);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aModelLearntByOneArithmeticGoesOnUnderTheOther(boolean fromJava) throws Exception {
    Arithmetic before = fromJava ? Arithmetic.JAVA : Arithmetic.ENGINE;
    Arithmetic after = fromJava ? Arithmetic.ENGINE : Arithmetic.JAVA;
    ModelSpec spec = sum("", "", "");
    MemoryStore store = new MemoryStore();
    try (TwoTowerLearner first = new TwoTowerLearner(spec, before);
        TwoTowerLearner same = new TwoTowerLearner(spec, before);
        TwoTowerLearner other = new TwoTowerLearner(spec, after)) {
      Shop shop = new Shop(spec);
      learn(first, shop.next(40));
      first.snapshot(store);
      same.restore(store.copy(), first.untrained(), first.pendingQueries());
      other.restore(store, first.untrained(), first.pendingQueries());

      assertThat(same.otherArithmetic()).isEmpty();
      assertThat(other.otherArithmetic()).contains(first.arithmetic());
      assertThat(other.digest()).isEqualTo(first.digest());

      List<Example> rest = shop.next(40);
      learn(same, rest);
      learn(other, rest);
      MemoryStore expected = new MemoryStore();
      MemoryStore moved = new MemoryStore();
      same.snapshot(expected);
      other.snapshot(moved);
      assertThat(moved.tables.keySet()).contains("rows.item");
      moved.tables.forEach(
          (table, rows) -> {
            if (table.startsWith("rows.")) {
              rows.forEach(
                  (row, bytes) ->
                      assertClose(
                          floats(bytes), floats(expected.rows(table).get(row)), table + " " + row));
            }
          });
      assertThat(new String(moved.rows("header").get(2), UTF_8)).isEqualTo(other.arithmetic());
    }
  }

  /** Weights, and sums of squares behind them that may be large. */
  private static void assertClose(float[] actual, float[] expected, String what) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      float tolerance = 1e-3f * Math.max(1, Math.abs(expected[i]));
      assertThat(actual[i]).as(what).isCloseTo(expected[i], within(tolerance));
    }
  }

  private static float[] floats(byte[] bytes) {
    float[] floats = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
    return floats;
  }

  @Test
  void aSnapshotOfALaterLayoutIsRefused() throws Exception {
    ModelSpec spec = sum("", "", "");
    MemoryStore store = new MemoryStore();
    try (TwoTowerLearner first = new TwoTowerLearner(spec);
        TwoTowerLearner second = new TwoTowerLearner(spec)) {
      learn(first, new Shop(spec).next(40));
      first.snapshot(store);
      store.put("header", 0, ByteBuffer.allocate(4).putInt(SnapshotHeader.FORMAT + 1).array());

      assertThatThrownBy(() -> second.restore(store, first.untrained(), first.pendingQueries()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("The snapshot's layout is of version 3")
          .hasMessageContaining("versions up to 2");
    }
  }

  @Test
  void whatAnEarlierVersionDidNotWriteBeginsAtNothing() throws Exception {
    ModelSpec spec = sum("", "", "");
    MemoryStore store = new MemoryStore();
    try (TwoTowerLearner first = new TwoTowerLearner(spec);
        TwoTowerLearner second = new TwoTowerLearner(spec)) {
      learn(first, new Shop(spec).next(43));
      first.snapshot(store);
      store.tables.remove("header");
      List.of(4, 5, 6, 7).forEach(store.rows("singles")::remove);

      second.restore(store, first.untrained(), first.pendingQueries());

      assertThat(second.digest()).isEqualTo(first.digest());
      second.snapshot(store);
      assertThat(store.rows("header")).as("it has a version from then on").hasSize(3);
    }
  }

  @Test
  void aSnapshotWithoutWhatEveryVersionWritesIsRefusedInWords() throws Exception {
    ModelSpec spec = sum("", "", "");
    MemoryStore store = new MemoryStore();
    try (TwoTowerLearner first = new TwoTowerLearner(spec);
        TwoTowerLearner second = new TwoTowerLearner(spec)) {
      learn(first, new Shop(spec).next(40));
      first.snapshot(store);
      store.rows("singles").remove(1);

      assertThatThrownBy(() -> second.restore(store, first.untrained(), first.pendingQueries()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("has no row 1 of single numbers");
    }
  }

  @Test
  void countsThatComeBeginAtNoneBetweenThoseThatStay() throws Exception {
    ModelSpec before = sum("", "", "", ", frequency_estimate: gap", 50, 0);
    ModelSpec after = sum("", "", POPULAR, ", frequency_estimate: gap", 50, 0);
    MemoryStore old = new MemoryStore();
    MemoryStore now = new MemoryStore();
    try (TwoTowerLearner first = new TwoTowerLearner(before);
        TwoTowerLearner second = new TwoTowerLearner(after)) {
      learn(first, new Shop(before).next(40));
      first.snapshot(old);
      second.restore(old, first.untrained(), first.pendingQueries());
      now.tables.putAll(old.copy().tables);
      second.snapshot(now);
    }

    // count, last event, decayed count, (two more counts,) last event and mean gap
    byte[] was = old.rows("popularity").get(0);
    byte[] is = now.rows("popularity").get(0);
    assertThat(was).hasSize(40);
    assertThat(is).hasSize(56);
    assertThat(Arrays.copyOfRange(is, 0, 24)).isEqualTo(Arrays.copyOfRange(was, 0, 24));
    ByteBuffer counts = ByteBuffer.wrap(is).order(ByteOrder.BIG_ENDIAN);
    assertThat(counts.getDouble(24)).isZero();
    assertThat(counts.getDouble(32)).isZero();
    assertThat(Arrays.copyOfRange(is, 40, 56)).isEqualTo(Arrays.copyOfRange(was, 24, 40));
  }
}
