package io.towerflow.connectors.codec;

/** Why a record cannot be used. The names are codes that leave the system: never rename one. */
public enum Reason {
  /** The record has no value, or an empty one. */
  EMPTY_VALUE,
  /** The value is no single, well-formed JSON document in UTF-8, or it is nested absurdly deep. */
  NOT_JSON,
  /** The value is JSON, but not an object. */
  NOT_AN_OBJECT,
  /** A field that the spec names is absent or null. */
  MISSING_FIELD,
  /** A field occurs twice, so that it is anyone's guess which one counts. */
  DUPLICATE_FIELD,
  /** A field holds another JSON type than the spec asks for. */
  WRONG_TYPE,
  /** An id is the empty string. */
  EMPTY_ID,
  /** The time is neither a number of seconds or milliseconds nor an ISO-8601 date-time. */
  TIME_UNREADABLE,
  /** The time is before 1970 or after 2099. */
  TIME_OUT_OF_RANGE,
  /** An id, a text or the whole value is longer than is allowed. */
  TOO_LONG,
  /** A number is too large to be held: it would be read as infinite. */
  NOT_FINITE,
  /** A string holds half of a surrogate pair, which no message that leaves could repeat. */
  INVALID_TEXT,
  /** The event's weight is less than 0. */
  NEGATIVE_WEIGHT,
  /** Another event with the same id was taken not long before. */
  DUPLICATE,
  /** The batch that the event was in would have made the model's numbers infinite or NaN. */
  NOT_TRAINABLE
}
