package io.towerflow.connectors.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.connectors.codec.DeadLetter;
import io.towerflow.connectors.codec.Messages;
import io.towerflow.connectors.codec.Reason;
import io.towerflow.message.Accuracy;
import io.towerflow.message.ItemEmbedding;
import io.towerflow.message.RatingError;
import io.towerflow.message.RawRecord;
import io.towerflow.message.Recommendation;
import io.towerflow.message.TrainingProgress;
import java.io.IOException;
import java.util.Map;
import org.apache.flink.util.InstantiationUtil;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class MessageRecordsTest {

  private static final long YEARS_AGO = 881_250_949_000L;

  private static final DeadLetter LETTER =
      new DeadLetter(
          new RawRecord(
              new byte[] {-1},
              new byte[] {'{'},
              "ratings",
              3,
              17,
              YEARS_AGO,
              new String[] {"trace", "trace"},
              new byte[][] {{1}, null}),
          Reason.NOT_JSON,
          "not JSON",
          "");

  /** The record as a task manager makes it, after the schema was shipped there. */
  private static <T> ProducerRecord<byte[], byte[]> record(MessageRecords<T> records, T message)
      throws IOException, ClassNotFoundException {
    return InstantiationUtil.clone(records).serialize(message, null, YEARS_AGO);
  }

  @Test
  void anItemEmbeddingIsKeyedByItsItem() throws Exception {
    ItemEmbedding embedding = new ItemEmbedding("ö7", new float[] {1}, 1, YEARS_AGO);

    ProducerRecord<byte[], byte[]> record =
        record(MessageRecords.itemEmbeddings("embeddings"), embedding);

    assertThat(record.topic()).isEqualTo("embeddings");
    assertThat(record.key()).isEqualTo("ö7".getBytes(UTF_8));
    assertThat(record.value()).isEqualTo(Messages.encode(embedding));
    assertThat(record.headers()).isEmpty();
  }

  @Test
  void anItemThatHasLeftIsATombstone() throws Exception {
    ProducerRecord<byte[], byte[]> record =
        record(MessageRecords.itemEmbeddings("embeddings"), new ItemEmbedding("ö7", null, 1, 1000));

    assertThat(record.key()).isEqualTo("ö7".getBytes(UTF_8));
    assertThat(record.value()).isNull();
  }

  @Test
  void aRecommendationIsKeyedByItsUser() throws Exception {
    Recommendation list =
        new Recommendation("ann", 1, YEARS_AGO, new String[] {"i"}, new float[] {1});

    ProducerRecord<byte[], byte[]> record = record(MessageRecords.recommendations("lists"), list);

    assertThat(record.key()).isEqualTo("ann".getBytes(UTF_8));
    assertThat(record.value()).isEqualTo(Messages.encode(list));
  }

  @Test
  void trainingProgressIsKeyedByTheModel() throws Exception {
    TrainingProgress progress =
        new TrainingProgress(
            1,
            2,
            0,
            YEARS_AGO,
            0.5,
            Accuracy.NONE,
            Accuracy.NONE,
            Accuracy.NONE,
            Accuracy.NONE,
            Map.of(),
            RatingError.NONE,
            RatingError.NONE,
            1,
            1,
            0,
            0,
            "");

    ProducerRecord<byte[], byte[]> record =
        record(MessageRecords.trainingProgress("progress"), progress);

    assertThat(record.key()).isEqualTo("model".getBytes(UTF_8));
    assertThat(record.value()).isEqualTo(Messages.encode(progress));
  }

  @Test
  void aDeadLetterKeepsKeyAndHeadersAndSaysTheReasonInOneMore() throws Exception {
    ProducerRecord<byte[], byte[]> record = record(MessageRecords.deadLetters("dead"), LETTER);

    assertThat(record.key()).isEqualTo(new byte[] {-1});
    assertThat(record.value()).isEqualTo(Messages.encode(LETTER));
    assertThat(record.headers().toArray())
        .extracting(header -> header.key() + "=" + text(header.value()))
        .containsExactly("trace=\u0001", "trace=null", "towerflow-reason=NOT_JSON");
  }

  private static String text(byte[] bytes) {
    return bytes == null ? "null" : new String(bytes, UTF_8);
  }

  @Test
  void aDeadLetterMayHaveNoKey() throws Exception {
    RawRecord bare = new RawRecord(null, null, "ratings", 0, 0, 0, new String[0], new byte[0][]);
    DeadLetter letter = new DeadLetter(bare, Reason.EMPTY_VALUE, "the record has no value", "");

    assertThat(record(MessageRecords.deadLetters("dead"), letter).key()).isNull();
  }

  @Test
  void theLargestDeadLetterFitsAKafkaMessage() throws Exception {
    // 128 KiB, all of it in the parts that are sent twice: as they are, and escaped as JSON.
    RawRecord large =
        new RawRecord(
            new byte[64 * 1024],
            null,
            "ratings",
            0,
            0,
            0,
            new String[] {"h"},
            new byte[][] {new byte[64 * 1024 - 3]});
    DeadLetter letter = new DeadLetter(large, Reason.EMPTY_VALUE, "the record has no value", "");

    ProducerRecord<byte[], byte[]> record = record(MessageRecords.deadLetters("dead"), letter);

    assertThat(letter.isCut()).isFalse();
    int sent = record.key().length + record.value().length;
    for (var header : record.headers()) {
      sent += header.key().length() + header.value().length;
    }
    assertThat(sent).isBetween(7 * 128 * 1024 - 100, 1_000_000);
  }

  @Test
  void aDeadLetterThatIsCutIsCutInKeyAndHeadersToo() throws Exception {
    RawRecord huge =
        new RawRecord(
            new byte[1_000_000],
            null,
            "ratings",
            0,
            0,
            0,
            new String[] {"h"},
            new byte[][] {new byte[1_000_000]});
    DeadLetter letter = new DeadLetter(huge, Reason.EMPTY_VALUE, "the record has no value", "");

    ProducerRecord<byte[], byte[]> record = record(MessageRecords.deadLetters("dead"), letter);

    assertThat(record.key()).hasSize(32 * 1024);
    assertThat(record.headers().toArray())
        .extracting(h -> h.key())
        .containsExactly("towerflow-reason");
  }

  @Test
  void theProducersClockStampsWhatLeavesOrRetentionWouldDropIt() throws Exception {
    assertThat(record(MessageRecords.deadLetters("dead"), LETTER).timestamp()).isNull();
  }
}
