package io.towerflow.spec;

import java.util.List;
import java.util.Optional;

/**
 * Which fields of an incoming event mean what.
 *
 * @param user the field that holds the user's id
 * @param item the field that holds the item's id
 * @param time the field that holds the event's time
 * @param value the field that holds a number such as a rating, if any
 * @param label the text field that names an item for people, if any
 * @param texts the text fields that candidate features read, and the label, each once, in order
 * @param itemAttributes what else candidate features read
 * @param context what query features read of the event
 */
public record EventSpec(
    String user,
    String item,
    String time,
    Optional<String> value,
    Optional<String> label,
    List<String> texts,
    AttributeFields itemAttributes,
    AttributeFields context) {}
