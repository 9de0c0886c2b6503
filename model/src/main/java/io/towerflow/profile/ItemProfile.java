package io.towerflow.profile;

import java.util.Arrays;

/**
 * What is known of one item: the index and the texts that it was last seen with.
 *
 * @param index the item's index, see {@link IndexSpace}
 * @param texts the item's texts in the order of the spec's text fields
 */
public record ItemProfile(int index, String[] texts) {

  /** Whether the item coming with these texts is nothing new. */
  public boolean hasTexts(String[] latest) {
    return Arrays.equals(texts, latest);
  }

  /** The profile after the item came with these texts; this one stays as it is. */
  public ItemProfile withTexts(String[] latest) {
    return new ItemProfile(index, latest);
  }
}
