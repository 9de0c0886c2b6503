package io.towerflow.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelSpecsTest {

  /** The least that works. */
  private static final String LEAST =
      """
      event: {user: u, item: i, time: t}
      query: {features: [{kind: id}]}
      candidate: {features: [{kind: id}]}
      """;

  @Test
  void offlineBestReadsWhatTheTutorialReads() {
    ModelSpec tutorial = ModelSpecs.load("tutorial");
    ModelSpec best = ModelSpecs.load("offline-best");

    assertThat(best.event()).isEqualTo(tutorial.event());
    assertThat(best.batch()).isEqualTo(tutorial.batch());
    assertThat(best.query())
        .extracting(FeatureSpec::kind)
        .isEqualTo(tutorial.query().stream().map(FeatureSpec::kind).toList());
    assertThat(best.candidate())
        .containsExactly(
            new FeatureSpec.Id(48), new FeatureSpec.Text("movie_title", 48, 10_000, 32));
    assertThat(best.towers())
        .isEqualTo(
            new TowerSpec(
                TowerSpec.Combine.CONCAT,
                List.of(48, 32),
                0.2,
                false,
                OptionalDouble.of(1),
                true,
                List.of(1.0)));
    assertThat(best.loss().samplingCorrection()).isEqualTo(1);
  }

  @Test
  void theTutorialPresetIsTheTutorial() {
    ModelSpec spec = ModelSpecs.load("tutorial");

    assertThat(spec)
        .isEqualTo(
            new ModelSpec(
                "tutorial",
                1,
                new EventSpec(
                    "user_id",
                    "movie_title",
                    "timestamp",
                    Optional.empty(),
                    Optional.of("rating"),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of("movie_title"),
                    List.of("movie_title"),
                    AttributeFields.NONE,
                    AttributeFields.NONE),
                EventOrder.ARRIVAL,
                new VocabularySpec(Lifetime.UNBOUNDED, Lifetime.UNBOUNDED),
                List.of(
                    new FeatureSpec.Id(32),
                    new FeatureSpec.BucketizedTime(
                        32,
                        1000,
                        Instant.ofEpochSecond(874_724_710),
                        Instant.ofEpochSecond(893_286_638)),
                    new FeatureSpec.NormalizedTime(10)),
                List.of(new FeatureSpec.Id(32), new FeatureSpec.Text("movie_title", 32, 9_998, 32)),
                new TowerSpec(
                    TowerSpec.Combine.CONCAT,
                    List.of(64, 32),
                    0,
                    false,
                    OptionalDouble.of(1),
                    false,
                    List.of(1.0)),
                new LossSpec(
                    LossSpec.Reduction.SUM,
                    0,
                    0,
                    0,
                    0,
                    LossSpec.FrequencyEstimate.DECAYED,
                    20_000,
                    0.01,
                    false,
                    false),
                new RatingSpec(0, List.of(256, 128)),
                new OptimizerSpec.Adagrad(0.1, 0.1, 1, 1e-7),
                new BatchSpec(2048, Duration.ofDays(3650)),
                new ReplaySpec(0, 1_000_000, true),
                new PublicationSpec(10, 10_000, Duration.ofSeconds(5), 0, 100),
                new EvaluationSpec(1000, 10_000)));
  }

  @Test
  void onlineWideIsOnlineWithMoreOfEverything() {
    ModelSpec online = ModelSpecs.load("online");
    ModelSpec wide = ModelSpecs.load("online-wide");

    List<String> ofUsers = List.of("user_age_group", "user_gender", "user_occupation");
    assertThat(wide.event().user()).isEqualTo(online.event().user());
    assertThat(wide.event().context()).isEqualTo(new AttributeFields(ofUsers, List.of()));
    assertThat(wide.event().itemAttributes()).isEqualTo(online.event().itemAttributes());
    List<FeatureSpec> query = new ArrayList<>();
    ofUsers.forEach(
        field -> query.add(new FeatureSpec.Category(field, 256, 10_000, Optional.of(0.3))));
    query.add(
        new FeatureSpec.History(
            200, List.of(0.2, 0.5, 0.8, 0.95, 0.98, 0.995), true, true, true, true, 0.5, 32));
    assertThat(wide.query()).isEqualTo(query);
    assertThat(wide.candidate())
        .containsExactly(
            new FeatureSpec.Id(256),
            new FeatureSpec.Text("movie_title", 256, 10_000, 32),
            new FeatureSpec.Category("genres", 256, 10_000, Optional.empty()),
            online.candidate().get(3));
    assertThat(online.towers().members()).containsExactly(1.0);
    assertThat(wide.towers().members()).containsExactly(1.0, 2.0);
    assertThat(wide.towers().temperature()).isEqualTo(online.towers().temperature());
    assertThat(wide.loss().uniformNegatives()).isEqualTo(2048);
    assertThat(wide.loss().samplingCorrection()).isEqualTo(1);
    assertThat(wide.optimizer()).isEqualTo(online.optimizer());
    assertThat(wide.batch()).isEqualTo(new BatchSpec(32, online.batch().span()));
    assertThat(wide.replay()).isEqualTo(online.replay());
  }

  @Test
  void theOnlinePresetReadsTheHistoryThroughTheCandidatesRows() {
    ModelSpec spec = ModelSpecs.load("online");

    assertThat(spec)
        .isEqualTo(
            new ModelSpec(
                "online",
                42,
                new EventSpec(
                    "user_id",
                    "movie_id",
                    "timestamp",
                    Optional.empty(),
                    Optional.of("rating"),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of("movie_title"),
                    List.of("movie_title"),
                    new AttributeFields(List.of("genres"), List.of()),
                    AttributeFields.NONE),
                EventOrder.ARRIVAL,
                new VocabularySpec(Lifetime.UNBOUNDED, Lifetime.UNBOUNDED),
                List.of(
                    new FeatureSpec.History(
                        100, List.of(0.2, 0.5, 0.8, 0.95, 0.99), true, true, true, true, 0.5, 32)),
                List.of(
                    new FeatureSpec.Id(160),
                    new FeatureSpec.Text("movie_title", 160, 10_000, 32),
                    new FeatureSpec.Category("genres", 160, 10_000, Optional.empty()),
                    new FeatureSpec.Popularity(List.of(200.0, 2000.0, 20_000.0), true)),
                new TowerSpec(
                    TowerSpec.Combine.SUM,
                    List.of(),
                    0,
                    true,
                    OptionalDouble.empty(),
                    true,
                    List.of(1.0)),
                new LossSpec(
                    LossSpec.Reduction.SUM,
                    512,
                    0,
                    0,
                    1,
                    LossSpec.FrequencyEstimate.DECAYED,
                    20_000,
                    0.01,
                    true,
                    true),
                new RatingSpec(0, List.of(256, 128)),
                new OptimizerSpec.Adagrad(0.1, 0.1, 0.9999, 1e-7),
                new BatchSpec(64, Duration.ofDays(1)),
                new ReplaySpec(1, 1_000_000, true),
                new PublicationSpec(10, 10_000, Duration.ofSeconds(5), 0, 100),
                new EvaluationSpec(1000, 10_000)));
  }

  @Test
  void whatIsLeftOutIsAsInTheOnlinePreset() {
    ModelSpec online = ModelSpecs.load("online");
    ModelSpec least =
        ModelSpecs.parse(
            """
            event: {user: user_id, item: movie_id, time: timestamp}
            query: {features: [{kind: history}]}
            candidate: {features: [{kind: id}]}
            """);

    assertThat(least)
        .isEqualTo(
            new ModelSpec(
                "model",
                online.seed(),
                new EventSpec(
                    "user_id",
                    "movie_id",
                    "timestamp",
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    AttributeFields.NONE,
                    AttributeFields.NONE),
                EventOrder.ARRIVAL,
                new VocabularySpec(Lifetime.UNBOUNDED, Lifetime.UNBOUNDED),
                online.query(),
                List.of(new FeatureSpec.Id(32)),
                online.towers(),
                online.loss(),
                online.rating(),
                online.optimizer(),
                online.batch(),
                online.replay(),
                online.publication(),
                online.evaluation()));
  }

  @Test
  void anEventsIdIsRememberedForAnHourUnlessTheSpecSaysOtherwise() {
    String id = LEAST.replaceFirst("event: \\{", "event: {id: eid, ");
    assertThat(ModelSpecs.parse(LEAST).event().id()).isEmpty();
    assertThat(ModelSpecs.parse(id).event().id()).contains(new EventId("eid", Duration.ofHours(1)));
    assertThat(ModelSpecs.parse(id.replaceFirst("eid", "eid, deduplicate_within: 2d")).event().id())
        .contains(new EventId("eid", Duration.ofDays(2)));
  }

  @Test
  void aSectionLeftEmptyIsAsIfItWereLeftOut() {
    assertThat(ModelSpecs.parse(LEAST + "loss:\noptimizer:\n")).isEqualTo(ModelSpecs.parse(LEAST));
  }

  @Test
  void everyPresetThatShipsIsListedAndWorks() throws IOException, URISyntaxException {
    URI folder = ModelSpecs.class.getResource("presets").toURI();
    List<String> shipped;
    try (Stream<Path> files = Files.list(Path.of(folder))) {
      shipped =
          files.map(file -> file.getFileName().toString().replace(".yaml", "")).sorted().toList();
    }

    assertThat(ModelSpecs.presets()).isEqualTo(shipped);
    assertThat(shipped)
        .allSatisfy(name -> assertThat(ModelSpecs.load(name).name()).isEqualTo(name));
  }

  @Test
  void thePresetsTextIsWhatLoadReads() {
    for (String preset : ModelSpecs.presets()) {
      assertThat(ModelSpecs.parse(ModelSpecs.text(preset))).isEqualTo(ModelSpecs.load(preset));
    }
  }

  @Test
  void aSpecIsReadFromAFile(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("mine.yaml"), "name: mine\n" + LEAST);

    assertThat(ModelSpecs.text(file.toString())).isEqualTo("name: mine\n" + LEAST);
    assertThat(ModelSpecs.load(file.toString()).name()).isEqualTo("mine");
  }

  @Test
  void aRefusalNamesTheFile(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("bad.yaml"), LEAST + "sed: 1\n");

    assertThatThrownBy(() -> ModelSpecs.load(file.toString()))
        .isInstanceOf(SpecException.class)
        .hasMessage(
            "The model spec " + file + " cannot work:\n  sed: unknown key; did you mean seed?");
  }

  @Test
  void aNameThatIsNeitherPresetNorFileIsRefused(@TempDir Path folder) {
    assertThatThrownBy(() -> ModelSpecs.load("onlin"))
        .isInstanceOf(SpecException.class)
        .hasMessageContaining("no such file, nor a preset; did you mean online?");
    assertThatThrownBy(() -> ModelSpecs.load("/nowhere/at/all.yaml"))
        .isInstanceOf(SpecException.class)
        .hasMessageContaining(
            "known here: offline-best, online, online-fast, online-wide, tutorial");
    assertThatThrownBy(() -> ModelSpecs.load(folder.toString()))
        .isInstanceOf(SpecException.class)
        .hasMessageContaining("cannot be read");
  }

  @Test
  void idsStayForEverUnlessTheirVocabularySaysOtherwise() {
    assertThat(ModelSpecs.parse(LEAST).vocabulary())
        .isEqualTo(new VocabularySpec(Lifetime.UNBOUNDED, Lifetime.UNBOUNDED));
    assertThat(
            ModelSpecs.parse(
                    LEAST
                        + "vocabulary: {users: {time_to_live: 30d}, items: {admit_after: 5,"
                        + " time_to_live: never}}")
                .vocabulary())
        .isEqualTo(
            new VocabularySpec(
                new Lifetime(1, Duration.ofDays(30)), new Lifetime(5, Lifetime.NEVER)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "seed: 4.5 | seed: it is 4.5, but takes a whole number of 64 bits",
        "name: 7 | name: it is 7, but takes a name",
        "name: | name: it is empty, but takes a name",
        "towers: 3 | towers: it is 3, but takes a section of keys",
        "order: offset | order: it is \"offset\", but takes arrival or time",
        "vocabulary: {users: {admit_after: 0}} | vocabulary.users.admit_after: it is 0, but takes a"
            + " whole number from 1 to 1000000",
        "vocabulary: {items: {time_to_live: always}} | vocabulary.items.time_to_live: it is"
            + " \"always\", but takes never or a duration from 1s to 36500d, such as 500ms, 5s,"
            + " 10m, 1h or 1d",
        "vocabulary: {items: {ttl: 1d}} | vocabulary.items.ttl: unknown key; known here:"
            + " admit_after, time_to_live",
        "towers: {combine: both} | towers.combine: it is \"both\", but takes concat or sum",
        "towers: {layers: 64} | towers.layers: it is 64, but takes a list of whole numbers from 1"
            + " to 65536",
        "towers: {layers: [64, 0]} | towers.layers[1]: it is 0, but takes a whole number from 1 to"
            + " 65536",
        "towers: {normalize: maybe} | towers.normalize: it is \"maybe\", but takes true or false",
        "towers: {temperature: 0} | towers.temperature: it is 0, but takes a number greater than 0,"
            + " or auto",
        "towers: {temperature: -0.1} | towers.temperature: it is -0.1, but takes a number greater"
            + " than 0, or auto",
        "towers: {temperature: 1e-60} | towers.temperature: it is 1.0E-60, but takes a number"
            + " greater than 0, or auto",
        "towers: {temperature: cold} | towers.temperature: it is \"cold\", but takes a number"
            + " greater than 0, or auto",
        "loss: {reduction: SUM} | loss.reduction: it is \"SUM\", but takes sum or mean",
        "loss: {uniform_negatives: -1} | loss.uniform_negatives: it is -1, but takes a whole number"
            + " from 0 to 1000000",
        "loss: {sampling_correction: 1.1} | loss.sampling_correction: it is 1.1, but takes a number"
            + " from 0 to 1",
        "loss: {frequency_half_life: 0} | loss.frequency_half_life: it is 0, but takes a number"
            + " greater than 0",
        "loss: {frequency_estimate: hash} | loss.frequency_estimate: it is \"hash\", but takes"
            + " decayed or gap",
        "loss: {frequency_rate: 0} | loss.frequency_rate: it is 0, but takes a number greater than"
            + " 0 and at most 1",
        "rating: {weight: -1} | rating.weight: it is -1, but takes a number of at least 0",
        "rating: {layers: [0]} | rating.layers[0]: it is 0, but takes a whole number from 1 to"
            + " 65536",
        "loss: {mask_seen: [true]} | loss.mask_seen: it is [true], but takes true or false",
        "optimizer: {kind: adagard} | optimizer.kind: it is \"adagard\", but takes adagrad or adam"
            + " or sgd here; did you mean adagrad?",
        "optimizer: {kind: 1} | optimizer.kind: it is 1, but takes adagrad or adam or sgd",
        "optimizer: {kind: adam, beta_1: 1} | optimizer.beta_1: it is 1, but takes a number of at"
            + " least 0 and less than 1",
        "optimizer: {kind: sgd, epsilon: 1} | optimizer.epsilon: unknown key; known here: kind,"
            + " learning_rate, weight_decay",
        "optimizer: {learning_rate: fast} | optimizer.learning_rate: it is \"fast\", but takes a"
            + " number greater than 0",
        "batch: {size: 99999999999} | batch.size: it is 99999999999, but takes a whole number from"
            + " 1 to 65536",
        "batch: {span: 5} | batch.span: it is 5, but takes a duration from 1ms to 36500d, such as"
            + " 500ms, 5s, 10m, 1h or 1d",
        "batch: {span: 0s} | batch.span: it is \"0s\", but takes a duration from 1ms to 36500d,"
            + " such as 500ms, 5s, 10m, 1h or 1d",
        "batch: {span: 9999999999999d} | batch.span: it is \"9999999999999d\", but takes a duration"
            + " from 1ms to 36500d, such as 500ms, 5s, 10m, 1h or 1d",
        "publication: {top_k: 0} | publication.top_k: it is 0, but takes a whole number from 1 to"
            + " 10000",
        "evaluation: {every_events: 0} | evaluation.every_events: it is 0, but takes a whole number"
            + " from 1 to 1000000000",
        "evaluation: {full_untill: 1} | evaluation.full_untill: unknown key; did you mean"
            + " full_until?",
        "towers: {Temperature: 1} | towers.Temperature: unknown key; did you mean temperature?",
        "topology: 1 | topology: unknown key; known here: name, seed, event, order, vocabulary,"
            + " query, candidate, towers, loss, rating, optimizer, batch, replay, publication,"
            + " evaluation",
      })
  void aValueThatCannotWorkIsRefusedWithItsPathAndWhatItWouldTake(String line, String problem) {
    assertThat(problemsOf(LEAST + line)).containsExactly(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{kind: id, width: 0} | width: it is 0, but takes a whole number from 1 to 4096",
        "{kind: id, width: wide} | width: it is \"wide\", but takes a whole number from 1 to 4096",
        "{kind: id, widht: 8} | widht: unknown key; did you mean width?",
        "{width: 3} | kind: missing; it takes id or history or bucketized_time or normalized_time"
            + " or cyclic_time or category or number",
        "{kind: [id]} | kind: it is [\"id\"], but takes id or history or bucketized_time or"
            + " normalized_time or cyclic_time or category or number",
        "{kind: text, field: x} | kind: it is \"text\", but takes id or history or bucketized_time"
            + " or normalized_time or cyclic_time or category or number here",
        "{kind: history, decays: []} | decays: it is [], but takes a list of at least one number"
            + " greater than 0 and at most 1",
        "{kind: history, decays: [0.5, 1.5]} | decays[1]: it is 1.5, but takes a number greater"
            + " than 0 and at most 1",
        "{kind: history, items: 0} | items: it is 0, but takes a whole number from 1 to 1000",
        "{kind: bucketized_time, period: 1s} | period: it is \"1s\", but takes a duration from 1m"
            + " to 36500d, such as 500ms, 5s, 10m, 1h or 1d",
        "{kind: bucketized_time, from: 1, buckets: 9} | to: missing; it takes an instant: ISO-8601,"
            + " or seconds or milliseconds since 1970",
        "{kind: bucketized_time, from: noon, to: 9} | from: it is \"noon\", but takes an instant:"
            + " ISO-8601, or seconds or milliseconds since 1970",
        "{kind: cyclic_time, cycles: []} | cycles: it is [], but takes a list of at least one of"
            + " day, week and year",
        "{kind: cyclic_time, cycles: [day, month]} | cycles[1]: it is \"month\", but takes day or"
            + " week or year",
        "{kind: normalized_time, clamp: 0} | clamp: it is 0, but takes a number greater than 0",
      })
  void aQueryFeatureThatCannotWorkIsRefusedWithItsPath(String feature, String problem) {
    assertThat(
            problemsOf(
                """
                event: {user: u, item: i, time: t}
                query:
                  features:
                    - {kind: id}
                    - %s
                candidate: {features: [{kind: id}]}
                """
                    .formatted(feature)))
        .containsExactly("query.features[1]." + problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{kind: text} | .field: missing; it takes the name of a field",
        "{kind: text, field: ''} | .field: it is empty, but takes the name of a field",
        "{kind: text, field: x, tokens: 0} | .tokens: it is 0, but takes a whole number from 1 to"
            + " 10000000",
        "{kind: history} | .kind: it is \"history\", but takes id or text or popularity or category"
            + " or number here",
        "{kind: popularity, half_lives: [200, 0]} | .half_lives[1]: it is 0, but takes a number"
            + " greater than 0",
        "{kind: popularity, half_lives: 200} | .half_lives: it is 200, but takes a list of at"
            + " least one number greater than 0",
        "id | : it is \"id\", but takes a section of keys",
      })
  void aCandidateFeatureThatCannotWorkIsRefusedWithItsPath(String feature, String problem) {
    assertThat(
            problemsOf(
                """
                event: {user: u, item: i, time: t}
                query: {features: [{kind: id}]}
                candidate:
                  features:
                    - {kind: id}
                    - %s
                """
                    .formatted(feature)))
        .containsExactly("candidate.features[1]" + problem);
  }

  @Test
  void allThatIsWrongIsToldAtOnce() {
    assertThat(
            problemsOf(
                """
                sead: 1
                event: {user: u, items: i}
                query: {features: [{kind: id, width: -1}, {kind: history_}]}
                candidate: {features: []}
                towers: {temperature: 0, combine: max}
                """))
        .containsExactly(
            "sead: unknown key; did you mean seed?",
            "event.items: unknown key; did you mean item?",
            "event.item: missing; it takes the name of a field",
            "event.time: missing; it takes the name of a field",
            "query.features[0].width: it is -1, but takes a whole number from 1 to 4096",
            "query.features[1].kind: it is \"history_\", but takes id or history or bucketized_time"
                + " or normalized_time or cyclic_time or category or number here; did you mean"
                + " history?",
            "candidate.features: it is [], but takes a list of at least one feature",
            "towers.combine: it is \"max\", but takes concat or sum",
            "towers.temperature: it is 0, but takes a number greater than 0, or auto");
  }

  @Test
  void whatIsRequiredIsSaidToBeMissing() {
    assertThat(problemsOf("name: nothing"))
        .containsExactly(
            "event: missing; it takes a section of keys",
            "query: missing; it takes a section of keys",
            "candidate: missing; it takes a section of keys");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  \n", "# nothing but a comment\n", "---\n"})
  void anEmptySpecIsRefused(String yaml) {
    assertThat(problemsOf(yaml))
        .containsExactly("it is empty; it takes at least event, query and candidate");
  }

  @ParameterizedTest
  @ValueSource(strings = {"online", "[1, 2]", "7"})
  void aSpecThatIsNoSectionOfKeysIsRefused(String yaml) {
    assertThat(problemsOf(yaml))
        .containsExactly("it is no section of keys; it takes at least event, query and candidate");
  }

  @Test
  void aSyntaxErrorIsRefusedWithLineAndColumn() {
    assertThat(problemsOf("name: x\nevent: {user: u,\nquery: [\n"))
        .singleElement()
        .asString()
        .startsWith("line 4, column 1: ");
  }

  @Test
  void aKeyThatStandsTwiceIsRefusedWithLineAndColumn() {
    assertThat(problemsOf(LEAST + "batch: {size: 8}\nloss: {}\nbatch: {size: 9}\n"))
        .singleElement()
        .asString()
        .startsWith("line 6, column ")
        .contains("Duplicate field 'batch'");
  }

  @Test
  void aSecondDocumentIsRefusedRatherThanIgnored() {
    assertThat(problemsOf(LEAST + "---\nseed: 3\n")).singleElement().asString().startsWith("line ");
  }

  @Test
  void anAliasIsRefusedRatherThanReadAsItsName() {
    assertThat(problemsOf("name: &who me\nevent: {user: *who, item: i, time: t}\n"))
        .singleElement()
        .asString()
        .startsWith("line 2, column ")
        .endsWith("aliases are not resolved; write the value of *who in its place");
  }

  @ParameterizedTest
  @CsvSource({"500ms, 500", "5s, 5000", "10m, 600000", "1h, 3600000", "2d, 172800000"})
  void durationsAreNumbersWithAUnit(String text, long milliseconds) {
    assertThat(ModelSpecs.parse(LEAST + "batch: {span: " + text + "}").batch().span())
        .isEqualTo(Duration.ofMillis(milliseconds));
  }

  @ParameterizedTest
  @CsvSource({
    "1997-09-20T03:05:10Z, 874724710000",
    "1997-09-20T05:05:10+02:00, 874724710000",
    "1997-09-20, 874713600000",
    "874724710, 874724710000",
    "874724710123, 874724710123",
    "0, 0"
  })
  void instantsAreIsoOrSecondsOrMilliseconds(String text, long milliseconds) {
    ModelSpec spec =
        ModelSpecs.parse(
            """
            event: {user: u, item: i, time: t}
            query: {features: [{kind: bucketized_time, from: %s, to: 2030-01-01}]}
            candidate: {features: [{kind: id}]}
            """
                .formatted(text));

    assertThat(((FeatureSpec.BucketizedTime) spec.query().get(0)).from().toEpochMilli())
        .isEqualTo(milliseconds);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.0e-7", "1e-7", "0.0000001", "1.0E-7"})
  void numbersMayBeWrittenInEveryUsualForm(String text) {
    assertThat(ModelSpecs.parse(LEAST + "optimizer: {epsilon: " + text + "}").optimizer())
        .isEqualTo(new OptimizerSpec.Adagrad(0.1, 0.1, 0.9999, 1e-7));
  }

  @Test
  void everyKindOfOptimizerCanBeDeclared() {
    assertThat(ModelSpecs.parse(LEAST + "optimizer: {kind: sgd}").optimizer())
        .isEqualTo(new OptimizerSpec.Sgd(0.01));
    assertThat(ModelSpecs.parse(LEAST + "optimizer: {kind: adam, beta_1: 0.5}").optimizer())
        .isEqualTo(new OptimizerSpec.Adam(0.001, 0.5, 0.999, 1e-7));
    assertThat(ModelSpecs.parse(LEAST + "optimizer: {kind: adagrad}").optimizer())
        .isEqualTo(new OptimizerSpec.Adagrad(0.1, 0.1, 0.9999, 1e-7));
    assertThat(ModelSpecs.parse(LEAST + "optimizer: {weight_decay: 0.3}").optimizer())
        .isEqualTo(new OptimizerSpec.Adagrad(0.1, 0.1, 0.9999, 1e-7, 0.3));
    assertThat(ModelSpecs.parse(LEAST + "optimizer: {kind: adam, weight_decay: 0.3}").optimizer())
        .isEqualTo(new OptimizerSpec.Adam(0.001, 0.9, 0.999, 1e-7, 0.3));
    assertThat(ModelSpecs.parse(LEAST + "optimizer: {kind: sgd, weight_decay: 0.3}").optimizer())
        .isEqualTo(new OptimizerSpec.Sgd(0.01, 0.3));
  }

  @Test
  void timeIsCutIntoPeriodsWhereOneIsGiven() {
    ModelSpec spec =
        ModelSpecs.parse(
            """
            event: {user: u, item: i, time: t}
            query: {features: [{kind: bucketized_time, period: 1h}]}
            candidate: {features: [{kind: id}]}
            """);

    assertThat(spec.query()).containsExactly(new FeatureSpec.RollingTime(32, Duration.ofHours(1)));
  }

  @Test
  void textsAreThoseOfTheFeaturesAndThenTheLabelEachOnce() {
    ModelSpec spec =
        ModelSpecs.parse(
            """
            event: {user: u, item: i, time: t, label: title}
            query: {features: [{kind: id}]}
            candidate: {features: [{kind: text, field: plot}, {kind: text, field: cast}]}
            """);

    assertThat(spec.event().texts()).containsExactly("plot", "cast", "title");
  }

  static List<String> problemsOf(String yaml) {
    SpecException refusal = catchThrowableOfType(SpecException.class, () -> ModelSpecs.parse(yaml));
    assertThat(refusal).as("the refusal of%n%s", yaml).isNotNull();
    assertThat(refusal)
        .hasMessage("The model spec cannot work:\n  " + String.join("\n  ", refusal.problems()));
    return refusal.problems();
  }
}
