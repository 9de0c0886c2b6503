package io.towerflow.profile;

import io.towerflow.message.Attributes;
import java.util.Arrays;

/**
 * What is known of one item: the index and what it was last seen with.
 *
 * @param index the item's index, see {@link IndexSpace}
 * @param texts the item's texts in the order of the spec's text fields
 * @param attributes the item's categories and numbers
 */
public record ItemProfile(int index, String[] texts, Attributes attributes) {

  /** Whether the item coming with these is nothing new. */
  public boolean has(String[] latestTexts, Attributes latest) {
    return Arrays.equals(texts, latestTexts) && attributes.equals(latest);
  }

  /** The profile after the item came with these; this one stays as it is. */
  public ItemProfile with(String[] latestTexts, Attributes latest) {
    return new ItemProfile(index, latestTexts, latest);
  }

  /** Roughly what the profile takes in memory, in bytes. */
  public int bytes() {
    int bytes = 64 + attributes.bytes();
    for (String text : texts) {
      bytes += text == null ? 0 : 64 + text.length();
    }
    return bytes;
  }
}
