package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.towerflow.job.Harness.Subtask;
import io.towerflow.learn.Example;
import io.towerflow.message.Attributes;
import io.towerflow.message.RawRecord;
import io.towerflow.profile.IndexSpace;
import io.towerflow.profile.UserProfile;
import io.towerflow.spec.Lifetime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

class UserOperatorTest {

  private static final String SPEC =
      """
      event: {user: u, item: i, time: t}
      query: {features: [{kind: history, items: 2}]}
      candidate: {features: [{kind: id}]}
      """;

  private static final int HISTORY = 2;

  private final Map<Integer, Long> lastOfShard = new HashMap<>();
  private long sequence;

  @Test
  void anExampleHoldsWhatWasKnownBeforeItsEvent() throws Exception {
    int index = 128 + IndexSpace.shardOf("ann");
    try (var users = operator(Subtask.ONLY)) {
      users.process(event("ann", 300, 1));
      users.process(event("ann", 200, 2));
      users.process(event("ann", 300, 3));
      users.process(event("ann", 400, 4));

      List<Example> examples = examples(users);
      assertThat(examples).extracting(Example::newUser).containsExactly(true, false, false, false);
      assertThat(examples)
          .extracting(Example::before)
          .usingRecursiveFieldByFieldElementComparator()
          .containsExactly(
              UserProfile.fresh(index),
              new UserProfile(
                  index, new int[] {300}, new int[] {300}, new long[] {1}, Attributes.NONE),
              new UserProfile(
                  index,
                  new int[] {200, 300},
                  new int[] {200, 300},
                  new long[] {2, 1},
                  Attributes.NONE),
              new UserProfile(
                  index,
                  new int[] {200, 300},
                  new int[] {300, 200},
                  new long[] {3, 2},
                  Attributes.NONE));
    }
  }

  @Test
  void anEventThatIsNoPositiveMakesItsItemTakenAndNoHistory() throws Exception {
    try (var users = operator(Subtask.ONLY)) {
      users.process(event("ann", 200, 2));
      IndexedEvent bad = event("ann", 300, 3);
      users.process(
          new IndexedEvent(
              bad.sequence(),
              bad.previous(),
              false,
              0,
              0,
              null,
              bad.user(),
              bad.item(),
              bad.itemIndex(),
              bad.newItem(),
              bad.texts(),
              bad.attributes(),
              bad.context(),
              bad.time(),
              1,
              1,
              false,
              RawRecord.at("ratings", 0, 0)));
      users.process(event("ann", 400, 4));

      UserProfile before = examples(users).get(2).before();
      assertThat(before.seen()).containsExactly(200, 300);
      assertThat(before.recentItems()).containsExactly(200);
      assertThat(before.recentTimes()).containsExactly(2);
    }
  }

  @Test
  void theRestOfTheEventPassesUnchanged() throws Exception {
    RawRecord record = TwoTastes.record(1);
    try (var users = operator(Subtask.ONLY)) {
      users.process(
          new IndexedEvent(
              9,
              0,
              false,
              0,
              0,
              null,
              "ann",
              "i",
              300,
              true,
              new String[] {"Heat"},
              Attributes.NONE,
              Attributes.NONE,
              7L,
              4.5,
              0.25,
              false,
              record));

      SequencedExample example = users.output().get(0);
      assertThat(example.sequence()).isEqualTo(9);
      assertThat(example.example())
          .usingRecursiveComparison()
          .ignoringFields("before")
          .isEqualTo(
              new Example(
                  "ann",
                  null,
                  true,
                  "i",
                  300,
                  true,
                  new String[] {"Heat"},
                  Attributes.NONE,
                  Attributes.NONE,
                  7L,
                  4.5,
                  0.25,
                  false,
                  record));
    }
  }

  @Test
  void profilesSurviveRescalingUpAndDown() throws Exception {
    List<String> ids = IntStream.range(0, 300).mapToObj(i -> "user-" + i).toList();
    Map<String, Integer> indices = new HashMap<>();
    OperatorSubtaskState one;
    try (var users = operator(Subtask.ONLY)) {
      for (int i = 0; i < ids.size(); i++) {
        users.process(event(ids.get(i), 1000 + i, 5));
      }
      examples(users).forEach(example -> indices.put(example.user(), example.before().index()));
      one = users.snapshot();
    }
    assertThat(indices.values()).doesNotHaveDuplicates();

    OperatorSubtaskState[] two = new OperatorSubtaskState[2];
    for (int s = 0; s < 2; s++) {
      Subtask half = new Subtask(s, 2);
      try (var users = operator(half, one)) {
        for (int i = 0; i < ids.size(); i++) {
          if (half.owns(ShardKeys.keyOf(ids.get(i)))) {
            users.process(event(ids.get(i), 2000 + i, 6));
          }
        }
        two[s] = users.snapshot();
      }
    }

    try (var users = operator(Subtask.ONLY, two)) {
      for (int i = 0; i < ids.size(); i++) {
        users.process(event(ids.get(i), 3000, 7));
        Example example = examples(users).get(0);
        assertThat(example.newUser()).isFalse();
        assertThat(example.before())
            .as("what is known of %s", ids.get(i))
            .usingRecursiveComparison()
            .isEqualTo(
                new UserProfile(
                    indices.get(ids.get(i)),
                    new int[] {1000 + i, 2000 + i},
                    new int[] {2000 + i, 1000 + i},
                    new long[] {6, 5},
                    Attributes.NONE));
      }
    }
  }

