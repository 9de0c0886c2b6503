package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.towerflow.job.Harness.Subtask;
import io.towerflow.learn.Publication;
import io.towerflow.topk.Hit;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

class SearchOperatorTest {

  private static final int TOP_K = 2;

  @Test
  void aQueryGetsTheBestOfItsShardBestFirst() throws Exception {
    try (var search = search(1, Subtask.ONLY)) {
      search.process(candidate(0, 1, 130, 0.5f));
      search.process(candidate(0, 1, 131, 0.75f));
      search.process(candidate(0, 1, 132, 0.25f));
      search.process(query(0, 1));

      PartialList list = search.output().get(0);
      assertThat(list.hits())
          .containsExactly(new Hit(131, "item-131", 0.75f), new Hit(130, "item-130", 0.5f));
      assertThat(list)
          .extracting(
              PartialList::user,
              PartialList::publication,
              PartialList::version,
              PartialList::eventTime,
              PartialList::shards)
          .containsExactly("ann", 1L, 10L, 100L, 1);
    }
  }

  @Test
  void itemsTheUserHasSeenMakeRoomForTheNextBest() throws Exception {
    try (var search = search(1, Subtask.ONLY)) {
      search.process(candidate(0, 1, 130, 0.5f));
      search.process(candidate(0, 1, 131, 0.75f));
      search.process(candidate(0, 1, 132, 0.25f));
      search.process(query(0, 1, 131));

      assertThat(search.output().get(0).hits()).extracting(Hit::index).containsExactly(130, 132);
    }
  }

  @Test
  void aQueryIsScoredAgainstCandidatesAsItsOwnVersionHasThem() throws Exception {
    try (var search = search(1, Subtask.ONLY)) {
      search.process(candidate(0, 1, 130, 0.5f));
      search.process(query(0, 1));
      search.process(candidate(0, 2, 130, -0.5f));
      search.process(query(0, 2));

      assertThat(search.output())
          .extracting(PartialList::version, list -> list.hits().get(0).score())
          .containsExactly(tuple(10L, 0.5f), tuple(20L, -0.5f));
    }
  }

  @Test
  void queriesThatCameTogetherAreAnsweredInTheirOrder() throws Exception {
    try (var search = search(1, Subtask.ONLY)) {
      search.process(candidate(0, 1, 130, 0.5f));
      search.process(candidate(0, 1, 131, 0.75f));
      search.process(
          new SearchInput(
              0,
              1,
              10,
              100,
              null,
              List.of(
                  new Publication.Query("ann", new float[] {1}, new int[0]),
                  new Publication.Query("bob", new float[] {-1}, new int[] {130}))));

      assertThat(search.output())
          .extracting(PartialList::user, PartialList::version, PartialList::hits)
          .containsExactly(
              tuple(
                  "ann",
                  10L,
                  List.of(new Hit(131, "item-131", 0.75f), new Hit(130, "item-130", 0.5f))),
              tuple("bob", 10L, List.of(new Hit(131, "item-131", -0.75f))));
    }
  }

  @Test
  void aShardWithoutCandidatesAnswersWithAnEmptyList() throws Exception {
    try (var search = search(1, Subtask.ONLY)) {
      search.process(query(0, 1));

      assertThat(search.output()).extracting(PartialList::hits).containsExactly(List.of());
    }
  }

  @Test
  void candidatesSurviveRescalingUpAndDown() throws Exception {
    OperatorSubtaskState one;
    try (var search = search(4, Subtask.ONLY)) {
      for (int index = 128; index < 148; index++) {
        search.process(candidate(index % 4, 1, index, index));
      }
      one = search.snapshot();
    }
    OperatorSubtaskState[] two = new OperatorSubtaskState[2];
    List<PartialList> lists = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Subtask half = new Subtask(i, 2);
      try (var search = search(4, half, one)) {
        for (int shard = 0; shard < 4; shard++) {
          if (half.owns(ShardKeys.spread(shard, 4))) {
            search.process(query(shard, 2));
          }
        }
        lists.addAll(search.output());
        two[i] = search.snapshot();
      }
    }
    assertThat(lists)
        .as("the two best of shards 0, 1, 2, 3")
        .extracting(list -> list.hits().stream().map(Hit::index).toList())
        .containsExactly(
            List.of(144, 140), List.of(145, 141), List.of(146, 142), List.of(147, 143));

