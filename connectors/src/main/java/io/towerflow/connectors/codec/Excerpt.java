package io.towerflow.connectors.codec;

/** The beginning of a value, short enough for a message. */
final class Excerpt {

  private static final int LONGEST = 60;

  private Excerpt() {}

  /** {@code text} in quotes, cut after 60 characters, never within one. */
  static String of(String text) {
    if (text.length() <= LONGEST) {
      return '"' + text + '"';
    }
    int end = Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
    return '"' + text.substring(0, end) + "…\"";
  }

  /** The first line of a parser's message; the rest repeats the position in the source. */
  static String firstLine(String message) {
    return message.lines().findFirst().orElse(message);
  }
}
