package io.towerflow.local;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.towerflow.connectors.codec.DeadLetter;
import io.towerflow.connectors.codec.Messages;
import io.towerflow.connectors.codec.Reason;
import io.towerflow.connectors.kafka.KafkaSettings;
import io.towerflow.connectors.kafka.TopicAdmin;
import io.towerflow.connectors.kafka.TopicShape;
import io.towerflow.message.RawRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stream of good, spoilt and senseless records through a real broker and the whole job: it lives,
 * and what was sent is what was trained and what was set aside.
 */
class FuzzTest {

  private static final int RECORDS = 100_000;

  /** Ten thousand bad records in a row. */
  private static final int BLOCK_FROM = 40_000;

  private static final int BLOCK_TO = 50_000;

  /** A good record but for its weight, under which its batch cannot be trained. */
  private static final int POISON = 70_000;

  private static final int BATCH = 512;

  private static final String SPEC =
      """
      name: fuzz
      event: {user: user, item: item, time: time, id: event, deduplicate_within: 36500d, value: stars, weight: weight}
      query:
        features:
          - {kind: history, items: 5, decays: [0.8]}
          - {kind: number, field: price}
      candidate:
        features:
          - {kind: id, width: 8}
          - {kind: category, field: genre, width: 8}
      towers: {combine: concat, layers: [8]}
      batch: {size: %d, span: 36500d}
      replay: {ratio: 0}
      """
          .formatted(BATCH);

