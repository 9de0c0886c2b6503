package io.towerflow.connectors.codec;

import io.towerflow.message.Event;
import io.towerflow.message.RawRecord;
import io.towerflow.spec.EventId;
import java.util.Arrays;

/**
 * A record that cannot be used, and why.
 *
 * @param record the record, untouched
 * @param reason why, as a code
 * @param message why, as a sentence
 * @param field the field at fault, empty where no single field is
 */
public record DeadLetter(RawRecord record, Reason reason, String message, String field) {

  /**
   * Bytes of key, value and headers up to which a record is passed on whole. Escaped as JSON they
   * are six times as long at worst, and key and headers are sent a second time as they are: that
   * stays below Kafka's default limit of a message, 1 MiB.
   */
  static final int WHOLE_BYTES = 128 * 1024;

  /** Bytes of key and of value that are left of a larger record. */
  static final int CUT_BYTES = 32 * 1024;

  /**
   * An event that had been taken before.
   *
   * @param id what tells it from others
   * @param age milliseconds since the event with the same id
   */
  public static DeadLetter duplicate(Event event, EventId id, long age) {
    return new DeadLetter(
        event.record(),
        Reason.DUPLICATE,
        "the id '%s' is %s, which an event had that was taken %d ms earlier; ids are remembered for %d ms (event.deduplicate_within)"
            .formatted(id.field(), Excerpt.of(event.id()), age, id.within().toMillis()),
        id.field());
  }

  /**
   * An event of a batch that could not be trained.
   *
   * @param record the event's
   * @param why a sentence
   */
  public static DeadLetter notTrainable(RawRecord record, String why) {
    return new DeadLetter(
        record, Reason.NOT_TRAINABLE, "the event's batch was not trained. " + why, "");
  }

  /**
   * Whether the record is too large to be passed on whole. A bad record must not stop the job, and
   * a message that the broker refuses would.
   */
  public boolean isCut() {
    long bytes = length(record.key()) + length(record.value());
    for (int i = 0; i < record.headerNames().length; i++) {
      // At most three bytes a UTF-16 unit.
      bytes += 3L * record.headerNames()[i].length() + length(record.headerValues()[i]);
    }
    return bytes > WHOLE_BYTES;
  }

  /**
   * The record as it is passed on: untouched, or, where it {@link #isCut()}, the beginnings of key
   * and value without headers.
   */
  public RawRecord passedOn() {
    return !isCut()
        ? record
        : new RawRecord(
            cut(record.key()),
            cut(record.value()),
            record.topic(),
            record.partition(),
            record.offset(),
            record.timestamp(),
            new String[0],
            new byte[0][]);
  }

  private static long length(byte[] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  private static byte[] cut(byte[] bytes) {
    return length(bytes) <= CUT_BYTES ? bytes : Arrays.copyOf(bytes, CUT_BYTES);
  }
}
