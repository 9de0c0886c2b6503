package io.towerflow.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.connectors.codec.Messages;
import io.towerflow.job.JobOptions;
import io.towerflow.message.Accuracy;
import io.towerflow.message.RatingError;
import io.towerflow.message.TrainingProgress;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class StatusLineTest {

  private final Outcome seen = new Outcome(JobOptions.parse());

  @Test
  void beforeTheFirstWindowThereIsNothingToTell() {
    assertThat(StatusLine.of(1234, seen))
        .isEqualTo("  waiting for the first results, 1,234 events sent");
  }

  @Test
  void itTellsSpeedLossAccuracyAndLag() {
    // 1 000 events in 2 s; 100 + 300 hits of 2 000 events, most popular 50 + 50; of the 5 000
    // records sent, 2 000 are learnt and one was no event.
    add("training-progress", progress(1000, 5.5, 100), 10_000);
    add("training-progress", progress(2000, 4.25, 300), 12_000);
    add("dead-letters", new byte[0], 12_000);

    assertThat(StatusLine.of(5000, seen))
        .isEqualTo("  2,000 events  500/s  loss 4.25  hit@10 0.200 (popular 0.050)  lag 2,999");
  }

  private void add(String topic, byte[] value, long time) {
    seen.add(
        new ConsumerRecord<>(
            topic,
            0,
            0,
            time,
            TimestampType.CREATE_TIME,
            0,
            value.length,
            new byte[0],
            value,
            new RecordHeaders(),
            Optional.empty()));
  }

  private static byte[] progress(long events, double loss, long hits) {
    Accuracy window = new Accuracy(1000, hits, hits, hits);
    Accuracy popular = new Accuracy(1000, 50, 50, 50);
    return Messages.encode(
        new TrainingProgress(
            1,
            events,
            0,
            0,
            loss,
            window,
            window,
            popular,
            popular,
            Map.of(),
            RatingError.NONE,
            RatingError.NONE,
            1,
            1,
            0,
            0,
            ""));
  }
}
