package io.towerflow.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.text.TokenVocabulary;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Keras' {@code StringLookup(vocabulary, mask_token=None)}: the vocabulary has the indices from 1
 * on in its order, everything else has index 0, and no string is special. Ids of users and items on
 * a stream have such indices shard by shard, see {@code IndexSpaceTest}; that a value never seen is
 * not learnt by looking for it is in {@code TokenVocabularyTest}.
 */
class StringLookupConformanceTest {

  @Test
  void aVocabularyHasTheIndicesFromOneOnInItsOrderAndAllElseHasZero() {
    TokenVocabulary users = new TokenVocabulary(100);
    users.indices(List.of("138", "92", "301"));
    assertThat(users.known(List.of("301", "138", "7", "92", "138"))).containsExactly(3, 1, 0, 2, 1);
  }

  @Test
  void noStringIsAMask() {
    TokenVocabulary users = new TokenVocabulary(100);
    assertThat(users.known(List.of("", "[UNK]"))).containsExactly(0, 0);
    users.indices(List.of("a", "", "[UNK]"));
    assertThat(users.known(List.of("", "[UNK]", "a"))).containsExactly(2, 3, 1);
  }

  @Test
  void stringsAreComparedAsTheyAre() {
    TokenVocabulary users = new TokenVocabulary(100);
    users.indices(List.of("42", "a"));
    assertThat(users.known(List.of("042", " 42", "A", "42"))).containsExactly(0, 0, 0, 1);
  }

  @Test
  void theHighestIndexIsTheVocabularysSizeSoAnEmbeddingNeedsOneRowMore() {
    TokenVocabulary users = new TokenVocabulary(943);
    List<String> ids = IntStream.rangeClosed(1, 943).mapToObj(String::valueOf).toList();
    assertThat(users.indices(ids)).isEqualTo(IntStream.rangeClosed(1, 943).toArray());
    assertThat(users.indices(List.of("944"))).containsExactly(0);
    assertThat(users.size()).isEqualTo(943);
  }

  @Test
  void everythingOutOfVocabularySharesARowOfItsOwn() {
    try (TestTowers towers =
        new TestTowers(
            """
            event: {user: u, item: i, time: t}
            query: {features: [{kind: id, width: 2}]}
            candidate: {features: [{kind: id, width: 2}]}
            towers: {layers: [], normalize: false, temperature: 1, item_bias: false}
            loss: {uniform_negatives: 20}
            optimizer: {kind: sgd, learning_rate: 1}
            """)) {
      towers.set("user", 0, 5, 6);
      towers.set("user", 1, 1, 2);
      assertThat(towers.towers().queryVectors(List.of(TestTowers.user(1), TestTowers.user(0))))
          .containsExactly(1, 2, 5, 6);
    }
  }
}
