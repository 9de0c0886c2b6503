package io.towerflow.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.message.Accuracy;
import io.towerflow.message.RatingError;
import io.towerflow.message.TrainingProgress;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrajectoryTest {

  private final Trajectory trajectory = new Trajectory();

  @Test
  void aWindowBelongsToTheFifthOfItsLastEvent() {
    // 10 events, so a fifth is 2 of them. Windows end at 2 (fifth 1), 5 (fifth 3), 9 and 10 (both
    // in fifth 5).
    add(2, 1);
    add(5, 2);
    add(9, 3);
    add(10, 1);

    assertThat(hits(1)).isEqualTo(1);
    assertThat(hits(2)).isZero();
    assertThat(hits(3)).isEqualTo(2);
    assertThat(hits(4)).isZero();
    assertThat(hits(5)).isEqualTo(4);
  }

  @Test
  void whatAJobRepeatsAfterAFailureCountsOnce() {
    add(10, 1);
    add(20, 2);
    add(30, 3);
    add(20, 2);
    add(30, 3);
    add(40, 4);

    assertThat(trajectory.points())
        .extracting(point -> point.progress().events())
        .containsExactly(10L, 20L, 30L, 40L);
  }

  @Test
  void theLastMessageLeavesAWindowAlreadyThatEndedWithTheStream() {
    add(10, 1);
    TrainingProgress end = progress(10, Accuracy.NONE, "digest");
    trajectory.add(end, 0);
    assertThat(trajectory.points()).hasSize(2);

    trajectory.add(end, 0);
    assertThat(trajectory.points()).hasSize(2);
    assertThat(trajectory.last()).contains(end);
  }

  @Test
  void recentAccuracyAddsUpTheLastWindows() {
    add(10, 1);
    add(20, 2);
    add(30, 4);

    // 2 + 4 hits of 10 + 10 events; of three windows where five are asked for, 7 of 30.
    assertThat(trajectory.recent(2, TrainingProgress::window).hitAt10()).isEqualTo(0.3);
    assertThat(trajectory.recent(5, TrainingProgress::window).hitsAt10()).isEqualTo(7);
  }

  @Test
  void aRunWithoutMessagesHasNoAccuracy() {
    assertThat(trajectory.last()).isEmpty();
    assertThat(hits(1)).isZero();
    assertThat(trajectory.eventsPerSecond(1, 5)).isNull();
  }

  @Test
  void speedIsTakenFromTheFirstMessageToTheLast() {
    // Of 100 events the fifths end at 20, 40, 60, 80 and 100.
    addAt(10, 5_000);
    addAt(20, 6_000);
    addAt(50, 8_000);
    addAt(80, 12_000);
    addAt(100, 14_000);

    assertThat(trajectory.eventsPerSecond(1, 5)).as("90 events in 9 s").isEqualTo(10);
    assertThat(trajectory.eventsPerSecond(1, 1)).as("from 10 to 20 in 1 s").isEqualTo(10);
    assertThat(trajectory.eventsPerSecond(2, 4)).as("from 20 to 80 in 6 s").isEqualTo(10);
    assertThat(trajectory.eventsPerSecond(5, 5)).as("from 80 to 100 in 2 s").isEqualTo(10);
  }

  @Test
  void theDigestAtTheEndDoesNotCountAsLearning() {
    addAt(10, 1_000);
    addAt(20, 2_000);
    trajectory.add(progress(20, Accuracy.NONE, "digest"), 9_000);

    assertThat(trajectory.eventsPerSecond(1, 5)).as("10 events in 1 s").isEqualTo(10);
  }

  @Test
  void oneMessageTellsNoSpeed() {
    addAt(10, 1_000);

    assertThat(trajectory.eventsPerSecond(1, 5)).isNull();
  }

  private void addAt(long events, long time) {
    trajectory.add(progress(events, Accuracy.NONE, ""), time);
  }

  private long hits(int fifth) {
    return trajectory.fifth(fifth, TrainingProgress::window).hitsAt10();
  }

  private void add(long events, long hits) {
    trajectory.add(progress(events, new Accuracy(10, hits, hits, hits), ""), 0);
  }

  private static TrainingProgress progress(long events, Accuracy window, String digest) {
    return new TrainingProgress(
        events,
        events,
        0,
        0,
        1,
        window,
        window,
        window,
        window,
        Map.of(),
        RatingError.NONE,
        RatingError.NONE,
        1,
        1,
        0,
        0,
        digest);
  }
}
