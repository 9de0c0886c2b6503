package io.towerflow.message;

/**
 * One interaction of a user with an item, decoded and checked.
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
 * @param partition the log's partition that the record was read from
 * @param offset the record's offset in that partition
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
    int partition,
    long offset) {}
