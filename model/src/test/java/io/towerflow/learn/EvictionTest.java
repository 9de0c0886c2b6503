package io.towerflow.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.towerflow.message.Attributes;
import io.towerflow.message.RawRecord;
import io.towerflow.message.TrainingProgress;
import io.towerflow.profile.IndexSpace;
import io.towerflow.profile.UserProfile;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Users and items that leave a learner. */
class EvictionTest {

  private static final int HISTORY = 5;

  /** Every kind of state that belongs to a user or an item. */
  private static final String YAML =
      """
      event: {user: u, item: i, time: t}
      query:
        features:
          - {kind: id, width: 8}
          - {kind: history, items: 5, decays: [0.2, 0.8]}
      candidate:
        features:
          - {kind: id, width: 8}
          - {kind: text, field: title, width: 8}
          - {kind: popularity, half_lives: [50], age: true}
      loss: {uniform_negatives: 8, frequency_estimate: decayed}
      batch: {size: 8}
      replay: {ratio: 1.0, memory: 64}
      publication: {top_k: 3, every_events: 1000000}
      evaluation: {every_events: 50, full_until: 1000}
      """;

  private static final ModelSpec SPEC = ModelSpecs.parse(YAML);

  private static final class Store implements StateStore.Writer, StateStore.Reader {
    private final Map<String, Map<Integer, byte[]>> tables = new HashMap<>();

    @Override
    public void put(String table, int row, byte[] value) {
      table(table).put(row, value);
    }

    @Override
    public void remove(String table, int row) {
      table(table).remove(row);
    }

    @Override
    public void forEach(String table, StateStore.RowVisitor visitor) throws Exception {
      for (Map.Entry<Integer, byte[]> row : table(table).entrySet()) {
        visitor.row(row.getKey(), row.getValue());
      }
    }

    private Map<Integer, byte[]> table(String name) {
      return tables.computeIfAbsent(name, table -> new TreeMap<>());
    }

    /** Rows of everything that grows with users or items. */
    int rows() {
      int rows = 0;
      for (String table :
          List.of("rows.user", "rows.item", "rows.item_bias", "catalogue", "popularity", "gone")) {
        rows += table(table).size();
      }
      return rows;
    }
  }

  /** A moment of the stream: an example, or who leaves. */
  private record Moment(Example example, Evictions evictions) {
    void feed(Learner learner) {
      if (example == null) {
        learner.evict(evictions, EvictionTest::ignore);
      } else {
        learner.learn(example, EvictionTest::ignore);
      }
    }
  }

  private static void ignore(TrainingProgress progress) {
    assertThat(progress.events()).isPositive();
  }

  /**
   * Endless users, of six events each, and endless items, a new one with every ten events. Those
   * who can't come again leave with every twentieth event. Every fifth event is of a user who never
   * leaves, so has items that left in the history.
   */
  private static List<Moment> endless(int events) {
    ExampleStream stream = new ExampleStream(HISTORY);
    List<Moment> moments = new ArrayList<>();
    Set<Integer> users = new HashSet<>();
    Set<Integer> items = new HashSet<>();
    for (int e = 0; e < events; e++) {
      int user = e % 5 == 0 ? -1 : e / 6;
      int item = e / 10 + e * 7 % 5;
      users.add(user);
      items.add(item);
      moments.add(
          new Moment(stream.next("u" + user, "i" + item, "item no " + item % 7, e * 1000L), null));
      if (e % 20 == 19) {
        int now = e;
        int[] goneItems =
            items.stream()
                .filter(each -> each < now / 10 - 1)
                .sorted()
                .mapToInt(each -> stream.forgetItem("i" + each))
                .toArray();
        int[] goneUsers =
            users.stream()
                .filter(each -> each >= 0 && each < now / 6 - 2)
                .sorted()
                .mapToInt(each -> stream.forgetUser("u" + each))
                .toArray();
        items.removeIf(each -> each < now / 10 - 1);
        users.removeIf(each -> each >= 0 && each < now / 6 - 2);
        moments.add(new Moment(null, new Evictions(goneItems, goneUsers)));
      }
    }
    return moments;
  }

  private static Set<Integer> goneItems(List<Moment> moments) {
    Set<Integer> gone = new HashSet<>();
    for (Moment moment : moments) {
      if (moment.example == null) {
        Arrays.stream(moment.evictions.items()).forEach(gone::add);
      }
    }
    return gone;
  }

