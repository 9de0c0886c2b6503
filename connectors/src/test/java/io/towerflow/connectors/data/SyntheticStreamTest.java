package io.towerflow.connectors.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.towerflow.spec.AttributeFields;
import io.towerflow.spec.EventSpec;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SyntheticStreamTest {

  private static final EventSpec SPEC =
      new EventSpec(
          "user",
          "item",
          "at",
          Optional.empty(),
          Optional.of("stars"),
          Optional.empty(),
          Optional.empty(),
          Optional.of("title"),
          List.of("theme", "title"),
          AttributeFields.NONE,
          AttributeFields.NONE);

  private static final Pattern NOUN = Pattern.compile("^\\w+ (\\w+)");

  private static final List<Map<String, Object>> EVENTS = events(SPEC, SyntheticOptions.defaults());

  private static List<Map<String, Object>> events(EventSpec spec, SyntheticOptions options) {
    try (Stream<Map<String, Object>> events = new SyntheticStream(spec, options).events()) {
      return events.toList();
    }
  }

  private static String digest(List<Map<String, Object>> events) throws NoSuchAlgorithmException {
    MessageDigest sha = MessageDigest.getInstance("SHA-256");
    events.forEach(event -> sha.update(event.toString().getBytes(UTF_8)));
    return HexFormat.of().formatHex(sha.digest()).substring(0, 16);
  }

  private static long count(String field) {
    return EVENTS.stream().map(event -> event.get(field)).distinct().count();
  }

  @Test
  void theFirstThousandEventsNeverChange() throws NoSuchAlgorithmException {
    assertThat(EVENTS.get(0))
        .hasToString(
            "{user=u268, item=i988, theme=history, title=Carved Temple 5, at=1735718400, stars=3}");
    assertThat(digest(EVENTS.subList(0, 1000))).isEqualTo("73e96ca953d75eb7");
  }

  @Test
  void theSameSeedMakesTheSameStreamAndAnotherSeedAnother() {
    SyntheticOptions small = SyntheticOptions.defaults().withEvents(500);

    assertThat(events(SPEC, small)).isEqualTo(EVENTS.subList(0, 500));
    assertThat(events(SPEC, small.withSeed(43))).isNotEqualTo(EVENTS.subList(0, 500));
  }

  @Test
  void eventsCarryTheFieldsThatTheSpecNames() {
    DataSet stream = new SyntheticStream(SPEC, SyntheticOptions.defaults());

    assertThat(stream.fields()).containsExactly("user", "item", "theme", "title", "at", "stars");
    assertThat(stream.keyField()).isEqualTo("user");
    assertThat(stream.size()).isEqualTo(60_000).isEqualTo(EVENTS.size());
    assertThat(EVENTS).allSatisfy(event -> assertThat(event.keySet()).isEqualTo(stream.fields()));
  }

  @Test
  void anItemWhoseIdIsATextIsCalledByItsTitle() {
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

    assertThat(events(titles, SyntheticOptions.defaults().withEvents(1)).get(0))
        .hasToString("{user=u268, title=Carved Temple 5, at=1735718400}");
  }

  @Test
  void timeNeverRunsBackwards() {
    assertThat(EVENTS).extracting(event -> (Long) event.get("at")).isSorted();
  }

  @Test
  void manyUsersActAtATime() {
    // Of two events in a row of the whole stream, few are of the same user.
    long sameUser = 0;
    for (int i = 1; i < EVENTS.size(); i++) {
      if (EVENTS.get(i).get("user").equals(EVENTS.get(i - 1).get("user"))) {
        sameUser++;
      }
    }

    assertThat(sameUser).isLessThan(EVENTS.size() / 10);
  }

  @Test
  void nobodyTakesAnItemTwice() {
    assertThat(EVENTS.stream().map(event -> event.get("user") + " " + event.get("item")))
        .doesNotHaveDuplicates();
  }

  @Test
  void titlesTellItemsApart() {
    assertThat(count("title")).isEqualTo(count("item"));
  }

  @Test
  void aTitleTellsTheThemeOfItsItem() {
    Map<Object, Set<Object>> themesOfNouns = new HashMap<>();
    for (Map<String, Object> event : EVENTS) {
      String noun = NOUN.matcher((String) event.get("title")).results().findFirst().get().group(1);
      themesOfNouns.computeIfAbsent(noun, same -> new HashSet<>()).add(event.get("theme"));
    }

    assertThat(themesOfNouns).hasSize(144);
    assertThat(themesOfNouns.values()).allSatisfy(themes -> assertThat(themes).hasSize(1));
  }

  @Test
  void newUsersAndNewItemsArriveInEveryFifth() {
    Set<Object> users = new HashSet<>();
    Set<Object> items = new HashSet<>();
    for (int fifth = 0; fifth < 5; fifth++) {
      int usersBefore = users.size();
      int itemsBefore = items.size();
      for (Map<String, Object> event : EVENTS.subList(fifth * 12_000, (fifth + 1) * 12_000)) {
        users.add(event.get("user"));
        items.add(event.get("item"));
      }
      // 20 users and 5 items in a thousand events; an item may wait for its first taker.
      assertThat(users.size() - usersBefore)
          .as("users in fifth %d", fifth)
          .isGreaterThanOrEqualTo(200);
      assertThat(items.size() - itemsBefore)
          .as("items in fifth %d", fifth)
          .isGreaterThanOrEqualTo(40);
    }
    assertThat(users).hasSizeBetween(1_900, 2_000);
    assertThat(items).hasSizeBetween(1_400, 1_500);
  }

  @Test
  void aFewItemsArePopularAndMostAreNot() {
    Map<Object, Integer> counts = new HashMap<>();
    EVENTS.forEach(event -> counts.merge(event.get("item"), 1, Integer::sum));
    List<Integer> falling = counts.values().stream().sorted((a, b) -> b - a).toList();

    // Of a flat distribution the first tenth would have a tenth.
    int tenth = falling.subList(0, falling.size() / 10).stream().mapToInt(n -> n).sum();
    assertThat(tenth).isBetween(EVENTS.size() * 3 / 10, EVENTS.size() * 6 / 10);
  }

  @Test
  void ratingsTellTasteApart() {
    Map<Object, Integer> counts = new HashMap<>();
    EVENTS.forEach(event -> counts.merge(event.get("stars"), 1, Integer::sum));

    assertThat(counts).containsOnlyKeys(1, 2, 3, 4, 5);
    assertThat(counts.values()).allSatisfy(n -> assertThat(n).isGreaterThanOrEqualTo(500));
  }

  @Test
  void whatWasTakenLastTellsWhatIsTakenNextAndMoreSoAsTheStreamGoesOn() {
    PrequentialOracle popularity = new PrequentialOracle(false);
    PrequentialOracle neighbours = new PrequentialOracle(true);
    List<Double> popular = new ArrayList<>();
    List<Double> near = new ArrayList<>();
    for (int fifth = 0; fifth < 5; fifth++) {
      var events = EVENTS.subList(fifth * 12_000, (fifth + 1) * 12_000);
      popular.add(popularity.hitAt10(events));
      near.add(neighbours.hitAt10(events));
    }

    assertThat(near.get(4)).as("neighbours %s", near).isGreaterThan(1.15 * near.get(0));
    for (int fifth = 0; fifth < 5; fifth++) {
      assertThat(near.get(fifth))
          .as("neighbours %s, popularity %s", near, popular)
          .isGreaterThan(4 * popular.get(fifth));
    }
  }

  @Test
  void aStreamThatRunsOutOfNewItemsSaysSo() {
    // Two users and three items make six events.
    SyntheticOptions tiny = new SyntheticOptions(1, 7, 2, 3, 0, 0);

    assertThat(events(SPEC, tiny.withEvents(6))).hasSize(6);
    assertThatIllegalStateException()
        .isThrownBy(() -> events(SPEC, tiny))
        .withMessageStartingWith("synthetic stream: after 6 events nobody finds an item");
  }

  @Test
  void optionsThatLeaveNothingToBeginWithAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SyntheticOptions(1, 10, 0, 3, 0, 0))
        .withMessage("initial users: must be 1 or more, is 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SyntheticOptions(1, 10, 1, 0, 0, 0))
        .withMessageStartingWith("initial items");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SyntheticOptions.defaults().withEvents(-1))
        .withMessageStartingWith("events");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SyntheticOptions(1, 10, 1, 1, -1, 0))
        .withMessageStartingWith("new users per thousand");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SyntheticOptions(1, 10, 1, 1, 0, Double.NaN))
        .withMessageStartingWith("new items per thousand");
  }

  @Test
  void theDefaultsAreThese() {
    assertThat(SyntheticOptions.defaults())
        .isEqualTo(new SyntheticOptions(42, 60_000, 800, 1_200, 20, 5));
  }
}
