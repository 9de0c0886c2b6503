package io.towerflow.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.message.Accuracy;
import io.towerflow.message.ItemEmbedding;
import io.towerflow.message.RatingError;
import io.towerflow.message.Recommendation;
import io.towerflow.message.TrainingProgress;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OutputAuditTest {

  private static final long SENT = 2500;

  private final OutputAudit quiet = progress(1000, 2000);
  private final OutputAudit audit = progress(1000, 2000);

  OutputAuditTest() {
    quiet.add(last(2500));
  }

  @Test
  void aStreamThatWasReportedOnceHasNothingTwiceAndNothingLost() {
    audit.add(last(2500));

    assertThat(audit.eventsTrained()).isEqualTo(2500);
    assertThat(audit.digest()).isEqualTo("abc");
    assertThat(audit.duplicates(SENT)).isZero();
    assertThat(audit.lost(SENT, quiet)).isZero();
  }

  @Test
  void theLastMessageMayFollowAWindowThatEndedWithTheStream() {
    audit.add(last(2000));

    assertThat(audit.duplicates(2000)).isZero();
    assertThat(audit.digest()).isEqualTo("abc");
  }

  @Test
  void windowsThatCameAgainCountEach() {
    audit.add(window(1000));
    audit.add(window(2000));
    audit.add(last(2500));

    assertThat(audit.duplicates(SENT)).isEqualTo(2);
    assertThat(audit.lost(SENT, quiet)).isZero();
  }

  @Test
  void aWindowThatIsMissingIsLostAndSoAreEventsThatWereNotTrained() {
    OutputAudit gap = progress(1000);
    gap.add(last(2500));
    assertThat(gap.lost(SENT, quiet)).as("the window that ended at 2,000").isEqualTo(1);

    // The last message of the quiet run is missing, and the 500 events before it.
    assertThat(audit.lost(SENT, quiet)).isEqualTo(1 + 500);
    assertThat(audit.digest()).isEmpty();
  }

  @Test
  void deadLettersAreEventsThatNeedNotBeTrained() {
    audit.add(last(2498));
    audit.addDeadLetter("ratings-0@10");
    audit.addDeadLetter("ratings-0@20");
    OutputAudit sameQuiet = progress(1000, 2000);
    sameQuiet.add(last(2498));

    assertThat(audit.deadLetters()).isEqualTo(2);
    assertThat(audit.lost(SENT, sameQuiet)).isZero();
    assertThat(audit.duplicates(SENT)).isZero();

    // Once more than there are: the letter itself, and one event too many.
    audit.addDeadLetter("ratings-0@20");
    assertThat(audit.duplicates(SENT)).isEqualTo(1 + 1);
  }

  @Test
  void aVersionOfAVectorComesOnceAndVersionsDoNotGoBack() {
    audit.add(last(2500));
    audit.add(vector("i1", 5));
    audit.add(vector("i2", 5));
    audit.add(vector("i1", 6));
    assertThat(audit.duplicates(SENT)).isZero();

    audit.add(vector("i1", 6));
    audit.add(vector("i2", 4));
    assertThat(audit.duplicates(SENT)).isEqualTo(2);
  }

  @Test
  void aUserMayHaveSeveralListsOfOneVersionButNoneThatGoesBack() {
    audit.add(last(2500));
    audit.add(list("u1", 5));
    audit.add(list("u1", 5));
    audit.add(list("u1", 7));
    assertThat(audit.duplicates(SENT)).isZero();

    audit.add(list("u1", 6));
    assertThat(audit.duplicates(SENT)).isEqualTo(1);
  }

  private static OutputAudit progress(long... events) {
    OutputAudit audit = new OutputAudit();
    for (long each : events) {
      audit.add(window(each));
    }
    return audit;
  }

  private static TrainingProgress window(long events) {
    return message(events, "");
  }

  private static TrainingProgress last(long events) {
    return message(events, "abc");
  }

  private static TrainingProgress message(long events, String digest) {
    return new TrainingProgress(
        events / 64,
        events,
        0,
        events,
        1,
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
        digest);
  }

  private static ItemEmbedding vector(String item, long version) {
    return new ItemEmbedding(item, new float[] {1}, version, 0);
  }

  private static Recommendation list(String user, long version) {
    return new Recommendation(user, version, 0, new String[0], new float[0]);
  }
}
