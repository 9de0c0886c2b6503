package io.towerflow.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.towerflow.connectors.codec.DeadLetter;
import io.towerflow.connectors.codec.Messages;
import io.towerflow.connectors.codec.Reason;
import io.towerflow.connectors.data.SyntheticOptions;
import io.towerflow.connectors.data.SyntheticStream;
import io.towerflow.connectors.kafka.KafkaSettings;
import io.towerflow.connectors.kafka.TopicAdmin;
import io.towerflow.connectors.kafka.TopicShape;
import io.towerflow.message.ItemEmbedding;
import io.towerflow.message.Recommendation;
import io.towerflow.message.TrainingProgress;
import io.towerflow.spec.ModelSpecs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job on a MiniCluster against a real broker, from records to what a reader finds. */
class PipelineTest {

  private static final int GOOD = 1500;

  /** The bad records and the offsets that they are sent at, between good ones. */
  private static final Map<Integer, String> BAD =
      Map.of(
          10, "not json",
          500, "{\"user_id\":\"u1\",\"movie_title\":\"No id\",\"timestamp\":1700000000}",
          1000,
              "{\"user_id\":\"u1\",\"movie_id\":\"i1\",\"movie_title\":\"Too"
                  + " late\",\"timestamp\":\"9999-01-01T00:00:00Z\"}");

  /** Its windows and its only publication end with the last event: nothing waits for more. */
  private static final String SPEC =
      """
      name: delivery
      event: {user: user_id, item: movie_id, time: timestamp}
      query:
        features:
          - {kind: history, items: 5, decays: [0.8]}
      candidate:
        features:
          - {kind: id, width: 8}
      towers: {combine: concat, layers: []}
      batch: {size: 50, span: 36500d}
      replay: {ratio: 0}
      publication: {every_events: %d, every: 1h}
      evaluation: {every_events: 500}
      """
          .formatted(GOOD);

  @TempDir static Path directory;

  private static EmbeddedBroker broker;
  private static KafkaSettings settings;
  private static List<JsonNode> events;
  private static CommandLineRun run;

