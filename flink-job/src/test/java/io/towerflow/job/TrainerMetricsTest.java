package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.message.Accuracy;
import io.towerflow.message.RatingError;
import io.towerflow.message.TrainingProgress;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.runtime.metrics.util.InterceptingOperatorMetricGroup;
import org.junit.jupiter.api.Test;

class TrainerMetricsTest {

  private final InterceptingOperatorMetricGroup group = new InterceptingOperatorMetricGroup();
  private final TrainerMetrics metrics = new TrainerMetrics(group);

  private Object gauge(String name) {
    return ((Gauge<?>) group.get(name)).getValue();
  }

  @Test
  void aTrainerThatHasDoneNothingHasNoLossYet() {
    assertThat(gauge("trainingStep")).isEqualTo(0L);
    assertThat(gauge("trainingLoss")).isEqualTo(Double.NaN);
  }

  @Test
  void theLatestProgressIsWhatTheGaugesShow() {
    metrics.step(7);
    metrics.progress(
        new TrainingProgress(
            6,
            400,
            90,
            0,
            4.5,
            new Accuracy(100, 25, 50, 10),
            Accuracy.NONE,
            Accuracy.NONE,
            Accuracy.NONE,
            Map.of(),
            new RatingError(4, 9), // the root of 9 / 4
            RatingError.NONE,
            0,
            0,
            0,
            0,
            ""));

    assertThat(gauge("trainingStep")).isEqualTo(7L);
    assertThat(gauge("eventsTrained")).isEqualTo(400L);
    assertThat(gauge("nonPositives")).isEqualTo(90L);
    assertThat(gauge("prequentialRatingRmse")).isEqualTo(1.5);
    assertThat(gauge("trainingLoss")).isEqualTo(4.5);
    assertThat(gauge("prequentialHitAt10")).as("25 hits in 100 events").isEqualTo(0.25);
  }

  @Test
  void publicationsAreCountedAndTheLastOneTimed() {
    metrics.published(0, 3_000_000);
    metrics.published(2, 41_999_999);

    assertThat(((Counter) group.get("publications")).getCount()).isEqualTo(2);
    assertThat(((Counter) group.get("withheldVectors")).getCount()).isEqualTo(2);
    assertThat(gauge("lastPublicationMillis")).as("whole milliseconds").isEqualTo(41L);
  }
}
