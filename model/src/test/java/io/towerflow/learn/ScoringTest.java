package io.towerflow.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.message.Attributes;
import io.towerflow.message.RawRecord;
import io.towerflow.metrics.Cohort;
import io.towerflow.metrics.Prequential;
import io.towerflow.profile.UserProfile;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;
import io.towerflow.tower.EncodedAttributes;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScoringTest {

  /** A query and a candidate are one number each. */
  private static final ModelSpec SPEC =
      ModelSpecs.parse(
          """
          event: {user: u, item: i, time: t}
          query: {features: [{kind: id, width: 1}]}
          candidate: {features: [{kind: id, width: 1}]}
          towers: {layers: [], normalize: false, item_bias: false}
          """);

  private final Model model = new Model(SPEC, Arithmetic.AUTO);
  private final CandidateVectors vectors = new CandidateVectors(model);

  @AfterEach
  void close() {
    model.close();
  }

  /** Items 1 to n at positions 0 to n - 1, with these scores for a query of 1. */
  private void items(float... scores) {
    for (int item = 1; item <= scores.length; item++) {
      model.catalogue.put(item, "i" + item, item, new int[0][], EncodedAttributes.NONE);
    }
    vectors.refresh();
    for (int position = 0; position < scores.length; position++) {
      vectors.page(position / CandidateVectors.PAGE)[0][position % CandidateVectors.PAGE] =
          scores[position];
    }
  }

  private static Example example(int item, boolean newItem, boolean positive, int... seen) {
    return new Example(
        "u",
        new UserProfile(1, seen, new int[0], new long[0], Attributes.NONE),
        false,
        "i" + item,
        item,
        newItem,
        null,
        null,
        Attributes.NONE,
        0,
        Double.NaN,
        1,
        positive,
        RawRecord.at("ratings", 0, 0));
  }

  private List<Optional<Scorer.Ranks>> ranks(
      List<Example> batch, int[] asked, int[] known, long... counts) {
    float[][] queries = new float[asked.length][1];
    for (float[] query : queries) {
      query[0] = 1;
    }
    return new Scoring(batch, model.catalogue, vectors, asked, queries, known, counts).call();
  }

  private static Optional<Scorer.Ranks> ranks(int byModel, int byPopularity, Cohort cohort) {
    return Optional.of(new Scorer.Ranks(byModel, byPopularity, cohort));
  }

  @Test
  void anItemRanksBehindThoseThatScoreHigherAndHalfOfThoseThatScoreTheSame() {
    items(5, 3, 3, 3, 1, Float.NaN);
    // Higher: 5 and NaN; the same: two others, which count as one. Popularity: 9 is more, two
    // others have 4 as well.
    assertThat(
            ranks(List.of(example(2, false, true)), new int[] {0}, new int[] {6}, 1, 4, 4, 9, 4, 0))
        .containsExactly(ranks(4, 3, Cohort.TORSO)); // 9 of 22 events took more popular items
  }

  @Test
  void whatTheUserHasTakenAndWhatCameLaterIsLeftOut() {
    items(5, 3, 3, 3, 1, Float.NaN);
    // Without items 1 and 3, and the sixth is not known yet: one ties, which counts half.
    assertThat(
            ranks(
                List.of(example(2, false, true, 1, 3, 77)),
                new int[] {0},
                new int[] {5},
                1,
                4,
                4,
                9,
                4,
                50))
        .containsExactly(ranks(1, 2, Cohort.TORSO));
  }

  @Test
  void whatTheUserTakesInABatchIsLeftOutFromTheNextEventOn() {
    items(5, 3, 4);
    // First item 1 is taken, so that only item 3 scores higher than item 2; then items 1 and 2 are.
    // Item 3 has had as many events as item 2. More popular ones had 9 of 13, then 12 of 14.
    assertThat(
            ranks(
                List.of(example(2, false, true, 1), example(3, false, true, 1, 2)),
                new int[] {0, 1},
                new int[] {3, 3},
                9,
                2,
                2))
        .containsExactly(ranks(2, 1, Cohort.TAIL), ranks(1, 1, Cohort.TAIL));
  }

  @Test
  void eachExampleIsRankedByTheCountsThatTheOnesBeforeItHaveLeft() {
    items(2, 1);
    Example second = example(2, false, true);
    // Item 2 begins with no event; after two of its own it is the most popular.
    assertThat(
            ranks(List.of(second, second, second), new int[] {0, 1, 2}, new int[] {2, 2, 2}, 1, 0))
        .containsExactly(
            ranks(2, 2, Cohort.TAIL), ranks(2, 1, Cohort.TORSO), ranks(2, 1, Cohort.HEAD));
  }

  @Test
  void firstSightingsAreMissesAndWhatIsNoPositiveHasNoRank() {
    items(2, 1);
    assertThat(
            ranks(
                List.of(example(2, true, true), example(1, false, false), example(1, false, true)),
                new int[] {2},
                new int[] {2},
                0,
                0))
        .containsExactly(
            ranks(Prequential.MISS, Prequential.MISS, Cohort.NEW_ITEM),
            Optional.empty(),
            ranks(1, 2, Cohort.TAIL)); // the event of item 2 is the only one so far
  }

  @Test
  void theWholeOfALargeCatalogueIsCompared() {
    float[] scores = new float[2 * CandidateVectors.PAGE + 100];
    for (int position = 0; position < scores.length; position++) {
      scores[position] = -position;
    }
    items(scores);
    int item = scores.length; // the last one: all others score higher
    int[] seen = {1, 64, 65, CandidateVectors.PAGE, CandidateVectors.PAGE + 1, scores.length - 1};
    assertThat(
            ranks(
                List.of(example(item, false, true, seen)),
                new int[] {0},
                new int[] {scores.length},
                new long[scores.length]))
        .containsExactly(ranks(scores.length - 6, 1 + (scores.length - 7) / 2, Cohort.TAIL));
  }
}
