package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.arithmetic.Arithmetic.Kind;
import io.towerflow.connectors.kafka.Delivery;
import io.towerflow.connectors.kafka.KafkaSettings;
import io.towerflow.connectors.kafka.StartAt;
import io.towerflow.connectors.kafka.StopAt;
import io.towerflow.spec.ModelSpecs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

class JobOptionsTest {

  @TempDir Path folder;

  @Test
  void theDefaultsAreThese() {
    JobOptions options = JobOptions.parse();

    assertThat(options.kafka()).isEqualTo(KafkaSettings.of("localhost:9092"));
    assertThat(options.plan())
        .isEqualTo(
            new JobPlan(ModelSpecs.text("online"), 1, 1, new Arithmetic(Kind.AUTO, "auto", 1)));
    assertThat(options.ratings()).isEqualTo("ratings");
    assertThat(options.itemEmbeddings()).isEqualTo("item-embeddings");
    assertThat(options.recommendations()).isEqualTo("recommendations");
    assertThat(options.trainingProgress()).isEqualTo("training-progress");
    assertThat(options.deadLetters()).isEqualTo("dead-letters");
    assertThat(options.createTopics()).isTrue();
    assertThat(options.group()).isEqualTo("towerflow");
    assertThat(options.start()).isEqualTo(StartAt.EARLIEST);
    assertThat(options.stop()).isEqualTo(StopAt.never());
    assertThat(options.delivery()).isEqualTo(Delivery.EXACTLY_ONCE);
    assertThat(options.transactionalIdPrefix()).isEqualTo("towerflow");
    assertThat(options.checkpointInterval()).isEqualTo(Duration.ofSeconds(5));
    assertThat(options.checkpointDir()).isEmpty();
    assertThat(options.parallelism()).isEmpty();
  }

  @Test
  void everyOptionIsPinnedByTheTestOfTheDefaults() {
    assertThat(CommandSpec.forAnnotatedObject(new JobOptions()).options())
        .as("options; one more here is one more line in the test of the defaults")
        .hasSize(22);
  }

  @Test
  void everyOptionTakesWhatItsDescriptionSays() throws IOException {
    Path spec = Files.writeString(folder.resolve("own.yaml"), ModelSpecs.text("tutorial"));
    JobOptions options =
        JobOptions.parse(
            ("--brokers a:1,b:2 --spec "
                    + spec
                    + " --ratings r --item-embeddings i"
                    + " --recommendations c --training-progress t --dead-letters d"
                    + " --no-create-topics --group g --start committed --stop 500"
                    + " --delivery at-least-once --transactional-id-prefix p"
                    + " --checkpoint-interval 1min --checkpoint-dir s3://bucket/x"
                    + " --parallelism 4 --top-k-shards 2"
                    + " --arithmetic java --device cpu --threads 3")
                .split(" "));

    assertThat(options.kafka().brokers()).isEqualTo("a:1,b:2");
    assertThat(options.plan())
        .isEqualTo(
            new JobPlan(ModelSpecs.text("tutorial"), 2, 1, new Arithmetic(Kind.JAVA, "cpu", 3)));
    assertThat(options.ratings()).isEqualTo("r");
    assertThat(options.itemEmbeddings()).isEqualTo("i");
    assertThat(options.recommendations()).isEqualTo("c");
    assertThat(options.trainingProgress()).isEqualTo("t");
    assertThat(options.deadLetters()).isEqualTo("d");
    assertThat(options.createTopics()).isFalse();
    assertThat(options.group()).isEqualTo("g");
    assertThat(options.start()).isEqualTo(StartAt.COMMITTED);
    assertThat(options.stop()).isEqualTo(StopAt.offset(500));
    assertThat(options.delivery()).isEqualTo(Delivery.AT_LEAST_ONCE);
    assertThat(options.transactionalIdPrefix()).isEqualTo("p");
    assertThat(options.checkpointInterval()).isEqualTo(Duration.ofMinutes(1));
    assertThat(options.checkpointDir()).contains("s3://bucket/x");
    assertThat(options.parallelism()).hasValue(4);
  }

  @ParameterizedTest
  @CsvSource({
    "--create-topics, true",
    "--create-topics=true, true",
    "--create-topics=false, false",
    "--no-create-topics, false"
  })
  void topicsAreCreatedUnlessItIsForbidden(String written, boolean created) {
    assertThat(JobOptions.parse(written).createTopics()).isEqualTo(created);
  }

