package io.towerflow.connectors.codec;

import static java.time.ZoneOffset.UTC;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;

/** How an event writes its time; the rule is {@link EventDecoder}'s. */
final class EventTime {

  private static final long FIRST_MILLIS = 100_000_000_000L;
  private static final Instant END = Instant.parse("2100-01-01T00:00:00Z");
  private static final int LONGEST_TEXT = 64;

  private static final DateTimeFormatter ISO =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
          .optionalStart()
          .parseLenient()
          // Lenient, this reads minutes and the colon before them where they are there.
          .appendOffset("+HH", "Z")
          .toFormatter(Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);

  private EventTime() {}

  /** Milliseconds since the epoch of a whole number, as its JSON text. */
  static long ofInteger(String field, String number) throws UndecodableException {
    // Whatever has 18 digits is far past the range, and all of them fit a long.
    if (number.length() > 18) {
      throw outOfRange(field, number);
    }
    long value = Long.parseLong(number);
    return plausible(field, number, value < FIRST_MILLIS ? value * 1000 : value);
  }

  /** Milliseconds since the epoch of a number with a fraction or an exponent, as its JSON text. */
  static long ofFraction(String field, String number) throws UndecodableException {
    double value = Double.parseDouble(number);
    return plausible(field, number, Math.round(value < FIRST_MILLIS ? value * 1000 : value));
  }

  /** Milliseconds since the epoch of an ISO-8601 date-time. */
  static long ofText(String field, String text) throws UndecodableException {
    if (text.length() > LONGEST_TEXT) {
      throw unreadable(field, text);
    }
    Instant instant;
    try {
      TemporalAccessor time = ISO.parseBest(text, ZonedDateTime::from, LocalDateTime::from);
      instant =
          time instanceof LocalDateTime local
              ? local.toInstant(UTC)
              : ((ZonedDateTime) time).toInstant();
    } catch (DateTimeException e) {
      throw unreadable(field, text);
    }
    if (instant.isBefore(Instant.EPOCH) || !instant.isBefore(END)) {
      throw outOfRange(field, text);
    }
    return instant.toEpochMilli();
  }

  private static long plausible(String field, String written, long millis)
      throws UndecodableException {
    if (millis < 0 || millis >= END.toEpochMilli()) {
      throw outOfRange(field, written);
    }
    return millis;
  }

  private static UndecodableException unreadable(String field, String text) {
    return new UndecodableException(
        Reason.TIME_UNREADABLE,
        field,
        "the time '%s' is %s: it takes seconds or milliseconds since the epoch as a JSON number, or an ISO-8601 date-time such as \"1997-12-04T15:55:49Z\""
            .formatted(field, Excerpt.of(text)));
  }

  private static UndecodableException outOfRange(String field, String written) {
    return new UndecodableException(
        Reason.TIME_OUT_OF_RANGE,
        field,
        "the time '%s' is %s, which is before 1970 or after 2099 (numbers below 100000000000 count seconds, from there on milliseconds)"
            .formatted(field, Excerpt.of(written)));
  }
}
