package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.job.Harness.Subtask;
import io.towerflow.message.Recommendation;
import io.towerflow.topk.Hit;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

class MergeOperatorTest {

  private static final int TOP_K = 3;

  @Test
  void theBestOfAllShardsLeaveOnceTheLastHasAnswered() throws Exception {
    try (var merge = merge(3, Subtask.ONLY)) {
      merge.process(list("ann", 1, hit("a", 5), hit("b", 1)));
      merge.process(list("ann", 1, hit("c", 4)));
      assertThat(merge.output()).as("sent before the third shard answered").isEmpty();

      merge.process(list("ann", 1, hit("d", 3), hit("e", 2)));

      assertThat(merge.output())
          .usingRecursiveFieldByFieldElementComparator()
          .containsExactly(
              new Recommendation(
                  "ann", 10, 100, new String[] {"a", "c", "d"}, new float[] {5, 4, 3}));
      assertThat(merge.keysOf("waiting-lists")).as("users with lists left behind").isZero();
    }
  }

  @Test
  void ofEqualScoresTheSmallerIdComesFirstWhicheverShardAnswersFirst() throws Exception {
    try (var merge = merge(2, Subtask.ONLY)) {
      merge.process(list("ann", 1, hit("b", 1), hit("d", 1)));
      merge.process(list("ann", 1, hit("a", 1), hit("c", 1)));
      merge.process(list("bob", 1, hit("a", 1), hit("c", 1)));
      merge.process(list("bob", 1, hit("b", 1), hit("d", 1)));

      assertThat(merge.output())
          .extracting(Recommendation::items)
          .containsExactly(new String[] {"a", "b", "c"}, new String[] {"a", "b", "c"});
    }
  }

  @Test
  void usersAndPublicationsThatOverlapAreKeptApart() throws Exception {
    try (var merge = merge(2, Subtask.ONLY)) {
      merge.process(list("ann", 1, hit("a", 1)));
      merge.process(list("bob", 1, hit("b", 1)));
      merge.process(list("ann", 2, hit("c", 1)));
      merge.process(list("ann", 1, hit("d", 2)));
      merge.process(list("ann", 2, hit("e", 2)));
      merge.process(list("bob", 1));

      assertThat(merge.output())
          .extracting(list -> list.user() + " " + list.modelVersion() + " " + List.of(list.items()))
          .containsExactly("ann 10 [d, a]", "ann 20 [e, c]", "bob 10 [b]");
    }
  }

  @Test
  void aSingleShardNeedsNoState() throws Exception {
    try (var merge = merge(1, Subtask.ONLY)) {
      merge.process(list("ann", 1, hit("a", 1)));
      merge.process(list("ann", 2));

      assertThat(merge.output())
          .extracting(list -> list.modelVersion() + " " + List.of(list.items()))
          .containsExactly("10 [a]", "20 []");
      assertThat(merge.keysOf("waiting-lists")).isZero();
    }
  }

  @Test
  void listsThatWaitSurviveRescaling() throws Exception {
    List<String> users = IntStream.range(0, 50).mapToObj(i -> "user-" + i).toList();
    OperatorSubtaskState one;
    try (var merge = merge(2, Subtask.ONLY)) {
      for (String user : users) {
        merge.process(list(user, 1, hit("a", 1)));
      }
      one = merge.snapshot();
    }
    int answered = 0;
    for (int i = 0; i < 2; i++) {
      Subtask half = new Subtask(i, 2);
      try (var merge = merge(2, half, one)) {
        for (String user : users) {
          if (half.owns(user)) {
            merge.process(list(user, 1, hit("b", 2)));
          }
        }
        List<Recommendation> lists = merge.output();
        assertThat(lists)
            .isNotEmpty()
            .extracting(Recommendation::items)
            .containsOnly(new String[] {"b", "a"});
        answered += lists.size();
      }
    }
    assertThat(answered).isEqualTo(50);
  }

  private static PartialList list(String user, long publication, Hit... hits) {
    return new PartialList(
        user, publication, 10 * publication, 100 * publication, 1, List.of(hits));
  }

  private static Hit hit(String id, float score) {
    return new Hit(id.charAt(0), id, score);
  }

  private static Harness<String, PartialList, Recommendation> merge(
      int shards, Subtask subtask, OperatorSubtaskState... snapshots) throws Exception {
    return Harness.of(
        new MergeOperator(TOP_K, shards), PartialList::user, Types.STRING, subtask, snapshots);
  }
}