  @Test
  void whatIsKeptOfEndlessUsersAndItemsIsBounded() throws Exception {
    Store store = new Store();
    List<Integer> sizes = new ArrayList<>();
    List<Moment> moments = endless(1200);
    try (TwoTowerLearner learner = new TwoTowerLearner(SPEC)) {
      int at = 0;
      for (Moment moment : moments) {
        moment.feed(learner);
        if (++at % 420 == 0) { // right after an eviction
          learner.publish();
          learner.snapshot(store);
          sizes.add(store.rows());
        }
      }
      // Event 399 leaves items 38 to 43 and users -1 and 64 to 66: 6 rows of embeddings and one
      // that
      // pads histories, 6 biases, 6 entries of the catalogue, 6 counts and 4 rows of users.
      assertThat(sizes).containsExactly(29, 29, 29);
      Set<Integer> gone = goneItems(moments);
      assertThat(gone).hasSizeGreaterThan(100);
      assertThat(store.table("rows.item").keySet())
          .as("items that left, though a user who stays had taken them")
          .doesNotContainAnyElementsOf(gone);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"decayed", "gap"})
  void aRunThatIsRestoredAnywhereEndsAsTheQuietOne(String estimate) throws Exception {
    ModelSpec spec = ModelSpecs.parse(YAML.replace("estimate: decayed", "estimate: " + estimate));
    List<Moment> moments = endless(300);
    try (TwoTowerLearner quiet = new TwoTowerLearner(spec)) {
      moments.forEach(moment -> moment.feed(quiet));
      String expected = quiet.digest();
      List<String> last = described(quiet);
      for (int cut : new int[] {21, 105, 146, 147, 148, 201, 272}) {
        Store store = new Store();
        List<Example> untrained;
        List<PendingQuery> pending;
        try (TwoTowerLearner before = new TwoTowerLearner(spec)) {
          moments.subList(0, cut / 2).forEach(moment -> moment.feed(before));
          before.snapshot(store);
          moments.subList(cut / 2, cut).forEach(moment -> moment.feed(before));
          before.snapshot(store);
          untrained = before.untrained();
          pending = before.pendingQueries();
        }
        try (TwoTowerLearner after = new TwoTowerLearner(spec)) {
          after.restore(store, untrained, pending);
          moments.subList(cut, moments.size()).forEach(moment -> moment.feed(after));
          assertThat(after.digest()).as("cut at %d", cut).isEqualTo(expected);
          assertThat(described(after)).as("cut at %d", cut).isEqualTo(last);
        }
      }
    }
  }

  /** The next publication, as text. */
  private static List<String> described(Learner learner) {
    Publication publication = learner.publish().orElseThrow();
    List<String> lines = new ArrayList<>();
    publication
        .candidates()
        .forEach(c -> lines.add(c.index() + " " + c.id() + " " + Arrays.toString(c.vector())));
    publication.queries().forEach(q -> lines.add(q.user() + " " + Arrays.toString(q.vector())));
    return lines;
  }

  @Test
  void anItemThatLeavesIsToldOnceAndIsInNoPublicationAfterIt() {
    Map<String, Integer> told = new TreeMap<>();
    Set<Integer> left = new HashSet<>();
    List<Moment> moments = endless(400);
    try (TwoTowerLearner learner = new TwoTowerLearner(SPEC)) {
      for (int at = 0; at < moments.size(); at++) {
        moments.get(at).feed(learner);
        if (at % 3 != 0 && at < moments.size() - 1) {
          continue;
        }
        for (Publication.Candidate candidate : candidates(learner)) {
          if (candidate.isGone()) {
            told.merge(candidate.id(), 1, Integer::sum);
            left.add(candidate.index());
          } else {
            assertThat(left).doesNotContain(candidate.index());
          }
        }
      }
      assertThat(told.values()).isNotEmpty().containsOnly(1);
      assertThat(left).isEqualTo(goneItems(moments));
    }
  }

  private static List<Publication.Candidate> candidates(Learner learner) {
    return learner.publish().map(Publication::candidates).orElse(List.of());
  }

  @Test
  void wordOfAnItemThatLeftSurvivesARestoreAndIsGoneFromTheSnapshotOnceItIsOut() throws Exception {
    Store store = new Store();
    List<Moment> moments = endless(80);
    try (TwoTowerLearner learner = new TwoTowerLearner(SPEC)) {
      moments.forEach(moment -> moment.feed(learner));
      learner.snapshot(store);
      assertThat(store.table("gone").keySet()).isEqualTo(goneItems(moments)).isNotEmpty();
    }
    try (TwoTowerLearner learner = new TwoTowerLearner(SPEC)) {
      learner.restore(store, List.of(), List.of());
      assertThat(learner.publish().orElseThrow().candidates())
          .filteredOn(Publication.Candidate::isGone)
          .extracting(Publication.Candidate::index)
          .containsExactlyInAnyOrderElementsOf(goneItems(moments));
      learner.snapshot(store);
      assertThat(store.table("gone")).isEmpty();
    }
  }

