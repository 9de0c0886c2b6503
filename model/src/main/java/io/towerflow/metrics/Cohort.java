package io.towerflow.metrics;

/**
 * What kind of event was scored; every event belongs to one. Events of a known user with a known
 * item are told apart by how popular the item was at that moment, see {@link PopularityTier}.
 */
public enum Cohort {
  /** The user's first event, whatever the item: a miss by definition. */
  NEW_USER("new_user"),
  /** The item's first event, of a user known before: a miss by definition. */
  NEW_ITEM("new_item"),
  /** One of the few most popular items. */
  HEAD("head"),
  /** An item between head and tail. */
  TORSO("torso"),
  /** One of the many least popular items. */
  TAIL("tail");

  private final String key;

  Cohort(String key) {
    this.key = key;
  }

  /** The cohort's name in messages. */
  public String key() {
    return key;
  }

  /** The cohort of a first sighting; a new user with a new item counts as a new user. */
  public static Cohort ofFirstSighting(boolean newUser) {
    return newUser ? NEW_USER : NEW_ITEM;
  }
}
