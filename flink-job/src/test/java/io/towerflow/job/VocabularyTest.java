package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.job.Harness.Subtask;
import io.towerflow.learn.Example;
import io.towerflow.message.Attributes;
import io.towerflow.message.Event;
import io.towerflow.message.RawRecord;
import io.towerflow.profile.ItemProfile;
import io.towerflow.profile.Sighting;
import io.towerflow.profile.UserProfile;
import io.towerflow.spec.Lifetime;
import io.towerflow.spec.VocabularySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** Who enters and who leaves, from the sequence of events to the door of the learner. */
class VocabularyTest {

  private static final String SPEC =
      """
      event: {user: u, item: i, time: t}
      query: {features: [{kind: history}]}
      candidate: {features: [{kind: id}]}
      """;

  private static final int HISTORY = 3;

  /** Sixteen periods of ten milliseconds. */
  private static final Lifetime SHORT = new Lifetime(1, Duration.ofMillis(160));

  private static final VocabularySpec BOTH_SHORT = new VocabularySpec(SHORT, SHORT);

  /** The operators at one parallelism, one after the other, and the snapshot that they end in. */
  private static final class Flow implements AutoCloseable {
    private final Sequencer sequencer;
    private final List<Subtask> subtasks;
    private final List<Harness<Integer, SequencedEvent, IndexedEvent>> items = new ArrayList<>();
    private final List<Harness<Integer, IndexedEvent, SequencedExample>> users = new ArrayList<>();

    Flow(VocabularySpec vocabulary, int parallelism, Snapshot from) throws Exception {
      sequencer = new Sequencer(from.sequences, vocabulary);
      subtasks =
          IntStream.range(0, parallelism).mapToObj(i -> new Subtask(i, parallelism)).toList();
      for (Subtask subtask : subtasks) {
        items.add(
            Harness.of(
                new ItemOperator(vocabulary.items(), SPEC),
                event -> ShardKeys.key(event.shard()),
                subtask,
                from.items));
        users.add(
            Harness.of(
                new UserOperator(HISTORY, vocabulary.users(), SPEC),
                event -> ShardKeys.key(event.shard()),
                subtask,
                from.users));
      }
    }

    /** What comes of an event, in order. */
    List<SequencedExample> process(String user, String item, long time) throws Exception {
      List<SequencedExample> out = new ArrayList<>();
      for (SequencedEvent sequenced : sequencer.next(event(user, item, time))) {
        var itemsOf = items.get(ownerOf(sequenced.shard()));
        itemsOf.process(sequenced);
        for (IndexedEvent indexed : itemsOf.output()) {
          var usersOf = users.get(ownerOf(indexed.shard()));
          usersOf.process(indexed);
          out.addAll(usersOf.output());
        }
      }
      out.sort(Comparator.comparing(SequencedExample::sequence));
      return out;
    }

    /** The example of an event. */
    Example example(String user, String item, long time) throws Exception {
      List<SequencedExample> out = process(user, item, time);
      return out.get(out.size() - 1).example();
    }

    private int ownerOf(int shard) {
      return IntStream.range(0, subtasks.size())
          .filter(i -> subtasks.get(i).owns(ShardKeys.key(shard)))
          .findFirst()
          .orElseThrow();
    }

    Snapshot snapshot() throws Exception {
      OperatorSubtaskState[] ofItems = new OperatorSubtaskState[subtasks.size()];
      OperatorSubtaskState[] ofUsers = new OperatorSubtaskState[subtasks.size()];
      for (int i = 0; i < subtasks.size(); i++) {
        ofItems[i] = items.get(i).snapshot();
        ofUsers[i] = users.get(i).snapshot();
      }
      return new Snapshot(sequencer.sequences(), ofItems, ofUsers);
    }

    /** Entries of all map states of the only subtasks that grow with ids. */
    long entries() throws Exception {
      long entries = 0;
      for (int shard = 0; shard < ShardKeys.MAX_PARALLELISM; shard++) {
        int key = ShardKeys.key(shard);
        entries +=
            items
                .get(0)
                .entriesOf("items", key, Types.STRING, TypeInformation.of(ItemProfile.class));
        entries +=
            users
                .get(0)
                .entriesOf("users", key, Types.STRING, TypeInformation.of(UserProfile.class));
        for (var operator : List.of(items.get(0), users.get(0))) {
          entries +=
              operator.entriesOf(
                  "sightings", key, Types.STRING, TypeInformation.of(Sighting.class));
          entries += operator.entriesOf("notes", key, Types.LONG, Types.INT);
          entries +=
              operator.entriesOf("noted", key, Types.TUPLE(Types.LONG, Types.INT), Types.STRING);
        }
      }
      return entries;
    }

