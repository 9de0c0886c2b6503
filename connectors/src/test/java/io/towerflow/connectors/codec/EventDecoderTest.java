package io.towerflow.connectors.codec;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.towerflow.message.Attributes;
import io.towerflow.message.Event;
import io.towerflow.message.RawRecord;
import io.towerflow.spec.AttributeFields;
import io.towerflow.spec.EventSpec;
import io.towerflow.spec.ModelSpecs;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventDecoderTest {

  private static final EventSpec SPEC =
      new EventSpec(
          "user",
          "item",
          "at",
          Optional.empty(),
          Optional.of("rating"),
          Optional.empty(),
          Optional.empty(),
          Optional.of("title"),
          List.of("title", "tag"),
          AttributeFields.NONE,
          AttributeFields.NONE);

  private static final String GOOD =
      """
      {"user":"ann","item":"i7","at":881250949,"rating":4.5,"title":"Salty Pier","tag":"sea"}\
      """;

  private final EventDecoder decoder = new EventDecoder(SPEC);

  /** The good event with another value for a field. */
  private static String with(String field, String json) {
    return GOOD.replaceFirst(
        pattern(field), Matcher.quoteReplacement("\"%s\":%s".formatted(field, json)));
  }

  private static String without(String field) {
    return GOOD.replaceFirst(pattern(field) + ",?", "").replace(",}", "}");
  }

  private static String pattern(String field) {
    return "\"%s\":(\"[^\"]*\"|[0-9.]+)".formatted(field);
  }

  private Event decode(String value) throws UndecodableException {
    return decoder.decode(Records.of(value));
  }

  private UndecodableException refusal(RawRecord record) {
    UndecodableException refusal =
        catchThrowableOfType(UndecodableException.class, () -> decoder.decode(record));
    assertThat(refusal).as("refusal of the record").isNotNull();
    return refusal;
  }

  private void assertRefused(String value, Reason reason, String field) {
    UndecodableException refusal = refusal(Records.of(value));
    assertThat(refusal.reason()).as(refusal.getMessage()).isEqualTo(reason);
    assertThat(refusal.field()).isEqualTo(field);
    assertThat(refusal.getMessage()).contains(field);
  }

  @Test
  void anEventIsReadByTheNamesOfTheSpec() throws UndecodableException {
    Event event = decode(GOOD);

    assertThat(event.user()).isEqualTo("ann");
    assertThat(event.item()).isEqualTo("i7");
    assertThat(event.time()).isEqualTo(881_250_949_000L);
    assertThat(event.value()).isEqualTo(4.5);
    assertThat(event.texts()).containsExactly("Salty Pier", "sea");
  }

  @Test
  void anEventHasTheRecordThatItWasReadFromOrTheOneThatIsGivenInItsPlace()
      throws UndecodableException {
    RawRecord record = Records.of(GOOD);
    RawRecord place = RawRecord.at("ratings", 3, 17);

    assertThat(decoder.decode(record).record()).isSameAs(record);
    Event event = decoder.decode(record.value(), place);
    assertThat(event.item()).isEqualTo("i7");
    assertThat(event.record()).isSameAs(place);
  }

  @Test
  void fieldsThatTheSpecDoesNotNameAreSkipped() throws UndecodableException {
    String more = GOOD.replaceFirst("\\{", "{\"more\":{\"user\":[1,{\"item\":2}]},\"x\":null,");

    assertThat(decode(more).user()).isEqualTo("ann");
  }

  @Test
  void nothingIsLeftOverFromTheRecordBefore() throws UndecodableException {
    assertThat(decode(GOOD).value()).isEqualTo(4.5);
    assertThat(decode(without("rating")).value()).isNaN();
    assertRefused(without("title"), Reason.MISSING_FIELD, "title");
  }

  /** Weighed by the field w, positive from a rating of 4 on. */
  private static final EventDecoder WEIGHED =
      new EventDecoder(
          ModelSpecs.parse(
                  """
                  event:
                    {user: user, item: item, time: at, value: rating, weight: w, positive_when: rating >= 4}
                  query: {features: [{kind: id}]}
                  candidate: {features: [{kind: id}]}
                  """)
              .event());

  private static Event weighed(String fields) throws UndecodableException {
    return WEIGHED.decode(Records.of("{\"user\":1,\"item\":2,\"at\":3%s}".formatted(fields)));
  }

  @Test
  void aWeightIsANumberOfAtLeastZeroAndOneWhereThereIsNone() throws UndecodableException {
    assertThat(weighed("").weight()).isEqualTo(1);
    assertThat(weighed(",\"w\":null").weight()).isEqualTo(1);
    assertThat(weighed(",\"w\":0").weight()).isZero();
    assertThat(weighed(",\"w\":2.5").weight()).isEqualTo(2.5);
    assertThat(decode(GOOD).weight()).isEqualTo(1);
    for (var refused :
        Map.of(
                "-0.5",
                Reason.NEGATIVE_WEIGHT,
                "1e39",
                Reason.NOT_FINITE,
                "\"2\"",
                Reason.WRONG_TYPE)
            .entrySet()) {
      UndecodableException refusal =
          catchThrowableOfType(
              UndecodableException.class, () -> weighed(",\"w\":" + refused.getKey()));
      assertThat(refusal.reason()).isEqualTo(refused.getValue());
      assertThat(refusal.field()).isEqualTo("w");
    }
  }

  @Test
  void anEventsOwnIdIsReadWhereTheSpecNamesOneAndMustBeThereThen() throws UndecodableException {
    EventDecoder withIds =
        new EventDecoder(
            ModelSpecs.parse(
                    """
                    event: {user: user, item: item, time: at, id: eid}
                    query: {features: [{kind: id}]}
                    candidate: {features: [{kind: id}]}
                    """)
                .event());

    assertThat(decode(GOOD).id()).isEmpty();
    for (String written : List.of("17", "\"17\"")) {
      String json = "{\"user\":1,\"item\":2,\"at\":3,\"eid\":%s}".formatted(written);
      assertThat(withIds.decode(Records.of(json)).id()).isEqualTo("17");
    }
    UndecodableException refusal =
        catchThrowableOfType(UndecodableException.class, () -> withIds.decode(Records.of(GOOD)));
    assertThat(refusal.reason()).isEqualTo(Reason.MISSING_FIELD);
    assertThat(refusal.field()).isEqualTo("eid");
  }

  @Test
  void anEventIsPositiveWhereItsValueSaysSo() throws UndecodableException {
    assertThat(weighed(",\"rating\":4").positive()).isTrue();
    assertThat(weighed(",\"rating\":3.5").positive()).isFalse();
    assertThat(weighed("").positive()).isFalse();
    assertThat(decode(without("rating")).positive()).isTrue();
  }

  @Test
  void oneFieldMayServeAsIdAndAsText() throws UndecodableException {
    EventSpec titles =
        new EventSpec(
            "user",
            "title",
            "at",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of("title"),
            List.of("title"),
            AttributeFields.NONE,
            AttributeFields.NONE);

    Event event = new EventDecoder(titles).decode(Records.of(GOOD));

    assertThat(event.item()).isEqualTo("Salty Pier");
    assertThat(event.texts()).containsExactly("Salty Pier");
    assertThat(event.value()).isNaN();
  }

  @Test
  void aWholeNumberIsAnIdByItsDecimalText() throws UndecodableException {
    assertThat(decode(with("user", "42")).user()).isEqualTo("42");
    assertThat(decode(with("item", "123456789012345678901234567890")).item())
        .isEqualTo("123456789012345678901234567890");
  }

  @Test
  void idsAndTextsAreReadInEveryScript() throws UndecodableException {
    Event event = decode(with("title", "\"Ääkkönen 東京 \\ud83d\\ude00\"").replace("ann", "Zoë"));

    assertThat(event.user()).isEqualTo("Zoë");
    assertThat(event.texts()[0]).isEqualTo("Ääkkönen 東京 😀");
  }

  @Test
  void theReplacementCharacterItselfIsText() throws UndecodableException {
    assertThat(decode(with("title", "\"\uFFFD\"")).texts()[0]).isEqualTo("\uFFFD");
  }

  @Test
  void aTextMayBeEmpty() throws UndecodableException {
    assertThat(decode(with("title", "\"\"")).texts()[0]).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1970-01-01T00:00:00Z",
    "881250949, 1997-12-04T15:55:49Z",
    "4102444799, 2099-12-31T23:59:59Z",
    "100000000000, 1973-03-03T09:46:40Z",
    "881250949123, 1997-12-04T15:55:49.123Z",
    "4102444799999, 2099-12-31T23:59:59.999Z",
    "881250949.123, 1997-12-04T15:55:49.123Z",
    "8.81250949e8, 1997-12-04T15:55:49Z",
    "8.81250949123e11, 1997-12-04T15:55:49.123Z",
  })
  void aNumberBelowAHundredBillionCountsSecondsFromThereOnMilliseconds(String json, Instant time)
      throws UndecodableException {
    assertThat(decode(with("at", json)).time()).isEqualTo(time.toEpochMilli());
  }

  @ParameterizedTest
  @CsvSource({
    "1997-12-04T15:55:49Z, 1997-12-04T15:55:49Z",
    "1997-12-04T15:55:49.250Z, 1997-12-04T15:55:49.250Z",
    "1997-12-04T16:55:49+01:00, 1997-12-04T15:55:49Z",
    "1997-12-04T16:55:49+0100, 1997-12-04T15:55:49Z",
    "1997-12-04T16:55:49+01, 1997-12-04T15:55:49Z",
    "1997-12-04T15:55:49, 1997-12-04T15:55:49Z",
    "1997-12-04T15:55, 1997-12-04T15:55:00Z",
    "2099-12-31T23:59:59.999999999Z, 2099-12-31T23:59:59.999Z",
  })
  void aStringIsAnIsoDateTimeInUtcUnlessItSaysOtherwise(String text, Instant time)
      throws UndecodableException {
    assertThat(decode(with("at", '"' + text + '"')).time()).isEqualTo(time.toEpochMilli());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\"",
        "\"yesterday\"",
        "\"881250949\"",
        "\"1997-12-04\"",
        "\"1997-13-04T00:00:00Z\"",
        "\"1997-02-30T00:00:00Z\"",
        "\"1997-12-04T15:55:49Z and more\"",
        "\"1997-12-04T15:55:49.000000000000000000000000000000000000000000000000Z\""
      })
  void anotherStringIsNoTime(String json) {
    assertRefused(with("at", json), Reason.TIME_UNREADABLE, "at");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-1",
        "-0.001",
        "4102444800",
        "99999999999",
        "4102444800000",
        "123456789012345678",
        "9999999999999999999",
        "99999999999999999999999999999999999999",
        "1e400",
        "-1e400",
        "1e300",
        "\"1969-12-31T23:59:59.999Z\"",
        "\"2100-01-01T00:00:00Z\"",
        "\"+999999999-12-31T23:59:59Z\"",
        "\"-999999999-01-01T00:00:00Z\"",
      })
  void aTimeBefore1970OrAfter2099IsOutOfRange(String json) {
    assertRefused(with("at", json), Reason.TIME_OUT_OF_RANGE, "at");
  }

  @Test
  void aTimeOfAnotherTypeIsRefused() {
    assertRefused(with("at", "true"), Reason.WRONG_TYPE, "at");
    assertRefused(with("at", "[881250949]"), Reason.WRONG_TYPE, "at");
  }

  @ParameterizedTest
  @ValueSource(strings = {"user", "item", "at", "title", "tag"})
  void aMissingOrNullFieldIsRefused(String field) {
    assertRefused(without(field), Reason.MISSING_FIELD, field);
    assertRefused(with(field, "null"), Reason.MISSING_FIELD, field);
  }

  @Test
  void anEventMayHaveNoValue() throws UndecodableException {
    assertThat(decode(without("rating")).value()).isNaN();
    assertThat(decode(with("rating", "null")).value()).isNaN();
    assertThat(decode(with("rating", "-3")).value()).isEqualTo(-3);
  }

  @Test
  void theFirstFaultInTheOrderOfTheSpecIsReported() {
    assertRefused("{\"at\":true,\"item\":\"\"}", Reason.MISSING_FIELD, "user");
    assertRefused("{\"at\":true,\"item\":\"\",\"user\":1}", Reason.EMPTY_ID, "item");
  }

  @ParameterizedTest
  @CsvSource({
    "user, 1.5",
    "user, true",
    "item, {}",
    "item, [1]",
    "rating, '\"4\"'",
    "rating, false",
    "title, 7",
    "tag, [\"a\"]",
  })
  void aFieldOfAnotherTypeIsRefused(String field, String json) {
    assertRefused(with(field, json), Reason.WRONG_TYPE, field);
  }

  @Test
  void anEmptyIdIsRefused() {
    assertRefused(with("user", "\"\""), Reason.EMPTY_ID, "user");
  }

  @Test
  void aNumberTooLargeToBeHeldIsRefused() {
    assertRefused(with("rating", "1e999"), Reason.NOT_FINITE, "rating");
    assertRefused(with("rating", "-1e999"), Reason.NOT_FINITE, "rating");
  }

  @ParameterizedTest
  @ValueSource(strings = {"NaN", "Infinity", "-Infinity", "+1", "01", "1.", ".5", "0x10"})
  void whatIsNoJsonNumberIsNoJson(String number) {
    assertRefused(with("rating", number), Reason.NOT_JSON, "");
  }

  @Test
  void idsOf512CharactersAreTakenAndLongerOnesRefused() throws UndecodableException {
    assertThat(decode(with("user", '"' + "x".repeat(512) + '"')).user()).hasSize(512);
    assertRefused(with("user", '"' + "x".repeat(513) + '"'), Reason.TOO_LONG, "user");
    assertRefused(with("item", "1".repeat(513)), Reason.TOO_LONG, "item");
  }

  @Test
  void textsOf4096CharactersAreTakenAndLongerOnesRefused() throws UndecodableException {
    assertThat(decode(with("tag", '"' + "x".repeat(4096) + '"')).texts()[1]).hasSize(4096);
    assertRefused(with("tag", '"' + "x".repeat(4097) + '"'), Reason.TOO_LONG, "tag");
  }

  @Test
  void aValueOfAMebibyteIsReadAndALongerOneRefused() throws UndecodableException {
    String padded = GOOD + " ".repeat(EventDecoder.MAX_VALUE_BYTES - GOOD.length());

    assertThat(decode(padded).user()).isEqualTo("ann");
    assertRefused(padded + " ", Reason.TOO_LONG, "");
  }

  @Test
  void halfOfASurrogatePairIsNoText() {
    assertRefused(with("user", "\"a\\ud83d\""), Reason.INVALID_TEXT, "user");
    assertRefused(with("title", "\"\\ude00\\ud83d\""), Reason.INVALID_TEXT, "title");
    assertRefused(with("at", "\"\\ud83d\""), Reason.INVALID_TEXT, "at");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hello",
        "{\"user\":\"ann\"",
        "{'user':1}",
        "{user:1}",
        "{\"user\":1,}",
        "{\"a\":\"\t\"}",
        "{\"a\":1} {\"b\":2}",
        "{\"a\":1}]",
        "{\"a\":1} //",
        "{\"a\":tru}",
        "\uFEFF{}",
        "😀",
      })
  void whatIsNotOneJsonDocumentIsRefused(String value) {
    assertRefused(value, Reason.NOT_JSON, "");
  }

  @Test
  void trailingTokensAreRefusedAfterAnOtherwiseGoodEvent() {
    assertRefused(GOOD + "1", Reason.NOT_JSON, "");
  }

  @Test
  void whatIsNotUtf8IsRefused() {
    byte[] overlong = (GOOD + "  ").getBytes(UTF_8);
    overlong[overlong.length - 2] = (byte) 0xC0;
    overlong[overlong.length - 1] = (byte) 0x80;

    assertThat(refusal(Records.of(overlong)).reason()).isEqualTo(Reason.NOT_JSON);
    assertThat(refusal(Records.of(GOOD.getBytes(UTF_16))).reason()).isEqualTo(Reason.NOT_JSON);
    assertThat(refusal(Records.of(Records.bytes(0, 0, 0, 42, 0xFF))).getMessage())
        .contains("UTF-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[1]", "\"text\"", "42", "1.5", "true", "null"})
  void jsonThatIsNoObjectIsRefused(String value) {
    assertRefused(value, Reason.NOT_AN_OBJECT, "");
  }

  @Test
  void aRecordWithoutAValueIsRefused() {
    assertRefused(null, Reason.EMPTY_VALUE, "");
    assertRefused("", Reason.EMPTY_VALUE, "");
    assertRefused(" \n", Reason.EMPTY_VALUE, "");
  }

  @Test
  void aFieldThatOccursTwiceIsRefusedUnlessNobodyReadsIt() throws UndecodableException {
    assertRefused(GOOD.replaceFirst("\\{", "{\"user\":\"bob\","), Reason.DUPLICATE_FIELD, "user");
    assertThat(decode(GOOD.replaceFirst("\\{", "{\"x\":1,\"x\":2,")).user()).isEqualTo("ann");
  }

  @Test
  void nestingIsReadTo64LevelsAndRefusedBeyond() throws UndecodableException {
    // The event's own object is the first level.
    String deep = GOOD.replaceFirst("\\{", "{\"x\":" + "[".repeat(63) + "]".repeat(63) + ",");
    String deeper = GOOD.replaceFirst("\\{", "{\"x\":" + "[".repeat(64) + "]".repeat(64) + ",");
    String bomb = GOOD.replaceFirst("\\{", "{\"x\":" + "[".repeat(100_000) + ",");

    assertThat(decode(deep).user()).isEqualTo("ann");
    assertRefused(deeper, Reason.NOT_JSON, "");
    assertRefused(bomb, Reason.NOT_JSON, "");
  }

  @Test
  void aRefusalSaysWhatIsWrongAndWhatItTakes() {
    assertThat(refusal(Records.of(with("rating", "\"4\""))))
        .hasMessage("the field 'rating' is a string; it takes a number");
    assertThat(refusal(Records.of(with("at", "\"yesterday\""))))
        .hasMessageContaining("\"yesterday\"")
        .hasMessageContaining("1997-12-04T15:55:49Z");
    assertThat(refusal(Records.of("{\"a\":\n tru}"))).hasMessageContaining("line 2");
  }

  @Test
  void aLongTimeIsQuotedInPart() {
    assertThat(refusal(Records.of(with("at", '"' + "y".repeat(59) + "😀".repeat(50) + '"'))))
        .hasMessageContaining("is \"" + "y".repeat(59) + "…\":");
  }

  @Test
  void whateverArrivesIsAnEventOrADeadLetterThatKeepsItsBytes() {
    Random random = new Random(11);
    Map<Reason, Integer> refused = new EnumMap<>(Reason.class);
    for (int i = 0; i < 5_000; i++) {
      byte[] value = GOOD.getBytes(UTF_8);
      for (int change = random.nextInt(4); change >= 0; change--) {
        value[random.nextInt(value.length)] = (byte) random.nextInt(256);
      }
      int length = random.nextInt(4) == 0 ? random.nextInt(value.length) : value.length;
      RawRecord record = Records.of(Arrays.copyOf(value, length));
      try {
        assertThat(decoder.decode(record).user()).isNotEmpty();
      } catch (UndecodableException e) {
        refused.merge(e.reason(), 1, Integer::sum);
        byte[] letter = Messages.encode(e.deadLetter(record));
        assertThat(Messages.decodeDeadLetter(letter).record().value()).isEqualTo(record.value());
      }
    }
    assertThat(refused).containsKeys(Reason.NOT_JSON, Reason.MISSING_FIELD);
  }

  @Test
  void reasonsKeepTheirCodesSinceConsumersFilterByThem() {
    assertThat(Reason.values())
        .extracting(Reason::name)
        .containsExactly(
            "EMPTY_VALUE",
            "NOT_JSON",
            "NOT_AN_OBJECT",
            "MISSING_FIELD",
            "DUPLICATE_FIELD",
            "WRONG_TYPE",
            "EMPTY_ID",
            "TIME_UNREADABLE",
            "TIME_OUT_OF_RANGE",
            "TOO_LONG",
            "NOT_FINITE",
            "INVALID_TEXT",
            "NEGATIVE_WEIGHT",
            "DUPLICATE",
            "NOT_TRAINABLE");
  }

  private static final EventDecoder WITH_ATTRIBUTES =
      new EventDecoder(
          new EventSpec(
              "user",
              "item",
              "at",
              Optional.empty(),
              Optional.of("rating"),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              List.of(),
              new AttributeFields(List.of("genre"), List.of("price")),
              new AttributeFields(List.of("device", "genre"), List.of("rating"))));

  private static String attributes(String genre, String price, String device) {
    return GOOD.replaceFirst(
        "\\{",
        Matcher.quoteReplacement(
            "{\"genre\":%s,\"price\":%s,\"device\":%s,".formatted(genre, price, device)));
  }

  private static void assertAttributeRefused(String value, Reason reason, String field) {
    UndecodableException refusal =
        catchThrowableOfType(
            UndecodableException.class, () -> WITH_ATTRIBUTES.decode(Records.of(value)));
    assertThat(refusal).as("refusal of %s", value).isNotNull();
    assertThat(refusal.reason()).as(refusal.getMessage()).isEqualTo(reason);
    assertThat(refusal.field()).isEqualTo(field);
  }

  @Test
  void categoriesAndNumbersGoToTheSideThatReadsThem() throws UndecodableException {
    Event event =
        WITH_ATTRIBUTES.decode(Records.of(attributes("[\"crime\",7,true]", "9.5", "\"tv\"")));

    assertThat(event.itemAttributes())
        .isEqualTo(new Attributes(new String[][] {{"crime", "7", "true"}}, new double[] {9.5}));
    assertThat(event.context())
        .isEqualTo(
            new Attributes(new String[][] {{"tv"}, {"crime", "7", "true"}}, new double[] {4.5}));
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "\"\"", "[]", "[null,\"\"]"})
  void anEmptyCategoryHasNoValue(String json) throws UndecodableException {
    Event event = WITH_ATTRIBUTES.decode(Records.of(attributes("7", "null", json)));

    assertThat(event.context().categories()[0]).isEmpty();
    assertThat(event.itemAttributes().categories()[0]).containsExactly("7");
    assertThat(event.itemAttributes().numbers()).containsExactly(Double.NaN);
    assertThat(WITH_ATTRIBUTES.decode(Records.of(GOOD)).context().categories()[0]).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.5", "{}", "[1.5]", "[[\"a\"]]", "[{\"a\":[1]}]"})
  void aCategoryOfAnotherTypeIsRefused(String json) {
    assertAttributeRefused(attributes("1", "1", json), Reason.WRONG_TYPE, "device");
  }

  @Test
  void aCategoryHasAtMost64ValuesOf512Characters() throws UndecodableException {
    String values = "[1" + ",1".repeat(63);
    Event event = WITH_ATTRIBUTES.decode(Records.of(attributes(values + "]", "1", "1")));
    assertThat(event.itemAttributes().categories()[0]).hasSize(64);
    assertAttributeRefused(attributes(values + ",1]", "1", "1"), Reason.TOO_LONG, "genre");
    assertAttributeRefused(
        attributes("1", "1", '"' + "x".repeat(513) + '"'), Reason.TOO_LONG, "device");
    assertAttributeRefused(attributes("1", "1", "\"\\ud83d\""), Reason.INVALID_TEXT, "device");
  }

  @Test
  void aNumberThatIsNotFiniteInSinglePrecisionIsRefused() {
    assertAttributeRefused(attributes("1", "1e999", "1"), Reason.NOT_FINITE, "price");
    assertAttributeRefused(attributes("1", "-1e39", "1"), Reason.NOT_FINITE, "price");
    assertAttributeRefused(attributes("1", "\"3\"", "1"), Reason.WRONG_TYPE, "price");
    assertAttributeRefused(attributes("1", "[3]", "1"), Reason.WRONG_TYPE, "price");
    assertAttributeRefused(attributes("1", "NaN", "1"), Reason.NOT_JSON, "");
  }
}
