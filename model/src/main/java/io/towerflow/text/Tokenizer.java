package io.towerflow.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Cuts a text into tokens as Keras' TextVectorization does with {@code lower_and_strip_punctuation}
 * and {@code split="whitespace"}: lower case, ASCII punctuation removed without a trace ({@code
 * don't} becomes {@code dont}), cut at white space. Letters and white space are Unicode's, where
 * Keras knows ASCII's alone.
 */
public final class Tokenizer {

  private Tokenizer() {}

  /**
   * The first {@code max} tokens of a text, in order, none of them empty.
   *
   * @throws IllegalArgumentException if {@code max} is negative
   */
  public static List<String> tokens(String text, int max) {
    if (max < 0) {
      throw new IllegalArgumentException("At most " + max + " tokens cannot be read");
    }
    List<String> tokens = new ArrayList<>();
    String lower = text.toLowerCase(Locale.ROOT);
    StringBuilder token = new StringBuilder();
    for (int i = 0; i < lower.length() && tokens.size() < max; i++) {
      char c = lower.charAt(i);
      if (Character.isWhitespace(c)) {
        if (!token.isEmpty()) {
          tokens.add(token.toString());
          token.setLength(0);
        }
      } else if (!isPunctuation(c)) {
        token.append(c);
      }
    }
    if (!token.isEmpty() && tokens.size() < max) {
      tokens.add(token.toString());
    }
    return tokens;
  }

  /** The 32 printable ASCII characters that are neither a letter nor a digit nor the space. */
  private static boolean isPunctuation(char c) {
    return c > ' '
        && c < 0x7f
        && !(c >= '0' && c <= '9')
        && !(c >= 'A' && c <= 'Z')
        && !(c >= 'a' && c <= 'z');
  }
}
