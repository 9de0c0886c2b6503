package io.towerflow.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TokenVocabularyTest {

  private static Map<Integer, byte[]> drain(TokenVocabulary vocabulary) throws Exception {
    Map<Integer, byte[]> tokens = new HashMap<>();
    vocabulary.drainNew(tokens::put);
    return tokens;
  }

  @Test
  void tokensAreNumberedFromOneInTheOrderOfTheirFirstSight() {
    TokenVocabulary vocabulary = new TokenVocabulary(10);
    assertThat(vocabulary.indices(List.of("the", "sea", "the"))).containsExactly(1, 2, 1);
    assertThat(vocabulary.indices(List.of("sea", "wolf"))).containsExactly(2, 3);
  }

  @Test
  void aFullVocabularyAnswersOutOfVocabulary() {
    TokenVocabulary vocabulary = new TokenVocabulary(2);
    assertThat(vocabulary.indices(List.of("a", "b", "c", "a"))).containsExactly(1, 2, 0, 1);
    assertThat(vocabulary.size()).isEqualTo(2);
  }

  @Test
  void aRestoredVocabularyKeepsItsIndicesAndGoesOn() throws Exception {
    TokenVocabulary vocabulary = new TokenVocabulary(10);
    vocabulary.indices(List.of("grün", "blue"));
    TokenVocabulary restored = new TokenVocabulary(10);
    restored.restore(drain(vocabulary));
    assertThat(drain(vocabulary)).isEmpty();
    assertThat(restored.indices(List.of("red", "blue", "grün"))).containsExactly(3, 2, 1);
    assertThat(drain(restored)).containsOnlyKeys(3);
  }

  @Test
  void aSnapshotWithAHoleIsRefused() {
    assertThatThrownBy(
            () -> new TokenVocabulary(10).restore(Map.of(1, new byte[] {65}, 3, new byte[] {66})))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("none with index 2");
  }

  @Test
  void lookingForATokenTeachesNothing() {
    TokenVocabulary vocabulary = new TokenVocabulary(10);
    vocabulary.indices(List.of("a", "b"));

    assertThat(vocabulary.known(List.of("b", "c", "a"))).containsExactly(2, 0, 1);
    assertThat(vocabulary.size()).isEqualTo(2);
  }
}
