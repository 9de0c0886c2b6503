package io.towerflow.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.spec.FeatureSpec;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;
import io.towerflow.text.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Keras' {@code TextVectorization(max_tokens)}: lower case, the punctuation of {@code
 * lower_and_strip_punctuation} removed, split at white space; adapted, the most frequent tokens get
 * the smallest indices. Keras' index 0 is padding and 1 is {@code [UNK]}; ours has no padding, so 0
 * is out-of-vocabulary and every index is Keras' less one.
 *
 * <p>Ours differs on purpose where Keras knows ASCII alone: letters of all languages are
 * lower-cased and all white space of Unicode but the no-break spaces splits. Of equally frequent
 * tokens Keras puts the greater one in the order of bytes first, ours the one that was seen first:
 * which random row a token starts from, and nothing else while the vocabulary has room.
 */
class TextVectorizationConformanceTest {

  /** Keras' own pattern. In it {@code ,-\.} is a range, of comma, hyphen and full stop. */
  private static final Pattern KERAS_PUNCTUATION =
      Pattern.compile("[!\"#$%&()\\*\\+,-\\./:;<=>?@\\[\\\\\\]^_`{|}~\\']");

  /** Read off the pattern by hand: 32 characters, all of ASCII's punctuation. */
  private static final String STRIPPED = "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'";

  private static Texts titles(int tokens) {
    return new Texts(
        ModelSpecs.parse(
            """
            event: {user: u, item: i, time: t}
            query: {features: [{kind: id}]}
            candidate: {features: [{kind: text, field: title, tokens: %d}]}
            loss: {uniform_negatives: 20}
            """
                .formatted(tokens)));
  }

  private static Texts adapted(int tokens, String... body) {
    Texts texts = titles(tokens);
    texts.learnMostFrequent(Arrays.stream(body).map(text -> new String[] {text}).toList());
    return texts;
  }

  private static List<String> vocabulary(Texts texts) {
    return texts.fields().get(0).vocabulary().tokens();
  }

  @Test
  void everyCharacterOfKerasPunctuationIsStrippedWithoutATrace() {
    assertThat(STRIPPED).hasSize(32);
    for (int i = 0; i < 32; i++) {
      String c = STRIPPED.substring(i, i + 1);
      assertThat(KERAS_PUNCTUATION.matcher(c).matches()).as(c).isTrue();
      assertThat(Tokenizer.tokens("a" + c + "b " + c, 9)).as(c).containsExactly("ab");
    }
  }

  @Test
  void noOtherCharacterIs() {
    for (char c = 0; c < 0x250; c++) {
      if (Character.isWhitespace(c)) {
        continue;
      }
      String text = "a" + c + "b";
      String stripped = KERAS_PUNCTUATION.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("");
      assertThat(Tokenizer.tokens(text, 2)).as("U+%04x", (int) c).isEqualTo(List.of(stripped));
    }
  }

  @Test
  void whiteSpaceOfAnyLengthSplitsAndThatAtTheEndsIsNothing() {
    // The six characters at which C's isspace, and so tf.strings.split, cuts.
    assertThat(Tokenizer.tokens("\n a\tb\nc\u000bd\fe\rf  g ", 9))
        .containsExactly("a", "b", "c", "d", "e", "f", "g");
  }

  @Test
  void titlesAreCutAsInTheTutorial() {
    assertThat(Tokenizer.tokens("Shawshank Redemption, The (1994)", 32))
        .containsExactly("shawshank", "redemption", "the", "1994");
    assertThat(Tokenizer.tokens("Schindler's List (1993)", 32))
        .containsExactly("schindlers", "list", "1993");
    assertThat(Tokenizer.tokens("Mystery Science Theater 3000: The Movie (1996)", 32))
        .containsExactly("mystery", "science", "theater", "3000", "the", "movie", "1996");
    assertThat(Tokenizer.tokens("Face/Off (1997)", 32)).containsExactly("faceoff", "1997");
  }

  @Test
  void theMostFrequentTokensGetTheSmallestIndices() {
    // the 4, sea 3, wolf 2, hawk 1
    Texts texts = adapted(10, "The sea wolf", "the Sea, the sea", "wolf", "The hawk");
    assertThat(vocabulary(texts)).containsExactly("the", "sea", "wolf", "hawk");
    // Keras: ['', '[UNK]', 'the', 'sea', 'wolf', 'hawk'], so [2, 5, 1, 3, 2]
    assertThat(texts.tokens(new String[] {"The hawk swims; sea the"})[0])
        .containsExactly(1, 4, 5, 2, 1);
  }

  @Test
  void aTokenPastTheLimitIsOutOfVocabularyHoweverEarlyItWasSeen() {
    Texts texts = adapted(2, "rare wolf sea sea", "wolf the", "the the");
    assertThat(vocabulary(texts)).containsExactly("the", "wolf");
    assertThat(texts.tokens(new String[] {"The rare sea wolf"})[0]).containsExactly(1, 0, 0, 2);
  }

  @Test
  void equallyFrequentTokensStandInTheOrderOfTheirFirstSight() {
    // All three twice. Keras would sort them backwards: c, b, a.
    assertThat(vocabulary(adapted(10, "b a c", "c a b"))).containsExactly("b", "a", "c");
  }

  @Test
  void theTutorialsTenThousandIndicesArePaddingUnknownAndTheMostFrequentTokens() {
    ModelSpec tutorial = ModelSpecs.load("tutorial");
    int tokens =
        tutorial.candidate().stream()
            .filter(feature -> feature instanceof FeatureSpec.Text)
            .mapToInt(feature -> ((FeatureSpec.Text) feature).tokens())
            .sum();
    // Keras' max_tokens counts '' and [UNK] in.
    assertThat(tokens).isEqualTo(10_000 - 2);
    String[] body =
        IntStream.range(0, 10_500)
            .mapToObj(word -> ("w" + word + " ").repeat(word < 500 ? 1 : 2))
            .toArray(String[]::new);
    Texts texts = adapted(tokens, body);
    assertThat(vocabulary(texts)).hasSize(9_998).contains("w500", "w10497");
    assertThat(vocabulary(texts)).doesNotContain("w0", "w499", "w10498", "w10499");
  }

  @Test
  void aTextWithoutTokensIsAllPadding() {
    assertThat(titles(10).tokens(new String[] {" ... "})[0]).isEmpty();
  }
}