  @Test
  void whatCameBeforeAnEvictionIsTrainedBeforeItAndAnEmptyOneChangesNothing() {
    ExampleStream stream = new ExampleStream(HISTORY);
    try (TwoTowerLearner learner = new TwoTowerLearner(SPEC)) {
      learner.learn(stream.next("ann", "a", "a", 0), EvictionTest::ignore);
      learner.learn(stream.next("bob", "b", "b", 0), EvictionTest::ignore);
      learner.evict(new Evictions(new int[0], new int[0]), EvictionTest::ignore);
      assertThat(learner.untrained()).hasSize(2);
      learner.evict(
          new Evictions(new int[] {stream.forgetItem("a")}, new int[] {stream.forgetUser("ann")}),
          EvictionTest::ignore);
      assertThat(learner.untrained()).isEmpty();
      assertThat(learner.step()).isEqualTo(1);
      assertThat(learner.pendingQueries()).extracting(PendingQuery::user).containsExactly("bob");
      learner.finish(
          progress -> {
            assertThat(progress.users()).isEqualTo(1);
            assertThat(progress.items()).isEqualTo(1);
            assertThat(progress.events()).isEqualTo(2);
          });
    }
  }

  @Test
  void anItemThatTheModelDoesNotKnowCanNotLeave() {
    try (TwoTowerLearner learner = new TwoTowerLearner(SPEC)) {
      assertThatThrownBy(
              () -> learner.evict(new Evictions(new int[] {128}, new int[0]), EvictionTest::ignore))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("Item index 128 leaves, and the model does not know it");
    }
  }

  @Test
  void anEventOfAnItemThatIsNotAdmittedIsAMissAndTeachesNothing() throws Exception {
    Store store = new Store();
    try (TwoTowerLearner learner = new TwoTowerLearner(SPEC)) {
      for (int e = 0; e < 8; e++) {
        learner.learn(unadmitted("u" + e), EvictionTest::ignore);
      }
      assertThat(learner.step()).as("a batch of nothing else").isEqualTo(1);
      ExampleStream stream = new ExampleStream(HISTORY);
      for (int e = 0; e < 20; e++) {
        Example known = stream.next("v" + e % 3, "i" + e % 4, "t", 10);
        learner.learn(e % 2 == 0 ? unadmitted("w") : known, EvictionTest::ignore);
      }
      learner.finish(
          progress -> {
            assertThat(progress.events()).isEqualTo(28);
            assertThat(progress.total().events()).as("all of them are scored").isEqualTo(28);
            assertThat(progress.items()).isEqualTo(2);
          });
      learner.snapshot(store);
      assertThat(store.table("popularity")).hasSize(2);
      assertThat(store.table("rows.item").keySet())
          .as("two items, and the row that pads histories")
          .hasSize(3);
    }
  }

  /** A user's first event, of an item that is not in the vocabulary yet. */
  private static Example unadmitted(String user) {
    UserProfile before = UserProfile.fresh(IndexSpace.OUT_OF_VOCABULARY);
    Example example =
        new Example(
            user,
            before,
            true,
            "x",
            IndexSpace.OUT_OF_VOCABULARY,
            false,
            null,
            null,
            Attributes.NONE,
            10,
            Double.NaN,
            1,
            true,
            RawRecord.at("ratings", 0, 0));
    assertThat(example.after(HISTORY)).as("makes no history").isEqualTo(before);
    return example;
  }

  @Test
  void usersWhoAreNotAdmittedShareARowAndNoEvents() throws Exception {
    Store store = new Store();
    ExampleStream stream = new ExampleStream(HISTORY);
    try (TwoTowerLearner learner = new TwoTowerLearner(SPEC)) {
      for (int e = 0; e < 40; e++) {
        Example known = stream.next("u" + e % 4, "i" + e % 7, "t", e);
        learner.learn(
            new Example(
                known.user(),
                known.before().named(IndexSpace.OUT_OF_VOCABULARY),
                known.newUser(),
                known.item(),
                known.itemIndex(),
                known.newItem(),
                known.texts(),
                known.attributes(),
                known.context(),
                known.time(),
                known.value(),
                known.weight(),
                known.positive(),
                known.record()),
            EvictionTest::ignore);
      }
      learner.snapshot(store);
      assertThat(store.table("rows.user").keySet()).containsExactly(0);
      assertThat(learner.publish().orElseThrow().queries())
          .as("each has a list and the items that they took")
          .extracting(query -> query.user() + " " + query.seen().length)
          .containsExactly("u0 7", "u1 7", "u2 7", "u3 7");
    }
  }
}