  @Test
  void newUsersOfAShardAreNumberedInTheOrderOfTheSequenceWhateverOrderTheyComeIn()
      throws Exception {
    List<String> sameShard =
        IntStream.range(0, 1000)
            .mapToObj(i -> "user-" + i)
            .filter(id -> IndexSpace.shardOf(id) == IndexSpace.shardOf("user-0"))
            .limit(3)
            .toList();
    int shard = IndexSpace.shardOf("user-0");
    OperatorSubtaskState snapshot;
    try (var users = operator(Subtask.ONLY)) {
      users.process(event(7, 4, sameShard.get(2), 300, 3));
      users.process(event(4, 2, sameShard.get(1), 300, 2));
      assertThat(users.output()).as("event 2 is still to come").isEmpty();
      snapshot = users.snapshot();
    }
    Subtask owner =
        IntStream.range(0, 4)
            .mapToObj(i -> new Subtask(i, 4))
            .filter(subtask -> subtask.owns(ShardKeys.key(shard)))
            .findFirst()
            .orElseThrow();
    try (var users = operator(owner, snapshot)) {
      users.process(event(2, 0, sameShard.get(0), 300, 1));

      assertThat(users.output())
          .extracting(
              SequencedExample::sequence,
              example -> example.example().user(),
              example -> example.example().before().index())
          .containsExactly(
              tuple(2L, sameShard.get(0), 128 + shard),
              tuple(4L, sameShard.get(1), 256 + shard),
              tuple(7L, sameShard.get(2), 384 + shard));
    }
  }

  private static List<Example> examples(Harness<Integer, IndexedEvent, SequencedExample> users) {
    return users.output().stream().map(SequencedExample::example).toList();
  }

  /** The next event of its user's shard, as long as none that was made is left out. */
  private IndexedEvent event(String user, int item, long time) {
    sequence++;
    Long previous = lastOfShard.put(IndexSpace.shardOf(user), sequence);
    return event(sequence, previous == null ? 0 : previous, user, item, time);
  }

  private static IndexedEvent event(
      long sequence, long previous, String user, int item, long time) {
    return new IndexedEvent(
        sequence,
        previous,
        false,
        0,
        0,
        null,
        user,
        "item-" + item,
        item,
        false,
        null,
        null,
        Attributes.NONE,
        time,
        Double.NaN,
        1,
        true,
        RawRecord.at("ratings", 0, 0));
  }

  private static Harness<Integer, IndexedEvent, SequencedExample> operator(
      Subtask subtask, OperatorSubtaskState... snapshots) throws Exception {
    return operator(SPEC, subtask, snapshots);
  }

  private static Harness<Integer, IndexedEvent, SequencedExample> operator(
      String spec, Subtask subtask, OperatorSubtaskState... snapshots) throws Exception {
    return Harness.of(
        new UserOperator(HISTORY, Lifetime.UNBOUNDED, spec),
        event -> ShardKeys.keyOf(event.user()),
        subtask,
        snapshots);
  }

  @Test
  void aProfileKeepsTheLastKnownContext() throws Exception {
    Attributes tv = new Attributes(new String[][] {{"tv"}}, new double[] {1});
    Attributes unknown = new Attributes(new String[][] {{}}, new double[] {2});
    try (var users = operator(Subtask.ONLY)) {
      for (Attributes context : List.of(tv, unknown, unknown)) {
        sequence++;
        users.process(inContext(sequence, context));
      }

      List<Example> examples = examples(users);
      assertThat(examples).extracting(Example::context).containsExactly(tv, unknown, unknown);
      assertThat(examples)
          .extracting(example -> example.before().context())
          .containsExactly(
              Attributes.NONE, tv, new Attributes(new String[][] {{"tv"}}, new double[] {2}));
    }
  }

  @Test
  void aUserWhoIsRestoredUnderAnotherSpecKeepsTheContextByName() throws Exception {
    String device = SPEC.replace("2}]", "2}, {kind: category, field: device}]");
    String page = SPEC.replace("2}]", "2}, {kind: category, field: page}]");
    String both =
        SPEC.replace("2}]", "2}, {kind: category, field: page}, {kind: category, field: device}]");
    Attributes tv = new Attributes(new String[][] {{"tv"}}, new double[0]);
    Attributes home = new Attributes(new String[][] {{"home"}, {}}, new double[0]);
    OperatorSubtaskState snapshot;
    try (var users = operator(device, Subtask.ONLY)) {
      users.process(inContext(1, tv));
      snapshot = users.snapshot();
    }
    try (var users = operator(both, Subtask.ONLY, snapshot)) {
      users.process(inContext(2, home));
      users.process(inContext(3, home));

      assertThat(examples(users))
          .extracting(example -> example.before().context())
          .containsExactly(
              new Attributes(new String[][] {{}, {"tv"}}, new double[0]),
              new Attributes(new String[][] {{"home"}, {"tv"}}, new double[0]));
      snapshot = users.snapshot();
    }
    try (var users = operator(page, Subtask.ONLY, snapshot)) {
      users.process(inContext(4, new Attributes(new String[][] {{}}, new double[0])));

      assertThat(examples(users))
          .extracting(example -> example.before().context())
          .containsExactly(new Attributes(new String[][] {{"home"}}, new double[0]));
    }
  }

  private static IndexedEvent inContext(long sequence, Attributes context) {
    return new IndexedEvent(
        sequence,
        sequence - 1,
        false,
        0,
        0,
        null,
        "ann",
        "i",
        300,
        false,
        null,
        null,
        context,
        1,
        1,
        1,
        true,
        RawRecord.at("ratings", 0, 0));
  }
}
