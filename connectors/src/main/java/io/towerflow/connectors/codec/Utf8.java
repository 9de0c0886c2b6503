package io.towerflow.connectors.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/** Strict UTF-8: what isn't well-formed is no text, instead of text with replacements. */
final class Utf8 {

  private static final char REPLACEMENT = '\uFFFD';

  private Utf8() {}

  /** The text that {@code bytes} spell, null where they are no well-formed UTF-8. */
  static String decodeOrNull(byte[] bytes) {
    // The lenient decoder is much the faster one, and it marks every fault with the replacement.
    String text = new String(bytes, UTF_8);
    if (text.indexOf(REPLACEMENT) < 0) {
      return text;
    }
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /**
   * Whether {@code text} has a UTF-8 form: it hasn't where half of a surrogate pair stands alone,
   * which a JSON escape can spell.
   */
  static boolean isEncodable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  /**
   * {@code text} with every stray half of a surrogate pair replaced, which many JSON readers
   * refuse.
   */
  static String encodable(String text) {
    return isEncodable(text) ? text : new String(text.getBytes(UTF_8), UTF_8);
  }
}
