package io.towerflow.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.towerflow.message.TrainingProgress;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PublisherTest {

  private static final int HISTORY = 5;

  private static ModelSpec spec(double tolerance, int renewEvery) {
    return ModelSpecs.parse(
        """
        event: {user: u, item: i, time: t, label: title}
        query: {features: [{kind: history, items: 5, decays: [0.2, 0.8]}]}
        candidate:
          features: [{kind: id, width: 8}, {kind: popularity, half_lives: [50], age: true}]
        towers: {layers: [], item_bias: true}
        loss: {uniform_negatives: 4}
        batch: {size: 8}
        publication: {tolerance: %s, renew_every: %d}
        """
            .formatted(tolerance, renewEvery));
  }

  private static void ignore(TrainingProgress progress) {
    assertThat(progress.events()).isPositive();
  }

  private static Map<Integer, float[]> vectors(Publication publication) {
    Map<Integer, float[]> vectors = new HashMap<>();
    publication.candidates().forEach(each -> vectors.put(each.index(), each.vector()));
    return vectors;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int k = 0; k < a.length; k++) {
      sum += (double) a[k] * b[k];
    }
    return sum;
  }

  @Test
  void noScoreOfAPublicationsQueriesIsFartherOffThanTheTolerance() {
    double tolerance = 0.05;
    Map<Integer, float[]> shards = new HashMap<>();
    int sent = 0;
    int all = 0;
    try (TwoTowerLearner exact = new TwoTowerLearner(spec(0, 1));
        TwoTowerLearner saving = new TwoTowerLearner(spec(tolerance, 1000))) {
      int events = 0;
      for (Example example : ExampleStream.walks(480, HISTORY)) {
        exact.learn(example, PublisherTest::ignore);
        saving.learn(example, PublisherTest::ignore);
        if (++events % 24 == 0) {
          Map<Integer, float[]> now = vectors(exact.publish().orElseThrow());
          Publication publication = saving.publish().orElseThrow();
          shards.putAll(vectors(publication));
          sent += publication.candidates().size();
          all += now.size();
          assertThat(shards.keySet()).isEqualTo(now.keySet());
          for (Publication.Query query : publication.queries()) {
            now.forEach(
                (item, vector) ->
                    assertThat(dot(query.vector(), shards.get(item)))
                        .as("the score of item %d", item)
                        .isCloseTo(dot(query.vector(), vector), within(tolerance)));
          }
        }
      }
    }
    assertThat(sent).isLessThan(all);
  }

  @Test
  void whatNeverMovesFarIsSentAgainAfterSoManyPublications() {
    try (TwoTowerLearner learner = new TwoTowerLearner(spec(1e9, 3))) {
      List<Example> walks = ExampleStream.walks(1200, HISTORY);
      walks.subList(0, 1000).forEach(example -> learner.learn(example, PublisherTest::ignore));
      int all = learner.publish().orElseThrow().candidates().size();
      assertThat(all).isEqualTo(60);
      for (int publication = 2; publication <= 7; publication++) {
        int from = 1000 + 16 * publication;
        walks
            .subList(from, from + 16)
            .forEach(example -> learner.learn(example, PublisherTest::ignore));
        assertThat(learner.publish().orElseThrow().candidates())
            .as("publication %d", publication)
            .hasSize(publication % 3 == 1 ? all : 0);
      }
    }
  }

  @Test
  void aLargeCatalogueIsLookedAtByTurnsAndWhatWasTakenAtOnce() {
    int items = Publisher.MOST_EXAMINED + 1000;
    ModelSpec spec =
        ModelSpecs.parse(
            """
            event: {user: u, item: i, time: t, label: title}
            query: {features: [{kind: history, items: 5, decays: [0.5]}]}
            candidate: {features: [{kind: id, width: 1}, {kind: popularity, age: true}]}
            towers: {normalize: false}
            loss: {uniform_negatives: 1}
            batch: {size: 1000}
            replay: {ratio: 0}
            evaluation: {full_until: 1}
            """);
    ExampleStream stream = new ExampleStream(HISTORY);
    try (TwoTowerLearner learner = new TwoTowerLearner(spec)) {
      int e = 0;
      for (; e < items; e++) {
        learner.learn(stream.next("u" + e % 1000, "i" + e, "t", e), PublisherTest::ignore);
      }
      // Never sent is sent, however many there are.
      assertThat(learner.publish().orElseThrow().candidates()).hasSize(items);
      Set<String> sent = new HashSet<>();
      for (int publication = 0; publication < 2; publication++) {
        for (int i = 0; i < 1000; i++, e++) {
          learner.learn(stream.next("u" + i, "i" + i, "t", e), PublisherTest::ignore);
        }
        // Every vector has moved: all are older by a thousand events.
        List<Publication.Candidate> candidates = learner.publish().orElseThrow().candidates();
        assertThat(candidates).hasSize(Publisher.MOST_EXAMINED);
        Set<String> ids = new HashSet<>();
        candidates.forEach(candidate -> ids.add(candidate.id()));
        for (int i = 0; i < 1000; i++) {
          assertThat(ids).contains("i" + i);
        }
        sent.addAll(ids);
      }
      assertThat(sent).hasSize(items);
    }
  }
}