  /** Values that no field is meant to have, and some that are good for one field or another. */
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "\"\"",
          "\" \"",
          "\"\\u0000\"",
          "\"\\ud83d\"",
          "\"\\ud83d\\ude00\"",
          "\"7\"",
          "7",
          "-7",
          "-0.0",
          "0",
          "1e999",
          "-1e999",
          "1e39",
          "NaN",
          "Infinity",
          "\"NaN\"",
          "1234567890123456",
          "\"0001-01-01T00:00:00Z\"",
          "\"9999-12-31T23:59:59Z\"",
          "\"1997-12-04T15:55:49\"",
          "-1",
          "4102444800",
          "[]",
          "[1, \"a\", true, null]",
          "[[1]]",
          "{}",
          "{\"a\": {\"b\": []}}",
          "[".repeat(100) + "]".repeat(100),
          "[".repeat(5_000),
          "[" + "1,".repeat(100) + "1]",
          "\"" + "x".repeat(600) + "\"",
          "\"" + "y".repeat(5_000) + "\"");

  private static final List<String> FIELDS =
      List.of("user", "item", "time", "stars", "weight", "price", "genre", "other", "event");

  /** Not long ago, or the broker would drop what is past its retention. */
  private static final long FIRST_TIMESTAMP = System.currentTimeMillis();

  private final SplittableRandom random = new SplittableRandom(7);

  /** Records that are as they should be. */
  private final BitSet good = new BitSet();

  /** Records that are as they should be, but that an earlier one has their event's id. */
  private final BitSet repeated = new BitSet();

  /** The ids of good records' events, as JSON. */
  private final List<String> ids = new ArrayList<>();

  private byte[] key;

  @Test
  void theJobLivesAndWhatWasSentIsWhatWasTrainedAndWhatWasSetAside(@TempDir Path directory)
      throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"))) {
      KafkaSettings settings = KafkaSettings.of(broker.address());
      TopicAdmin.ensureTopics(settings, Map.of("ratings", TopicShape.plain(1)));
      List<ProducerRecord<byte[], byte[]>> sent = send(broker);
      Path spec = Files.writeString(directory.resolve("fuzz.yaml"), SPEC);

      CommandLineRun run =
          CommandLineRun.of(
              directory,
              "run",
              "--brokers",
              broker.address(),
              "--spec",
              spec.toString(),
              "--stop",
              "end",
              "--report-dir",
              directory.resolve("report").toString(),
              "--json");

      assertThat(run.errors()).isEmpty();
      assertThat(run.code()).isZero();
      JsonNode figures = new ObjectMapper().readTree(run.lastLine());
      assertThat(figures.get("events_sent").asLong()).isEqualTo(RECORDS);
      BitSet setAside = deadLetters(settings, sent);
      assertThat(figures.get("dead_letters").asLong()).isEqualTo(setAside.cardinality());
      assertThat(figures.get("events_trained").asLong() + setAside.cardinality())
          .as("trained and set aside")
          .isEqualTo(RECORDS);
      assertThat(setAside.nextClearBit(BLOCK_FROM))
          .as("the end of the bad records in a row")
          .isGreaterThanOrEqualTo(BLOCK_TO);
      assertThat(good.cardinality()).isBetween(30_000, 60_000);
    }
  }

  /** The offsets of the dead letters, each of which must be the record that was sent there. */
  private BitSet deadLetters(KafkaSettings settings, List<ProducerRecord<byte[], byte[]>> sent)
      throws IOException {
    BitSet offsets = new BitSet();
    BitSet poisoned = new BitSet();
    BitSet undecoded = new BitSet();
    BitSet duplicates = new BitSet();
    Set<Reason> reasons = EnumSet.noneOf(Reason.class);
    try (Topics topics = new Topics(settings)) {
      topics.read(
          "dead-letters",
          message -> {
            DeadLetter letter = Messages.decodeDeadLetter(message.value());
            int offset = (int) letter.record().offset();
            assertThat(offsets.get(offset)).as("two letters of record %d", offset).isFalse();
            offsets.set(offset);
            assertThat(letter.message()).isNotBlank();
            reasons.add(letter.reason());
            assertIsWhatWasSent(sent.get(offset), letter.record());
            if (letter.reason() == Reason.NOT_TRAINABLE) {
              poisoned.set(offset);
              return;
            }
            assertThat(good.get(offset))
                .as("record %d is good, but: %s", offset, letter.message())
                .isFalse();
            if (letter.reason() == Reason.DUPLICATE) {
              duplicates.set(offset);
              return;
            }
            undecoded.set(offset);
          });
    }
    assertThat(duplicates).isEqualTo(thoseWhoseIdAnEarlierOneHad(sent, undecoded));
    assertThat(repeated.cardinality()).isBetween(5_000, 15_000);
    repeated.andNot(duplicates);
    assertThat(repeated).as("repeated, and not found to be").isEqualTo(new BitSet());
    assertThat(poisoned.get(POISON)).as("the poison is set aside").isTrue();
    assertThat(poisoned.cardinality()).as("events of the one poisoned batch").isEqualTo(BATCH);
    assertThat(reasons)
        .contains(
            Reason.EMPTY_VALUE,
            Reason.NOT_JSON,
            Reason.NOT_AN_OBJECT,
            Reason.MISSING_FIELD,
            Reason.DUPLICATE_FIELD,
            Reason.WRONG_TYPE,
            Reason.EMPTY_ID,
            Reason.TIME_UNREADABLE,
            Reason.TIME_OUT_OF_RANGE,
            Reason.TOO_LONG,
            Reason.NOT_FINITE,
            Reason.INVALID_TEXT,
            Reason.NEGATIVE_WEIGHT);
    return offsets;
  }

  /** By the records' order alone, since all ids are remembered for longer than the stream takes. */
  private static BitSet thoseWhoseIdAnEarlierOneHad(
      List<ProducerRecord<byte[], byte[]>> sent, BitSet undecoded) throws IOException {
    ObjectMapper json = new ObjectMapper();
    Set<String> had = new HashSet<>();
    BitSet duplicates = new BitSet();
    for (int i = undecoded.nextClearBit(0); i < RECORDS; i = undecoded.nextClearBit(i + 1)) {
      if (!had.add(json.readTree(sent.get(i).value()).get("event").asText())) {
        duplicates.set(i);
      }
    }
    return duplicates;
  }

  /** All of it, or, where the record is very large, the beginning of its value. */
  private static void assertIsWhatWasSent(
      ProducerRecord<byte[], byte[]> sent, RawRecord inTheLetter) {
    String record = "record " + inTheLetter.offset();
    byte[] left = inTheLetter.value();
    assertThat(inTheLetter.timestamp()).as(record).isEqualTo(sent.timestamp());
    if (sent.value() != null && sent.value().length > 128 * 1024) {
      assertThat(left).as(record).isNotEmpty();
      assertThat(Arrays.mismatch(sent.value(), left)).as(record).isEqualTo(left.length);
      return;
    }
    assertThat(left).as(record).isEqualTo(sent.value());
    assertThat(inTheLetter.key()).as(record).isEqualTo(sent.key());
    Header[] headers = sent.headers().toArray();
    assertThat(inTheLetter.headerNames())
        .as(record)
        .containsExactly(Stream.of(headers).map(Header::key).toArray(String[]::new));
    assertThat(inTheLetter.headerValues())
        .as(record)
        .isDeepEqualTo(Stream.of(headers).map(Header::value).toArray(byte[][]::new));
  }

  private List<ProducerRecord<byte[], byte[]>> send(EmbeddedBroker broker) throws Exception {
    List<ProducerRecord<byte[], byte[]>> sent = new ArrayList<>();
    List<Future<RecordMetadata>> acknowledged = new ArrayList<>();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.address()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int i = 0; i < RECORDS; i++) {
        key = i % 5 == 0 ? null : ("key " + i).getBytes(UTF_8);
        byte[] value = value(i);
        sent.add(new ProducerRecord<>("ratings", 0, FIRST_TIMESTAMP + i, key, value, headers(i)));
        acknowledged.add(producer.send(sent.get(i)));
      }
    }
    for (Future<RecordMetadata> each : acknowledged) {
      each.get();
    }
    return sent;
  }

  /** Up to three, some of one name, some without a value. */
  private static List<Header> headers(int i) {
    List<Header> headers = new ArrayList<>();
    for (int h = 0; h < i % 4; h++) {
      headers.add(
          new RecordHeader("h" + h / 2, h == i % 3 ? null : new byte[] {(byte) i, (byte) h}));
    }
    return headers;
  }

  private byte[] value(int i) {
    if (i >= BLOCK_FROM && i < BLOCK_TO) {
      return "bad %d".formatted(i).getBytes(UTF_8);
    }
    if (i % 50_000 == 1) {
      // As large as the broker takes.
      return ("{\"user\":\"" + "u".repeat(1_000_000) + "\"}").getBytes(UTF_8);
    }
    if (i == POISON) {
      return event(FIELDS.indexOf("weight"), "3e38").getBytes(UTF_8);
    }
    switch (random.nextInt(9)) {
      case 0 -> {
        key = bytes(random.nextInt(20));
        return random.nextInt(4) == 0 ? null : bytes(random.nextInt(100));
      }
      case 1, 2 -> {
        return withAStrangeField();
      }
      case 3 -> {
        return spoilt(event(FIELDS.size(), "").getBytes(UTF_8));
      }
      case 4 -> {
        // The id alone is an earlier event's.
        if (ids.isEmpty()) {
          return good(i);
        }
        repeated.set(i);
        String id = ids.get(random.nextInt(ids.size()));
        return event(FIELDS.indexOf("event"), id).getBytes(UTF_8);
      }
      default -> {
        return good(i);
      }
    }
  }

  private byte[] good(int i) {
    good.set(i);
    String id = id();
    ids.add(id);
    return event(FIELDS.indexOf("event"), id).getBytes(UTF_8);
  }

  /** Of so many that none comes twice, nor becomes another when it is spoilt. */
  private String id() {
    return "\"%d\"".formatted(random.nextLong());
  }

  /** An event of which one field has a value of {@link #VALUES}, or is missing, or comes twice. */
  private byte[] withAStrangeField() {
    String strange = VALUES.get(random.nextInt(VALUES.size()));
    int field = random.nextInt(FIELDS.size());
    return switch (random.nextInt(10)) {
      case 0 -> strange.getBytes(UTF_8);
      case 1 -> event(field, null).getBytes(UTF_8);
      case 2 -> event(field, strange + ",\"" + FIELDS.get(field) + "\":1").getBytes(UTF_8);
      default -> event(field, strange).getBytes(UTF_8);
    };
  }

  /** An event as JSON; field number {@code field} has another value than it should, or none. */
  private String event(int field, String value) {
    List<String> values =
        List.of(
            "\"u%d\"".formatted(random.nextInt(300)),
            String.valueOf(random.nextInt(200)),
            String.valueOf(1_500_000_000 + random.nextInt(100_000_000)),
            String.valueOf(1 + random.nextInt(5)),
            "0.5",
            String.valueOf(random.nextDouble(-10, 10)),
            "[\"a\",\"b\"]",
            "{\"deep\":[1,2,{\"x\":null}]}",
            id());
    List<String> members = new ArrayList<>();
    for (int i = 0; i < FIELDS.size(); i++) {
      String member = i == field ? value : values.get(i);
      if (member != null) {
        members.add("\"%s\":%s".formatted(FIELDS.get(i), member));
      }
    }
    return "{" + String.join(",", members) + "}";
  }

  /** One to five bytes are changed, cut out, put in, or said twice. */
  private byte[] spoilt(byte[] value) {
    StringBuilder text = new StringBuilder(new String(value, ISO_8859_1));
    for (int times = 1 + random.nextInt(5); times > 0; times--) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(4)) {
        case 0 -> text.setCharAt(at, (char) random.nextInt(256));
        case 1 -> text.deleteCharAt(at);
        case 2 -> text.insert(at, (char) random.nextInt(256));
        default -> text.insert(at, text.substring(at));
      }
    }
    return text.toString().getBytes(ISO_8859_1);
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) random.nextInt();
    }
    return bytes;
  }
}
