package io.towerflow.learn;

/**
 * Who leaves the vocabularies at one moment of the stream.
 *
 * @param items indices of items
 * @param users indices of users, one for each, {@link
 *     io.towerflow.profile.IndexSpace#OUT_OF_VOCABULARY} for one who had none yet
 */
public record Evictions(int[] items, int[] users) {

  /** Whether nobody leaves. */
  public boolean isEmpty() {
    return items.length == 0 && users.length == 0;
  }
}
