package io.towerflow.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class TokenizerTest {

  @Test
  void textIsLowerCasedStrippedOfPunctuationAndSplitAtWhiteSpace() {
    assertThat(Tokenizer.tokens("One Flew Over the Cuckoo's Nest (1975)", 32))
        .containsExactly("one", "flew", "over", "the", "cuckoos", "nest", "1975");
  }

  @Test
  void punctuationIsRemovedRatherThanReplacedByASpace() {
    assertThat(Tokenizer.tokens("don't spider-man 1,000", 32))
        .containsExactly("dont", "spiderman", "1000");
  }

  @Test
  void aWordOfPunctuationAloneIsNoToken() {
    assertThat(Tokenizer.tokens(" a & b -- ", 32)).containsExactly("a", "b");
  }

  @Test
  void aTextWithoutLettersHasNoTokens() {
    assertThat(Tokenizer.tokens("", 32)).isEmpty();
    assertThat(Tokenizer.tokens(" \t\n ... ", 32)).isEmpty();
  }

  @Test
  void tokensPastTheMaximumAreDropped() {
    assertThat(Tokenizer.tokens("a b c", 2)).containsExactly("a", "b");
    assertThat(Tokenizer.tokens("a b", 2)).containsExactly("a", "b");
    assertThat(Tokenizer.tokens("a", 0)).isEmpty();
    assertThatThrownBy(() -> Tokenizer.tokens("a", -1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aTokenThatRepeatsIsThereTwice() {
    assertThat(Tokenizer.tokens("New York, New York", 32))
        .containsExactly("new", "york", "new", "york");
  }

  @Test
  void lettersOutsideAsciiStay() {
    assertThat(Tokenizer.tokens("Amélie «ÉTÉ» 七人の侍", 32))
        .containsExactly("amélie", "«été»", "七人の侍");
  }

  @Test
  void theCaseOfLettersDoesNotDependOnTheMachinesLanguage() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("tr"));
      assertThat(Tokenizer.tokens("TITLE", 1)).containsExactly("title");
    } finally {
      Locale.setDefault(before);
    }
  }
}
