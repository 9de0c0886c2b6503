package io.towerflow.spec;

import java.util.Collection;
import java.util.Comparator;

/** Guesses what someone meant to write. */
final class Nearest {

  private Nearest() {}

  /** The end of a sentence about a word that is not known; empty if none is like it. */
  static String hint(String word, Collection<String> known) {
    return known.stream()
        .filter(each -> distance(word, each) <= 1 + word.length() / 3)
        .min(Comparator.comparingInt(each -> distance(word, each)))
        .map(each -> "; did you mean " + each + "?")
        .orElse("");
  }

  /** The same, and where none is like it, all that are known. */
  static String hintOrAll(String word, Collection<String> known) {
    String hint = hint(word, known);
    return hint.isEmpty() ? "; known here: " + String.join(", ", known) : hint;
  }

  /** The edits (insert, delete, replace a character) that make one word of the other. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
