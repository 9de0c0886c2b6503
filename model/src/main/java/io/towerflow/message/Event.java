package io.towerflow.message;

/**
 * One interaction of a user with an item, decoded and checked.
 *
 * <p>Its record goes with it, and its bytes are written wherever the event is, between operators
 * and into state, because only later does it show that an event is a duplicate or can't be trained,
 * and its dead letter must hold the record as it came. Nothing is learnt from it.
 *
 * @param user the user's id, never empty
 * @param item the item's id, never empty
 * @param time when it happened, milliseconds since the epoch (UTC)
 * @param value the number that the event carries (a rating, say), NaN where it has none
 * @param weight how much the event weighs in training, at least 0
 * @param positive whether the event is one to learn from as a wish for its item
 * @param texts the values of the spec's text fields, in the order of {@code EventSpec.texts()}
 * @param itemAttributes the item's categories and numbers
 * @param context the categories and numbers of the moment
 * @param id the event's own id, empty where the spec names no field for it
 * @param record the record that it was decoded from, never null
 */
public record Event(
    String user,
    String item,
    long time,
    double value,
    double weight,
    boolean positive,
    String[] texts,
    Attributes itemAttributes,
    Attributes context,
    String id,
    RawRecord record) {

  public Event {
    RawRecord.require(record);
  }
}