    @Override
    public void close() {
      items.forEach(Harness::close);
      users.forEach(Harness::close);
    }
  }

  private record Snapshot(
      Sequences sequences, OperatorSubtaskState[] items, OperatorSubtaskState[] users) {

    static final Snapshot NONE =
        new Snapshot(Sequences.none(), new OperatorSubtaskState[0], new OperatorSubtaskState[0]);
  }

  private static Event event(String user, String item, long time) {
    return new Event(
        user,
        item,
        time,
        Double.NaN,
        1,
        true,
        new String[] {"title of " + item},
        Attributes.NONE,
        Attributes.NONE,
        "",
        RawRecord.at("ratings", 0, 0));
  }

  /** Ann takes a, and then the others go on with b until a given time, every other millisecond. */
  private static Flow annAndThenOthersUntil(long time) throws Exception {
    Flow flow = new Flow(BOTH_SHORT, 1, Snapshot.NONE);
    flow.process("ann", "a", 1001);
    for (long t = 1002; t <= time; t += 2) {
      flow.process("bob", "b", t);
    }
    return flow;
  }

  @Test
  void whoComesBackInTimeIsKnownAndHasAnotherTimeToLive() throws Exception {
    try (Flow flow = annAndThenOthersUntil(1160)) {
      Example example = flow.example("ann", "a", 1161);
      assertThat(example.newUser()).isFalse();
      assertThat(example.newItem()).isFalse();
      for (long t = 1162; t <= 1320; t += 2) {
        flow.process("bob", "b", t);
      }
      assertThat(flow.example("ann", "a", 1321).before().seen()).hasSize(1);
    }
  }

  @Test
  void whoComesBackLateBeginsAnewUnderAnotherIndex() throws Exception {
    try (Flow flow = new Flow(BOTH_SHORT, 1, Snapshot.NONE)) {
      Example first = flow.example("ann", "a", 1001);
      List<SequencedExample> evictions = new ArrayList<>();
      for (long t = 1002; t <= 1180; t += 2) {
        for (SequencedExample next : flow.process("bob", "b", t)) {
          if (next.example() == null && !next.evictions().isEmpty()) {
            evictions.add(next);
            assertThat(t).as("one event after the first that is 170 ms past 1000").isEqualTo(1172);
          }
        }
      }
      assertThat(
              evictions.stream()
                  .flatMapToInt(
                      next ->
                          IntStream.concat(
                              Arrays.stream(next.evictions().items()),
                              Arrays.stream(next.evictions().users()))))
          .containsExactlyInAnyOrder(first.itemIndex(), first.before().index());

      Example again = flow.example("ann", "a", 1181);
      assertThat(again.newUser()).isTrue();
      assertThat(again.newItem()).isTrue();
      assertThat(again.texts()).containsExactly("title of a");
      assertThat(again.before().seen()).isEmpty();
      assertThat(again.itemIndex()).isEqualTo(first.itemIndex() + 128);
      assertThat(again.before().index()).isEqualTo(first.before().index() + 128);
    }
  }

  @Test
  void anItemIsAdmittedWithItsThirdEventAndOnlyThenMakesHistory() throws Exception {
    VocabularySpec afterThree =
        new VocabularySpec(Lifetime.UNBOUNDED, new Lifetime(3, Lifetime.NEVER));
    try (Flow flow = new Flow(afterThree, 1, Snapshot.NONE)) {
      for (String user : List.of("ann", "bob")) {
        Example early = flow.example(user, "a", 1);
        assertThat(early.itemIsKnown()).isFalse();
        assertThat(early.newItem()).isFalse();
        assertThat(early.texts()).isNull();
        assertThat(early.newUser()).as("%s is a user all the same", user).isTrue();
      }
      Example third = flow.example("ann", "a", 1);
      assertThat(third.itemIsKnown()).isTrue();
      assertThat(third.newItem()).isTrue();
      assertThat(third.texts()).containsExactly("title of a");
      assertThat(third.before().seen()).isEmpty();
      Example fourth = flow.example("ann", "a", 1);
      assertThat(fourth.newItem()).isFalse();
      assertThat(fourth.before().seen()).containsExactly(third.itemIndex());
    }
  }

