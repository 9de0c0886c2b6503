package io.towerflow.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.towerflow.job.JobOptions;
import io.towerflow.message.Accuracy;
import io.towerflow.message.RatingError;
import io.towerflow.message.TrainingProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

  private static final String NASTY = "</script><script>alert('{{users}} & \"$1\"')</script>";

  @TempDir Path directory;

  @Test
  void thePageSaysWhatUsersGetAndHowTheStreamWent() throws Exception {
    report("Synthetic stream").write(directory);

    assertThat(Report.page(directory))
        .content()
        .contains("<h1>Synthetic stream</h1>", "<span>The Silent Harbour</span><i>4.5</i>")
        // Windows of 10 events with 1 and 3 hits; the second came 2 s after the first: 5 events/s.
        .contains(
            "{\"events\":[10,20],\"hit\":[0.1,0.3],\"popular\":[0.2,0.2],\"loss\":[2.5,null],"
                + "\"speed\":[null,5.0]}")
        // 12 345 sent, 20 of them trained, in 4 seconds.
        .contains("<b>20</b><span>of 12,345</span>", "<b>5</b><span>start included</span>")
        // From 10 events at 1 s to 20 at 3 s.
        .contains("Events a second after the start</th><td>5</td>")
        .contains("no positives</th><td>4</td>", "RMSE</th><td>1.5000</td>")
        .doesNotContain("{{");
  }

  @Test
  void noTitleBreaksOutOfThePage() throws Exception {
    report(NASTY).write(directory);

    assertThat(Report.page(directory))
        .content()
        .doesNotContain("<script>alert")
        .contains(
            "<h1>&lt;/script&gt;&lt;script&gt;alert(&#39;{{users}} &amp; &quot;$1&quot;&#39;)"
                + "&lt;/script&gt;</h1>");
  }

  @Test
  void thePageIsMadeAgainFromTheFigures() throws Exception {
    report(NASTY).write(directory);
    String page = Files.readString(Report.page(directory));
    Files.delete(Report.page(directory));

    Report.read(Report.figures(directory)).write(directory);

    assertThat(Report.page(directory)).hasContent(page);
  }

  @Test
  void aFileOfSomethingElseIsRefused() throws Exception {
    Path file = Files.writeString(directory.resolve("else.json"), "{\"a\":1}");
    assertThatThrownBy(() -> Report.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("else.json holds no figures");
  }

  private static Report report(String title) {
    Outcome outcome = new Outcome(JobOptions.parse());
    Trajectory trajectory = outcome.trajectory();
    Accuracy popular = new Accuracy(10, 2, 5, 1);
    trajectory.add(progress(10, 2.5, new Accuracy(10, 1, 2, 0.5), popular), 1_000);
    trajectory.add(progress(20, Double.NaN, new Accuracy(10, 3, 4, 1.5), popular), 3_000);
    return Report.of(
        title,
        Figures.of(outcome, 12_345, 4, "report.html"),
        trajectory,
        List.of(
            new UserList(
                "u1",
                17,
                2,
                "2026-01-01T00:00:00Z",
                List.of(new UserList.Favourite("i1", "The Silent Harbour", 4.5)),
                List.of(new UserList.Item("i2", title, 1.25, 1)))));
  }

  private static TrainingProgress progress(
      long events, double loss, Accuracy window, Accuracy popular) {
    return new TrainingProgress(
        events / 10,
        events,
        events / 5,
        0,
        loss,
        window,
        window,
        popular,
        popular,
        Map.of("new_user", window),
        RatingError.NONE,
        new RatingError(4, 9),
        2,
        3,
        0,
        0,
        "");
  }
}
