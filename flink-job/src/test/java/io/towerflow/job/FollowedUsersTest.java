package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.towerflow.job.Harness.Subtask;
import io.towerflow.learn.Evictions;
import io.towerflow.learn.Example;
import io.towerflow.learn.PendingQuery;
import io.towerflow.message.Attributes;
import io.towerflow.message.RawRecord;
import io.towerflow.profile.IndexSpace;
import io.towerflow.profile.UserProfile;
import io.towerflow.spec.Lifetime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** Users who have taken very much, from their own operator to what the learner is told. */
class FollowedUsersTest {

  private static final String SPEC =
      """
      event: {user: u, item: i, time: t}
      query: {features: [{kind: history, items: 2}]}
      candidate: {features: [{kind: id}]}
      """;

  private static final int MOST = UserProfile.MOST_SEEN;

  private Learner learner;
  private long sequence;
  private long lastOfShard;

  /** What the learner was told that the user had taken, example by example. */
  private final List<int[]> told = new ArrayList<>();

  private final class Learner extends TallyLearner {

    Learner() {
      super(50, 1_000_000);
    }

    @Override
    public void learn(Example example, Listener listener) {
      told.add(example.before().seen());
      super.learn(example, listener);
    }
  }

  @Test
  void theLearnerIsToldAllThatSomebodyHadTakenBeforeEachEventAlsoThroughASnapshot()
      throws Exception {
    int[] items = new int[3 * MOST];
    for (int i = 0; i < items.length; i++) {
      items[i] = 128 + i * 7919 % (2 * MOST + 500); // each again after 2548
    }
    OperatorSubtaskState usersBefore;
    OperatorSubtaskState trainerBefore;
    int half = 2 * MOST + 17;
    try (var users = users();
        var trainer = trainer()) {
      for (int i = 0; i < half; i++) {
        trainer.process(throughUsers(users, items[i]));
      }
      usersBefore = users.snapshot();
      trainerBefore = trainer.snapshot();
    }
    try (var users = users(usersBefore);
        var trainer = trainer(trainerBefore)) {
      List<Example> untrained = learner.untrained();
      assertThat(untrained).hasSize(half % 50);
      for (int i = 0; i < untrained.size(); i++) {
        assertThat(untrained.get(i).before().seen())
            .isEqualTo(taken(items, half - untrained.size() + i));
      }
      assertThat(learner.pendingQueries())
          .extracting(PendingQuery::profile)
          .extracting(UserProfile::seen)
          .containsExactly(taken(items, half));
      for (int i = half; i < items.length; i++) {
        trainer.process(throughUsers(users, items[i]));
      }
    }
    assertThat(told).hasSize(items.length);
    for (int i = 0; i < items.length; i++) {
      assertThat(told.get(i)).as("before event %d", i).isEqualTo(taken(items, i));
    }
  }

  @Test
  void anEventOfSomebodyWhoIsFollowedBringsNoneOfTheItemsTaken() throws Exception {
    try (var users = users()) {
      for (int i = 0; i < MOST; i++) {
        assertThat(throughUsers(users, 128 + i).example().before().seen()).hasSize(i);
      }
      UserProfile last = throughUsers(users, 9_000).example().before();
      assertThat(last.seen()).hasSize(MOST);
      assertThat(last.isToBeFollowed()).isTrue();

      UserProfile next = throughUsers(users, 9_001).example().before();
      assertThat(next.isFollowed()).isTrue();
      assertThat(next.seen()).isEmpty();
      assertThat(next.recentItems()).containsExactly(9_000, 128 + MOST - 1);
    }
  }

  @Test
  void aSnapshotWritesOnlyTheLastBlockOfWhatSomebodyHasTaken() throws Exception {
    try (var users = users();
        var trainer = trainer()) {
      for (int i = 0; i < 3 * MOST + 5; i++) {
        trainer.process(throughUsers(users, 128 + i));
      }
      trainer.snapshot();
      assertThat(blocks(trainer)).isEqualTo(4); // 1024 items each and 5 in the last
      trainer.process(throughUsers(users, 90_000));
      trainer.snapshot();
      assertThat(blocks(trainer)).isEqualTo(4);
    }
  }

  @Test
  void whoLeavesTakesTheItemsAlongAndIsFollowedNoMore() throws Exception {
    OperatorSubtaskState snapshot;
    SequencedExample followed;
    try (var users = users();
        var trainer = trainer()) {
      for (int i = 0; i <= MOST; i++) {
        trainer.process(throughUsers(users, 128 + i));
      }
      trainer.snapshot();
      assertThat(blocks(trainer)).isEqualTo(2);
      followed = throughUsers(users, 9_000);
      trainer.process(
          new SequencedExample(
              followed.sequence(),
              false,
              null,
              new Evictions(new int[0], new int[] {followed.example().before().index()})));
      assertThat(blocks(trainer)).isZero();
      snapshot = trainer.snapshot();
    }
    try (var trainer = trainer(snapshot)) {
      assertThatThrownBy(
              () ->
                  trainer.process(
                      new SequencedExample(
                          followed.sequence() + 1, false, followed.example(), null)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("not in the trainer's state");
    }
  }

  @Test
  void somebodyWithoutAnIndexIsNotFollowed() {
    int[] many = new int[MOST];
    UserProfile nobody =
        new UserProfile(
            IndexSpace.OUT_OF_VOCABULARY, many, new int[0], new long[0], Attributes.NONE);

    assertThat(nobody.isToBeFollowed()).isFalse();
    assertThat(nobody.named(129).isToBeFollowed()).isTrue();
  }

  /** The distinct items of the first events, ascending. */
  private static int[] taken(int[] items, int events) {
    TreeSet<Integer> taken = new TreeSet<>();
    for (int i = 0; i < events; i++) {
      taken.add(items[i]);
    }
    return taken.stream().mapToInt(item -> item).toArray();
  }

  private SequencedExample throughUsers(
      Harness<Integer, IndexedEvent, SequencedExample> users, int item) throws Exception {
    sequence++;
    users.process(
        new IndexedEvent(
            sequence,
            lastOfShard,
            false,
            0,
            IndexSpace.shardOf("crawler"),
            null,
            "crawler",
            "item-" + item,
            item,
            false,
            null,
            null,
            Attributes.NONE,
            sequence,
            Double.NaN,
            1,
            true,
            RawRecord.at("ratings", 0, sequence)));
    lastOfShard = sequence;
    return users.output().get(0);
  }

  private static long blocks(Harness<Integer, SequencedExample, SearchInput> trainer)
      throws Exception {
    return trainer.entriesOf(
        "followed-users",
        LearnerState.MODEL_KEY,
        Types.LONG,
        PrimitiveArrayTypeInfo.INT_PRIMITIVE_ARRAY_TYPE_INFO);
  }

  private static Harness<Integer, IndexedEvent, SequencedExample> users(
      OperatorSubtaskState... snapshot) throws Exception {
    return Harness.of(
        new UserOperator(2, Lifetime.UNBOUNDED, SPEC),
        event -> ShardKeys.key(event.shard()),
        Subtask.ONLY,
        snapshot);
  }

  private Harness<Integer, SequencedExample, SearchInput> trainer(OperatorSubtaskState... snapshot)
      throws Exception {
    return Harness.of(
        new TrainerOperator(
            () -> {
              learner = new Learner();
              return learner;
            },
            Duration.ofHours(1),
            1),
        example -> LearnerState.MODEL_KEY,
        Subtask.ONLY,
        snapshot);
  }
}