  @Test
  void aUserHasAHistoryBeforeAnIndex() throws Exception {
    VocabularySpec afterThree =
        new VocabularySpec(new Lifetime(3, Lifetime.NEVER), Lifetime.UNBOUNDED);
    try (Flow flow = new Flow(afterThree, 1, Snapshot.NONE)) {
      assertThat(flow.example("ann", "a", 1).before().index()).isZero();
      Example second = flow.example("ann", "b", 2);
      assertThat(second.before().index()).isZero();
      assertThat(second.before().recentTimes()).containsExactly(1);
      Example third = flow.example("ann", "c", 3);
      assertThat(third.before().index()).isGreaterThan(127);
      assertThat(third.before().recentTimes()).containsExactly(2, 1);
      assertThat(third.newUser()).isFalse();
      assertThat(flow.example("ann", "d", 4).before().index()).isEqualTo(third.before().index());
    }
  }

  @Test
  void sightingsBelowAdmissionAreForgottenInTimeToo() throws Exception {
    Lifetime twice = new Lifetime(2, SHORT.timeToLive());
    try (Flow flow = new Flow(new VocabularySpec(twice, twice), 1, Snapshot.NONE)) {
      flow.process("ann", "a", 1001);
      List<SequencedExample> out = new ArrayList<>();
      for (long t = 1002; t <= 1180; t += 2) {
        out.addAll(flow.process("bob", "b", t));
      }
      assertThat(out)
          .filteredOn(next -> next.example() == null && !next.evictions().isEmpty())
          .as("Ann, who had no index; the item was nobody's business yet")
          .singleElement()
          .satisfies(next -> assertThat(next.evictions().users()).containsExactly(0))
          .satisfies(next -> assertThat(next.evictions().items()).isEmpty());
      assertThat(flow.example("ann", "a", 1181).itemIsKnown()).as("counted from one").isFalse();
    }
  }

  /** Endless users and items, and two of each who come back: one in time, and one late. */
  private static List<String> stream(Flow flow, int from, int to) throws Exception {
    List<String> lines = new ArrayList<>();
    for (int e = from; e < to; e++) {
      String user = e % 9 == 0 ? "often" : e % 80 == 5 ? "rarely" : "user-" + e / 4;
      String item = e % 7 == 0 ? "often" : e % 80 == 7 ? "rarely" : "item-" + e / 5;
      for (SequencedExample next : flow.process(user, item, 1000 + 4L * e)) {
        Example example = next.example();
        if (example != null) {
          lines.add(
              next.sequence()
                  + " %s %d %s %d %s"
                      .formatted(
                          user,
                          example.before().index(),
                          item,
                          example.itemIndex(),
                          Arrays.toString(example.before().seen())));
        } else if (!next.evictions().isEmpty()) {
          lines.add(
              next.sequence()
                  + " leave "
                  + Arrays.toString(next.evictions().users())
                  + Arrays.toString(next.evictions().items()));
        }
      }
    }
    return lines;
  }

  @Test
  void restoringAndRescalingChangeNothingOfWhoEntersAndLeaves() throws Exception {
    VocabularySpec vocabulary = new VocabularySpec(new Lifetime(2, SHORT.timeToLive()), SHORT);
    List<String> quiet;
    try (Flow flow = new Flow(vocabulary, 1, Snapshot.NONE)) {
      quiet = stream(flow, 0, 240);
    }
    assertThat(quiet).filteredOn(line -> line.contains("leave")).hasSizeGreaterThan(50);

    List<String> rescaled = new ArrayList<>();
    Snapshot at = Snapshot.NONE;
    int from = 0;
    for (int parallelism : new int[] {1, 4, 1}) {
      try (Flow flow = new Flow(vocabulary, parallelism, at)) {
        rescaled.addAll(stream(flow, from, from + 80));
        from += 80;
        at = flow.snapshot();
        stream(flow, from, from + 10); // lost
      }
    }
    assertThat(rescaled).isEqualTo(quiet);
  }

  @Test
  void whatIsKeptOfEndlessIdsIsBounded() throws Exception {
    try (Flow flow = new Flow(BOTH_SHORT, 1, Snapshot.NONE)) {
      stream(flow, 0, 200);
      long early = flow.entries();
      stream(flow, 200, 600);
      // A time to live is 40 events: ten users and eight items, each with a profile, a sighting, a
      // note or a few, and the count of its shard's notes.
      assertThat(flow.entries()).isBetween(early - 20, early + 20).isBetween(60L, 160L);
    }
  }
}
