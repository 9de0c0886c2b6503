package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.job.Harness.Subtask;
import io.towerflow.learn.Example;
import io.towerflow.message.Attributes;
import io.towerflow.profile.IndexSpace;
import io.towerflow.profile.UserProfile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

class UserOperatorTest {

  private static final int HISTORY = 2;

  @Test
  void anExampleHoldsWhatWasKnownBeforeItsEvent() throws Exception {
    int index = 128 + IndexSpace.shardOf("ann");
    try (var users = operator(Subtask.ONLY)) {
      users.process(event("ann", 300, 1));
      users.process(event("ann", 200, 2));
      users.process(event("ann", 300, 3));
      users.process(event("ann", 400, 4));

      List<Example> examples = users.output();
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
  void theRestOfTheEventPassesUnchanged() throws Exception {
    try (var users = operator(Subtask.ONLY)) {
      users.process(
          new IndexedEvent(
              "ann",
              "i",
              300,
              true,
              new String[] {"Heat"},
              Attributes.NONE,
              Attributes.NONE,
              7L,
              4.5));

      assertThat(users.output().get(0))
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
                  4.5));
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
      users.output().forEach(example -> indices.put(example.user(), example.before().index()));
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
        Example example = users.output().get(0);
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

  private static IndexedEvent event(String user, int item, long time) {
    return new IndexedEvent(
        user, "item-" + item, item, false, null, null, Attributes.NONE, time, Double.NaN);
  }

  private static Harness<Integer, IndexedEvent, Example> operator(
      Subtask subtask, OperatorSubtaskState... snapshots) throws Exception {
    return Harness.of(
        new UserOperator(HISTORY),
        event -> ShardKeys.keyOf(event.user()),
        Types.INT,
        subtask,
        snapshots);
  }

  @Test
  void aProfileKeepsTheLastKnownContext() throws Exception {
    Attributes tv = new Attributes(new String[][] {{"tv"}}, new double[] {1});
    Attributes unknown = new Attributes(new String[][] {{}}, new double[] {2});
    try (var users = operator(Subtask.ONLY)) {
      for (Attributes context : List.of(tv, unknown, unknown)) {
        users.process(new IndexedEvent("ann", "i", 300, false, null, null, context, 1, 1));
      }

      List<Example> examples = users.output();
      assertThat(examples).extracting(Example::context).containsExactly(tv, unknown, unknown);
      assertThat(examples)
          .extracting(example -> example.before().context())
          .containsExactly(
              Attributes.NONE, tv, new Attributes(new String[][] {{"tv"}}, new double[] {2}));
    }
  }
}
