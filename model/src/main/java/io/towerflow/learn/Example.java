package io.towerflow.learn;

import io.towerflow.message.Attributes;
import io.towerflow.message.RawRecord;
import io.towerflow.profile.IndexSpace;
import io.towerflow.profile.UserProfile;

/**
 * An event with its indices and with what was known of its user the moment before it.
 *
 * @param user the user's id
 * @param before the user's profile before this event
 * @param newUser whether this is the user's first event
 * @param item the item's id
 * @param itemIndex the item's index, out-of-vocabulary where the item is not admitted yet: then its
 *     user is known to have done something, and what is not
 * @param newItem whether this is the item's first event
 * @param texts the item's texts in the order of the spec's text fields; null unless this is the
 *     item's first event or a text or an attribute changed
 * @param attributes the item's categories and numbers; null where {@code texts} is
 * @param context the categories and numbers of the event
 * @param time when it happened, milliseconds since the epoch
 * @param value the number that the event carries, NaN where it has none
 * @param weight how much the event weighs in training, at least 0
 * @param positive whether the event is one to learn from as a wish for its item; otherwise all that
 *     it says is that its user has taken the item
 * @param record the record that the event was decoded from, never null: see {@link
 *     io.towerflow.message.Event}
 */
public record Example(
    String user,
    UserProfile before,
    boolean newUser,
    String item,
    int itemIndex,
    boolean newItem,
    String[] texts,
    Attributes attributes,
    Attributes context,
    long time,
    double value,
    double weight,
    boolean positive,
    RawRecord record) {

  public Example {
    RawRecord.require(record);
  }

  /** Whether the item has an index. */
  public boolean itemIsKnown() {
    return itemIndex != IndexSpace.OUT_OF_VOCABULARY;
  }

  /** The same event of a user of whom more, or less, is told. */
  public Example with(UserProfile told) {
    return new Example(
        user,
        told,
        newUser,
        item,
        itemIndex,
        newItem,
        texts,
        attributes,
        context,
        time,
        value,
        weight,
        positive,
        record);
  }

  /**
   * The user's profile after this event.
   *
   * @param historyItems how many recent items to keep
   */
  public UserProfile after(int historyItems) {
    return before.after(itemIndex, time, positive, historyItems).inContext(context);
  }
}
