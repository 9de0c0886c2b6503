package io.towerflow.connectors.codec;

import io.towerflow.message.RawRecord;

/** A record that cannot be used. It becomes a {@link DeadLetter}, and the stream goes on. */
public final class UndecodableException extends Exception {

  private final Reason reason;
  private final String field;

  UndecodableException(Reason reason, String field, String message) {
    // A stream of bad records must not cost a stack trace each.
    super(message, null, false, false);
    this.reason = reason;
    this.field = field;
  }

  /** Why, as a code. */
  public Reason reason() {
    return reason;
  }

  /** The field at fault, empty where no single field is. */
  public String field() {
    return field;
  }

  /** The dead letter that this makes of the record. */
  public DeadLetter deadLetter(RawRecord record) {
    return new DeadLetter(record, reason, getMessage(), field);
  }
}
