package io.towerflow.metrics;

/** What kind of event was scored; every event belongs to one. */
public enum Cohort {
  /** The user's first event, whatever the item: a miss by definition. */
  NEW_USER("new_user"),
  /** The item's first event, of a user known before: a miss by definition. */
  NEW_ITEM("new_item"),
  /** Both are known. */
  RETURNING("returning");

  private final String key;

  Cohort(String key) {
    this.key = key;
  }

  /** The cohort's name in messages. */
  public String key() {
    return key;
  }

  /** The cohort of an event; a new user with a new item counts as a new user. */
  public static Cohort of(boolean newUser, boolean newItem) {
    if (newUser) {
      return NEW_USER;
    }
    return newItem ? NEW_ITEM : RETURNING;
  }
}
