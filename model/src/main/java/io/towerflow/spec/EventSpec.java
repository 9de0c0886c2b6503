package io.towerflow.spec;

import java.util.List;
import java.util.Optional;

/**
 * Which fields of an incoming event mean what.
 *
 * @param user the field that holds the user's id
 * @param item the field that holds the item's id
 * @param time the field that holds the event's time
 * @param id what tells an event that was sent twice, if anything does
 * @param value the field that holds a number such as a rating, if any
 * @param weight the field that holds how much the event weighs in training, if any
 * @param positiveWhen what the value has to be for the event to be a positive, if not any will do
 * @param label the text field that names an item for people, if any
 * @param texts the text fields that candidate features read, and the label, each once, in order
 * @param itemAttributes what else candidate features read
 * @param context what query features read of the event
 */
public record EventSpec(
    String user,
    String item,
    String time,
    Optional<EventId> id,
    Optional<String> value,
    Optional<String> weight,
    Optional<Condition> positiveWhen,
    Optional<String> label,
    List<String> texts,
    AttributeFields itemAttributes,
    AttributeFields context) {

  /** Whether an event with this value (NaN for none) is one to learn from as a positive. */
  public boolean isPositive(double value) {
    return positiveWhen.isEmpty() || positiveWhen.get().holds(value);
  }

  /** Whether events may differ in what they are worth. */
  public boolean isWeighed() {
    return weight.isPresent() || positiveWhen.isPresent();
  }
}
