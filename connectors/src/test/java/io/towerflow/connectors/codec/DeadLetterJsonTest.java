package io.towerflow.connectors.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.message.Attributes;
import io.towerflow.message.Event;
import io.towerflow.message.RawRecord;
import io.towerflow.spec.EventId;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeadLetterJsonTest {

  private static final byte[] NOT_TEXT = Records.bytes(0xFF, 0x00, 0xC0, 0x80);

  private static DeadLetter letter(byte[] key, byte[] value, String[] names, byte[][] values) {
    return new DeadLetter(
        new RawRecord(key, value, "ratings", 3, 17, 1_234, names, values),
        Reason.WRONG_TYPE,
        "the field 'at' is a boolean",
        "at");
  }

  private static DeadLetter letter(byte[] key, byte[] value) {
    return letter(key, value, new String[0], new byte[0][]);
  }

  private static void assertComesBack(DeadLetter letter) {
    assertThat(Messages.decodeDeadLetter(Messages.encode(letter)))
        .usingRecursiveComparison()
        .isEqualTo(letter);
  }

  @Test
  void bytesThatAreTextAreWrittenAsText() {
    DeadLetter letter =
        letter(
            "k".getBytes(UTF_8),
            "{\"at\":true}".getBytes(UTF_8),
            new String[] {"trace"},
            new byte[][] {"é".getBytes(UTF_8)});

    assertThat(new String(Messages.encode(letter), UTF_8))
        .isEqualTo(
            """
            {"reason":"WRONG_TYPE","message":"the field 'at' is a boolean","field":"at",\
            "topic":"ratings","partition":3,"offset":17,"timestamp":1234,\
            "key":"k","value":"{\\"at\\":true}","headers":[{"name":"trace","value":"é"}]}\
            """);
  }

  @Test
  void otherBytesAreWrittenInBase64() {
    // FF 00 C0 80 = 111111 110000 000011 000000 100000 00(0000) = / w D A g A ==
    DeadLetter letter = letter(NOT_TEXT, NOT_TEXT, new String[] {"h"}, new byte[][] {NOT_TEXT});

    assertThat(new String(Messages.encode(letter), UTF_8))
        .endsWith(
            """
            "key":"/wDAgA==","key_encoding":"base64",\
            "value":"/wDAgA==","value_encoding":"base64",\
            "headers":[{"name":"h","value":"/wDAgA==","value_encoding":"base64"}]}\
            """);
  }

  @Test
  void whatIsNotThereIsNull() {
    DeadLetter letter =
        new DeadLetter(
            new RawRecord(null, null, "t", 0, 0, 0, new String[] {"h"}, new byte[][] {null}),
            Reason.EMPTY_VALUE,
            "the record has no value",
            "");

    assertThat(new String(Messages.encode(letter), UTF_8))
        .contains("\"field\":null,")
        .endsWith("\"key\":null,\"value\":null,\"headers\":[{\"name\":\"h\",\"value\":null}]}");
    assertComesBack(letter);
  }

  @Test
  void whatWasDecodedAndThenSetAsideHoldsItsRecordAsItCame() {
    RawRecord record =
        new RawRecord(
            NOT_TEXT,
            "{\"eid\":\"e9\"}".getBytes(UTF_8),
            "ratings",
            3,
            17,
            1_234,
            new String[] {"h"},
            new byte[][] {null});
    Event event =
        new Event(
            "u",
            "i",
            5,
            Double.NaN,
            1,
            true,
            new String[0],
            Attributes.NONE,
            Attributes.NONE,
            "e9",
            record);
    String asItCame =
        """
        "topic":"ratings","partition":3,"offset":17,"timestamp":1234,\
        "key":"/wDAgA==","key_encoding":"base64","value":"{\\"eid\\":\\"e9\\"}",\
        "headers":[{"name":"h","value":null}]}\
        """;

    DeadLetter duplicate = DeadLetter.duplicate(event, new EventId("eid", Duration.ofHours(1)), 20);
    assertThat(new String(Messages.encode(duplicate), UTF_8))
        .isEqualTo(
            """
            {"reason":"DUPLICATE","message":"the id 'eid' is \\"e9\\", which an event had that was \
            taken 20 ms earlier; ids are remembered for 3600000 ms (event.deduplicate_within)",\
            "field":"eid",\
            """
                + asItCame);
    assertComesBack(duplicate);

    DeadLetter notTrainable = DeadLetter.notTrainable(record, "It weighs too much.");
    assertThat(new String(Messages.encode(notTrainable), UTF_8))
        .isEqualTo(
            """
            {"reason":"NOT_TRAINABLE","message":"the event's batch was not trained. It weighs too much.",\
            "field":null,\
            """
                + asItCame);
    assertComesBack(notTrainable);
  }

  @Test
  void everyByteSurvives() {
    byte[] every = new byte[256];
    for (int i = 0; i < every.length; i++) {
      every[i] = (byte) i;
    }
    byte[] ascii = Arrays.copyOf(every, 128);

    assertComesBack(letter(every, ascii));
    assertComesBack(letter(ascii, every));
    assertComesBack(
        letter(
            new byte[0],
            "\uFFFD 😀 \u0000".getBytes(UTF_8),
            new String[] {"same", "same", ""},
            new byte[][] {every, null, new byte[0]}));
  }

  @Test
  void randomBytesSurvive() {
    Random random = new Random(7);
    for (int i = 0; i < 200; i++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      assertComesBack(letter(bytes, bytes));
    }
  }

  @Test
  void aMessageThatQuotesHalfACharacterCanStillBeWritten() {
    DeadLetter letter =
        new DeadLetter(Records.of("\ud83d\ude00"), Reason.NOT_JSON, "unexpected '\ud83d'", "");

    assertThat(Messages.decodeDeadLetter(Messages.encode(letter)).message())
        .isEqualTo("unexpected '?'");
  }

  @Test
  void aRecordOf128KibibytesIsPassedOnWhole() {
    byte[] whole = new byte[128 * 1024];

    DeadLetter letter = letter(null, whole);

    assertThat(letter.isCut()).isFalse();
    assertThat(Messages.decodeDeadLetter(Messages.encode(letter)).record().value())
        .isEqualTo(whole);
    // Every zero byte becomes six characters, and that still fits Kafka's default of 1 MiB.
    assertThat(Messages.encode(letter)).hasSizeLessThan(1 << 20);
  }

  @Test
  void aLargerRecordIsCutAndSaysSo() {
    byte[] key = new byte[40 * 1024];
    byte[] value = new byte[88 * 1024];
    Arrays.fill(value, (byte) 'x');
    DeadLetter letter = letter(key, value, new String[] {"h"}, new byte[1][]);

    assertThat(letter.isCut()).isTrue();
    assertThat(new String(Messages.encode(letter), UTF_8))
        .contains("\"headers\":[],")
        .endsWith("\"cut\":true}");
    RawRecord back = Messages.decodeDeadLetter(Messages.encode(letter)).record();
    assertThat(back.key()).isEqualTo(new byte[32 * 1024]);
    assertThat(back.value()).isEqualTo(Arrays.copyOf(value, 32 * 1024));
    assertThat(back.offset()).isEqualTo(17);
  }

  @Test
  void aRefusalMakesADeadLetterOfItsRecord() {
    RawRecord record = Records.of("{}");
    DeadLetter letter =
        new UndecodableException(Reason.MISSING_FIELD, "user", "missing").deadLetter(record);

    assertThat(letter).isEqualTo(new DeadLetter(record, Reason.MISSING_FIELD, "missing", "user"));
  }
}
