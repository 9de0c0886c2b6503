package io.towerflow.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.message.TrainingProgress;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CandidateVectorsTest {

  private static final int HISTORY = 5;

  private static final String IDS = "";
  private static final String WORDS = ", {kind: text, field: title, width: 8}";

  private static ModelSpec spec(String more) {
    return ModelSpecs.parse(
        """
        event: {user: u, item: i, time: t, label: title}
        query: {features: [{kind: history, items: 5, decays: [0.2, 0.8]}]}
        candidate:
          features: [{kind: id, width: 8}, {kind: popularity, half_lives: [50], age: true}%s]
        towers: {layers: [], item_bias: true}
        loss: {uniform_negatives: 4}
        batch: {size: 8}
        replay: {ratio: 1.0, memory: 100}
        evaluation: {every_events: 40}
        """
            .formatted(more));
  }

  @ParameterizedTest
  @ValueSource(strings = {IDS, WORDS})
  void whatIsKeptIsWhatWouldBeComputedAfterEveryStep(String more) {
    ModelSpec spec = spec(more);
    try (Model model = new Model(spec, Arithmetic.AUTO)) {
      CandidateVectors vectors = new CandidateVectors(model);
      Trainer trainer = new Trainer(model);
      List<Example> walks = ExampleStream.walks(240, HISTORY);
      for (int from = 0; from < 240; from += 8) {
        List<Example> batch = walks.subList(from, from + 8);
        for (int i = 0; i < 8; i++) {
          model.meet(batch.get(i), from + i + 1);
        }
        TrainingSample sample =
            trainer.sample(batch, batch.stream().map(model::query).toList(), from + 1);
        trainer.train(batch, sample, CandidateVectorsTest::ignore);
        vectors.learnt(sample);
        if (from % 24 == 0) {
          vectors.refresh(new int[] {0, 1});
        } else {
          vectors.refresh();
          vectors.popularity(from + 9);
          assertThat(all(vectors, model)).isEqualTo(anew(model, from + 9));
        }
      }
    }
  }

  private static void ignore(TrainingProgress progress) {
    assertThat(progress.events()).isPositive();
  }

  private static float[] all(CandidateVectors vectors, Model model) {
    int[] positions = new int[model.catalogue.size()];
    Arrays.setAll(positions, i -> i);
    float[][] columns = vectors.columns(positions);
    float[] all = new float[positions.length * vectors.width()];
    for (int i = 0; i < all.length; i++) {
      all[i] = columns[i % vectors.width()][i / vectors.width()];
    }
    return all;
  }

  private static float[] anew(Model model, long now) {
    return model.towers.candidateVectors(model.candidates.all(now));
  }

  @Test
  void aSecondThreadChangesNothingThatIsLearntOrTold() {
    List<TrainingProgress> alone = new ArrayList<>();
    List<TrainingProgress> together = new ArrayList<>();
    try (TwoTowerLearner one = new TwoTowerLearner(spec(WORDS), threads(1));
        TwoTowerLearner two = new TwoTowerLearner(spec(WORDS), threads(2))) {
      for (Example example : ExampleStream.walks(300, HISTORY)) {
        one.learn(example, alone::add);
        two.learn(example, together::add);
      }
      one.finish(alone::add);
      two.finish(together::add);
    }
    assertThat(together).hasSize(8).isEqualTo(alone);
  }

  private static Arithmetic threads(int threads) {
    return new Arithmetic(Arithmetic.Kind.AUTO, "auto", threads);
  }
}
