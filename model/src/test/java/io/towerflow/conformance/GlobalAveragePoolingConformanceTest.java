package io.towerflow.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/**
 * Keras' {@code Embedding(mask_zero=True)} and {@code GlobalAveragePooling1D} under its mask:
 * {@code sum_t mask_t E[token_t] / sum_t mask_t}. Texts are of different length and nothing pads
 * them, so there is no row for padding. Where all is masked Keras divides 0 by 0; here the mean is
 * zero.
 */
class GlobalAveragePoolingConformanceTest {

  private static final Offset<Float> CLOSE = within(1e-6f);

  private static final String TITLES =
      """
      event: {user: u, item: i, time: t}
      query: {features: [{kind: id, width: 2}]}
      candidate: {features: [{kind: text, field: title, width: 2}]}
      towers: {layers: [], normalize: false, temperature: 1, item_bias: false}
      loss: {uniform_negatives: 20}
      optimizer: {kind: sgd, learning_rate: 1}
      """;

  @Test
  void theMeanIsOverTheTokensThatAreThere() {
    try (TestTowers towers = new TestTowers(TITLES)) {
      towers.set("token.title", 1, 2, 0);
      towers.set("token.title", 2, 0, 4);
      towers.set("token.title", 3, 30, -9);
      // Keras would pad all to four tokens: [1 2 0 0], [3 0 0 0], [1 1 1 2]. A mean that counted
      // the padding would halve the first one and quarter the second.
      assertThat(
              towers
                  .towers()
                  .candidateVectors(
                      List.of(
                          TestTowers.item(7, 1, 2),
                          TestTowers.item(8, 3),
                          TestTowers.item(9, 1, 1, 1, 2))))
          .containsExactly(new float[] {1, 2, 30, -9, 1.5f, 1}, CLOSE);
    }
  }

  @Test
  void aTextOfPaddingAloneIsZeroRatherThanNotANumber() {
    try (TestTowers towers = new TestTowers(TITLES)) {
      assertThat(towers.towers().candidateVectors(List.of(TestTowers.item(7))))
          .containsExactly(0, 0);
    }
  }

  @Test
  void aTokenOutOfVocabularyIsNoPaddingAndCounts() {
    try (TestTowers towers = new TestTowers(TITLES)) {
      towers.set("token.title", 0, 6, 6);
      towers.set("token.title", 1, 2, 0);
      assertThat(towers.towers().candidateVectors(List.of(TestTowers.item(7, 0, 1))))
          .containsExactly(new float[] {4, 3}, CLOSE);
    }
  }

  @Test
  void theGradientIsSharedByTheTokensThatAreThereAndOneThatStandsTwiceHasTwoShares() {
    try (TestTowers towers = new TestTowers(TITLES)) {
      towers.set("user", 1, 1, 0);
      for (int token = 1; token <= 3; token++) {
        towers.set("token.title", token, 0, 0);
      }
      towers.train(
          List.of(TestTowers.user(1)),
          List.of(TestTowers.item(7, 1, 1, 2), TestTowers.item(8, 3), TestTowers.item(9)),
          new int[] {0},
          new float[] {1},
          new float[3],
          1);
      // All scores are 0, each has probability 1/3: the loss falls along (2/3, -1/3, -1/3) times
      // the query (1, 0). The first one's token 1 has two shares of three, token 2 has one.
      assertThat(towers.get("token.title", 1)).containsExactly(new float[] {4 / 9f, 0}, CLOSE);
      assertThat(towers.get("token.title", 2)).containsExactly(new float[] {2 / 9f, 0}, CLOSE);
      assertThat(towers.get("token.title", 3)).containsExactly(new float[] {-1 / 3f, 0}, CLOSE);
    }
  }
}