  @Test
  void kafkaPropertiesComeFromTheFileAndThenFromTheCommandLine() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("kafka.properties"),
            "security.protocol=SASL_SSL\nlinger.ms=5\n# a comment\n");

    assertThat(
            JobOptions.parse(
                    "--kafka-config",
                    file.toString(),
                    "--kafka",
                    "linger.ms=20",
                    "--kafka",
                    "sasl.jaas.config=Login required username=\"u\" password=\"p=q\";")
                .kafka()
                .properties())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "security.protocol", "SASL_SSL",
                "linger.ms", "20",
                "sasl.jaas.config", "Login required username=\"u\" password=\"p=q\";"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--start now|--start|earliest, latest or committed, not 'now'",
        "--stop soon|--stop|never, end or an offset of 0 or more, not 'soon'",
        "--stop -3|--stop|never, end or an offset of 0 or more, not '-3'",
        "--delivery once|--delivery|exactly-once or at-least-once, not 'once'",
        "--checkpoint-interval 5|--checkpoint-interval|500ms, 5s or 1min, not '5'",
        "--checkpoint-interval 5lightyears|--checkpoint-interval|not '5lightyears'",
        "--checkpoint-interval 50ms|--checkpoint-interval|takes 100 ms or more, not 50 ms",
        "--checkpoint-interval 20min|--checkpoint-interval|less than transaction.timeout.ms (15"
            + " min)",
        "--checkpoint-dir checkpoints|--checkpoint-dir|an absolute path, not 'checkpoints'",
        "--top-k-shards 0|--top-k-shards|takes a number from 1 to 128, not 0",
        "--top-k-shards many|--top-k-shards|'many' is not an int",
        "--parallelism 129|--parallelism|takes a number from 1 to 128, not 129",
        "--arithmetic abacus|--arithmetic|takes auto, java or engine, not 'abacus'",
        "--device gpu|--device|auto, cpu, or cuda:N with the GPU's number",
        "--arithmetic java --device cuda:0|--device|leave the device at auto or cpu, or the"
            + " arithmetic at auto or engine",
        "--arithmetic engine --threads 2|--threads|leave it out and set OMP_NUM_THREADS",
        "--threads 0|--threads|takes a number from 1 to 256, not 0",
        "--ratings a/b|--ratings|takes a topic's name (letters, digits, '.', '_' and '-'), not"
            + " 'a/b'",
        "--ratings ..|--ratings|not '..'",
        "--dead-letters ratings|--dead-letters|takes a topic of its own: 'ratings' is --ratings's",
        "--start latest --stop end|--stop|takes never or an offset",
        "--spec nowhere.yaml|--spec|nowhere.yaml",
        "--kafka-config nowhere.properties|--kafka|there is no file nowhere.properties",
        "--kafka group.id=x|--kafka|'group.id' is set by the name of the consumer group",
        "--kafka transaction.timeout.ms=1h|--kafka|takes a number of milliseconds, not '1h'",
        "--brokerz a:1|--brokerz|nearest: --brokers",
      })
  void whatCannotWorkIsRefusedWithTheOptionAndWhatItTakes(
      String written, String option, String takes) {
    assertThatThrownBy(() -> JobOptions.parse(written.split(" ")))
        .isInstanceOf(BadOptionsException.class)
        .hasMessageContaining(option)
        .hasMessageContaining(takes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--brokers", "--group", "--transactional-id-prefix", "--ratings"})
  void nothingIsNoValue(String option) {
    assertThatThrownBy(() -> JobOptions.parse(option, ""))
        .isInstanceOf(BadOptionsException.class)
        .hasMessageContaining(option.replace("--brokers", "brokers"));
  }

  @Test
  void everythingThatIsWrongIsSaidAtOnce() {
    assertThatThrownBy(() -> JobOptions.parse("--top-k-shards", "0", "--group", " "))
        .isInstanceOf(BadOptionsException.class)
        .hasMessageContaining("--top-k-shards")
        .hasMessageContaining("--group");
  }

  @Test
  void atLeastOnceDeliveryAsksNothingOfTransactions() {
    JobOptions options =
        JobOptions.parse(
            "--delivery",
            "at-least-once",
            "--transactional-id-prefix",
            "",
            "--checkpoint-interval",
            "20min");

    assertThat(options.checkpointInterval()).isEqualTo(Duration.ofMinutes(20));
  }

  @Test
  void theReadmeListsEveryOptionWithItsDefault() throws IOException {
    String readme = Files.readString(Path.of("README.md"));

    for (OptionSpec option : CommandSpec.forAnnotatedObject(new JobOptions()).options()) {
      String value = option.defaultValue() == null ? "" : "`" + option.defaultValue() + "`";
      assertThat(readme.lines().filter(line -> line.startsWith("| `" + option.longestName() + "`")))
          .as("the README's line about %s", option.longestName())
          .singleElement()
          .asString()
          .contains(value);
    }
  }
}