    try (var search = search(4, Subtask.ONLY, two)) {
      search.process(query(3, 3));
      assertThat(search.output().get(0).hits()).extracting(Hit::index).containsExactly(147, 143);
    }
  }

  @Test
  void afterAChangeOfTheNumberOfShardsAnItemIsFoundInItsNewShardAlone() throws Exception {
    OperatorSubtaskState one;
    try (var search = search(1, Subtask.ONLY)) {
      for (int index = 128; index < 132; index++) {
        search.process(candidate(0, 1, index, index));
      }
      one = search.snapshot();
    }
    try (var search = search(2, Subtask.ONLY, one)) {
      for (int index = 128; index < 132; index++) { // the publication that follows a restore
        search.process(candidate(index % 2, 2, index, index));
      }
      search.process(query(0, 2));
      search.process(query(1, 2));

      assertThat(search.output())
          .extracting(list -> list.hits().stream().map(Hit::index).toList())
          .containsExactly(List.of(130, 128), List.of(131, 129));
    }
  }

  @Test
  void aCandidateThatHasLeftIsInNoListAndIsNotKept() throws Exception {
    OperatorSubtaskState snapshot;
    try (var search = search(1, Subtask.ONLY)) {
      search.process(candidate(0, 1, 130, 0.5f));
      search.process(candidate(0, 1, 131, 0.75f));
      search.process(
          new SearchInput(0, 2, 20, 200, new Publication.Candidate(131, "item-131", null), null));
      search.process(query(0, 2));

      assertThat(search.output().get(0).hits()).extracting(Hit::index).containsExactly(130);
      snapshot = search.snapshot();
    }
    try (var search = search(1, Subtask.ONLY, snapshot)) {
      search.process(query(0, 3));

      assertThat(search.output().get(0).hits()).extracting(Hit::index).containsExactly(130);
    }
  }

  @Test
  void candidatesOfAnotherWidthAreOfAnEarlierSpecAndMakeRoomForTheNewOnes() throws Exception {
    OperatorSubtaskState snapshot;
    try (var search = search(1, Subtask.ONLY)) {
      search.process(candidate(0, 1, 130, 0.5f));
      search.process(candidate(0, 1, 131, 0.75f));
      snapshot = search.snapshot();
    }
    try (var search = search(1, Subtask.ONLY, snapshot)) {
      search.process(
          new SearchInput(
              0, 2, 20, 200, new Publication.Candidate(132, "wider", new float[] {1, 2}), null));
      search.process(
          new SearchInput(
              0,
              2,
              20,
              200,
              null,
              List.of(new Publication.Query("ann", new float[] {1, 1}, new int[0]))));

      assertThat(search.output().get(0).hits()).containsExactly(new Hit(132, "wider", 3));
      assertThat(
              search.entriesOf(
                  "candidates",
                  ShardKeys.spread(0, 1),
                  Types.INT,
                  TypeInformation.of(Publication.Candidate.class)))
          .isEqualTo(1);
    }
  }

  private static SearchInput candidate(int shard, long publication, int index, float score) {
    return new SearchInput(
        shard,
        publication,
        10 * publication,
        100 * publication,
        new Publication.Candidate(index, "item-" + index, new float[] {score}),
        null);
  }

  private static SearchInput query(int shard, long publication, int... seen) {
    return new SearchInput(
        shard,
        publication,
        10 * publication,
        100 * publication,
        null,
        List.of(new Publication.Query("ann", new float[] {1}, seen)));
  }

  private static Harness<Integer, SearchInput, PartialList> search(
      int shards, Subtask subtask, OperatorSubtaskState... snapshots) throws Exception {
    return Harness.of(
        new SearchOperator(TOP_K, shards),
        input -> ShardKeys.spread(input.shard(), shards),
        Types.INT,
        subtask,
        snapshots);
  }
}
