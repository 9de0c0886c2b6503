package io.towerflow.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Keras' {@code Dense(units)}, {@code x W + b}, with {@code activation="relu"} on all layers but
 * the last, over the side's features joined in their order: the tutorial's {@code QueryModel} and
 * {@code CandidateModel}.
 */
class DenseConformanceTest {

  @Test
  void everyLayerButTheLastIsRectified() {
    try (TestTowers towers =
        new TestTowers(
            """
            event: {user: u, item: i, time: t}
            query:
              features:
                - {kind: id, width: 1}
                - {kind: bucketized_time, width: 1, buckets: 2, from: 0, to: 1000}
                - {kind: normalized_time}
            candidate: {features: [{kind: id, width: 1}]}
            towers:
              {combine: concat, layers: [2, 2], normalize: false, temperature: 1, item_bias: false}
            loss: {uniform_negatives: 20}
            optimizer: {kind: sgd, learning_rate: 1}
            """)) {
      towers.towers().times().add(0);
      towers.towers().times().add(100); // mean 50, deviation 50: 100 s is 1
      towers.set("user", 1, 2);
      towers.set("time_bucket", 1, 3);
      // A row of weights for each input.
      towers.set("query.dense0.weights", 0, 1, -1);
      towers.set("query.dense0.weights", 1, 10, -2);
      towers.set("query.dense0.weights", 2, 100, 3);
      towers.set("query.dense0.bias", 0, 0.5f, 0.25f);
      towers.set("query.dense1.weights", 0, 1, -1);
      towers.set("query.dense1.weights", 1, 7, 8);
      towers.set("query.dense1.bias", 0, 1, 2);
      // (2, 3, 1) to 2 + 30 + 100 + 0.5 = 132.5 and -2 - 6 + 3 + 0.25 = -4.75, which is cut to 0;
      // then 132.5 + 1 and -132.5 + 2, which is not.
      assertThat(towers.towers().queryVectors(List.of(TestTowers.userAt(1, 100_000))))
          .containsExactly(new float[] {133.5f, -130.5f}, within(1e-4f));
    }
  }
}