  @BeforeAll
  static void runTheJobOverGoodRecordsAndBadOnes() throws Exception {
    broker = EmbeddedBroker.start(directory.resolve("kafka"));
    settings = KafkaSettings.of(broker.address());
    events = synthetic();
    TopicAdmin.ensureTopics(settings, Map.of("ratings", TopicShape.plain(1)));
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.address()),
            new StringSerializer(),
            new StringSerializer())) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      int next = 0;
      for (int offset = 0; offset < GOOD + BAD.size(); offset++) {
        String value = BAD.containsKey(offset) ? BAD.get(offset) : events.get(next++).toString();
        sent.add(producer.send(new ProducerRecord<>("ratings", value)));
      }
      for (Future<RecordMetadata> each : sent) {
        each.get();
      }
    }
    run = towerflow("run", "--stop", "end", "--json");
    assertThat(run.errors()).isEmpty();
    assertThat(run.code()).isZero();
  }

  @AfterAll
  static void stopTheBroker() {
    broker.close();
  }

  @Test
  void badRecordsLandInDeadLettersUntouchedAndWithTheirReasons() {
    List<DeadLetter> letters = read("dead-letters", Messages::decodeDeadLetter);
    assertThat(letters)
        .extracting(
            letter -> (int) letter.record().offset(),
            letter -> new String(letter.record().value(), UTF_8),
            DeadLetter::reason,
            DeadLetter::field)
        .containsExactly(
            tuple(10, BAD.get(10), Reason.NOT_JSON, ""),
            tuple(500, BAD.get(500), Reason.MISSING_FIELD, "movie_id"),
            tuple(1000, BAD.get(1000), Reason.TIME_OUT_OF_RANGE, "timestamp"));
    assertThat(letters).extracting(DeadLetter::message).noneMatch(String::isBlank);
  }

  @Test
  void theRestIsLearntAndToldAsFigures() throws Exception {
    JsonNode figures = new ObjectMapper().readTree(run.lastLine());
    assertThat(figures.get("events_sent").asLong()).isEqualTo(GOOD + BAD.size());
    assertThat(figures.get("events_trained").asLong()).isEqualTo(GOOD);
    assertThat(figures.get("dead_letters").asLong()).isEqualTo(BAD.size());

    List<TrainingProgress> progress = read("training-progress", Messages::decodeProgress);
    TrainingProgress last = progress.get(progress.size() - 1);
    assertThat(last.isFinal()).isTrue();
    assertThat(last.events()).isEqualTo(GOOD);
    assertThat(figures.get("model_digest").asText()).isEqualTo(last.modelDigest());
    assertThat(figures.get("steps").asLong()).isEqualTo(last.step());
    assertThat(figures.get("hit_at_10").asDouble()).isEqualTo(last.total().hitAt10());
    assertThat(Path.of(figures.get("report").asText())).isNotEmptyFile();
  }

  @Test
  void everyItemOfTheStreamHasAVector() {
    int width = 0;
    Set<String> items = new HashSet<>();
    for (ItemEmbedding embedding : read("item-embeddings", Messages::decodeItemEmbedding)) {
      width = width == 0 ? embedding.vector().length : width;
      assertThat(embedding.vector()).hasSize(width);
      items.add(embedding.id());
    }
    assertThat(items).isEqualTo(values("movie_id"));
  }

  @Test
  void everyUserGetsItemsThatTheyHaveNotTaken() {
    Map<String, Recommendation> latest = new HashMap<>();
    for (Recommendation list : read("recommendations", Messages::decodeRecommendation)) {
      latest.put(list.user(), list);
    }
    Map<String, Set<String>> taken =
        events.stream()
            .collect(
                groupingBy(
                    event -> event.get("user_id").asText(),
                    mapping(event -> event.get("movie_id").asText(), toSet())));
    assertThat(latest.keySet()).isEqualTo(taken.keySet());
    latest.forEach(
        (user, list) ->
            assertThat(list.items())
                .as("items for user %s", user)
                .hasSize(10)
                .doesNotHaveDuplicates()
                .doesNotContainAnyElementsOf(taken.get(user)));
  }

  @Test
  void theListOfOneUserIsShownWithTitles() throws Exception {
    String user = events.get(GOOD - 1).get("user_id").asText();
    CommandLineRun shown = towerflow("recommend", user, "--json");

    assertThat(shown.code()).isZero();
    JsonNode list = new ObjectMapper().readTree(shown.lastLine());
    assertThat(list.get("user_id").asText()).isEqualTo(user);
    assertThat(list.get("items")).hasSize(10);
    JsonNode first = list.get("items").get(0);
    assertThat(first.get("rank").asInt()).isEqualTo(1);
    String title =
        events.stream()
            .filter(event -> event.get("movie_id").equals(first.get("id")))
            .map(event -> event.get("movie_title").asText())
            .findFirst()
            .orElseThrow();
    assertThat(first.get("label").asText()).isEqualTo(title);
    assertThat(shown.out()).contains(" 1 " + title);
  }

  @Test
  void aUserWithoutEventsHasNoListAndThatIsSaid() {
    CommandLineRun shown = towerflow("recommend", "nobody");
    assertThat(shown.code()).isEqualTo(1);
    assertThat(shown.errors()).contains("no list for user 'nobody'").hasLineCount(1);
  }

  @Test
  void theReportIsMadeAgainFromTheTopics() throws Exception {
    CommandLineRun report = towerflow("report", "--from", "topics", "--json");

    assertThat(report.code()).isZero();
    JsonNode ran = new ObjectMapper().readTree(run.lastLine());
    JsonNode reported = new ObjectMapper().readTree(report.lastLine());
    for (String figure :
        List.of(
            "events_sent",
            "events_trained",
            "dead_letters",
            "hit_at_10_last_fifth",
            "model_digest")) {
      assertThat(reported.get(figure)).as(figure).isEqualTo(ran.get(figure));
    }
  }

  @Test
  void outputsThatAreDeliveredAtLeastOnceAreSeenBeforeACheckpoint() throws Exception {
    try (UncheckpointedJob job = uncheckpointed("at-least-once")) {
      job.await(() -> assertThat(job.committed()).isEqualTo(eachOutputOnce()));
      assertThat(job.checkpoints()).isZero();

      job.stop();
      assertThat(job.committed()).isEqualTo(eachOutputOnce());
    }
  }

  @Test
  void outputsThatAreDeliveredExactlyOnceAreSeenOnceTheirCheckpointCompletesAndNotBefore()
      throws Exception {
    try (UncheckpointedJob job = uncheckpointed("exactly-once")) {
      job.await(() -> assertThat(job.written()).isEqualTo(eachOutputOnce()));
      assertThat(job.committed()).isEmpty();
      assertThat(job.checkpoints()).isZero();

      job.stop();
      assertThat(job.committed()).isEqualTo(eachOutputOnce());
    }
  }

  private static UncheckpointedJob uncheckpointed(String delivery) throws Exception {
    Path files = Files.createDirectory(directory.resolve(delivery));
    Path spec = Files.writeString(files.resolve("spec.yaml"), SPEC);
    return UncheckpointedJob.start(settings, spec, delivery, files);
  }

  /** What a job of {@link #SPEC} writes, sorted. */
  private static Map<String, List<String>> eachOutputOnce() {
    return Map.of(
        "items", values("movie_id").stream().sorted().toList(),
        "users", values("user_id").stream().sorted().toList(),
        "events", List.of("1000", "1500", "500"),
        "offsets of dead letters", List.of("10", "1000", "500"));
  }

  private static CommandLineRun towerflow(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--brokers", broker.address()));
    if (!all.contains("recommend")) {
      all.addAll(List.of("--report-dir", directory.resolve("report").toString()));
    }
    return CommandLineRun.of(directory, all.toArray(String[]::new));
  }

  private static List<JsonNode> synthetic() throws JsonProcessingException {
    ObjectMapper json = new ObjectMapper();
    List<JsonNode> all = new ArrayList<>();
    try (var stream =
        new SyntheticStream(
                ModelSpecs.load("online").event(), SyntheticOptions.defaults().withEvents(GOOD))
            .events()) {
      stream.forEach(event -> all.add(json.valueToTree(event)));
    }
    return all;
  }

  private static Set<String> values(String field) {
    return events.stream().map(event -> event.get(field).asText()).collect(toSet());
  }

  /** What a reader of committed records finds. */
  private static <T> List<T> read(String topic, Function<byte[], T> decode) {
    List<T> messages = new ArrayList<>();
    try (Topics topics = new Topics(settings)) {
      topics.read(topic, record -> messages.add(decode.apply(record.value())));
    }
    return messages;
  }
}
