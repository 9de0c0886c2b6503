package io.towerflow.connectors.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.towerflow.message.Accuracy;
import io.towerflow.message.ItemEmbedding;
import io.towerflow.message.RatingError;
import io.towerflow.message.Recommendation;
import io.towerflow.message.TrainingProgress;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessagesTest {

  private static final long TIME = Instant.parse("1997-12-04T15:55:49Z").toEpochMilli();

  private static final ItemEmbedding EMBEDDING =
      new ItemEmbedding("i7", new float[] {0.5f, -1.25f, 3.4028235e38f, 0.1f}, 12, TIME);

  private static final Recommendation RECOMMENDATION =
      new Recommendation(
          "ann", 12, TIME + 250, new String[] {"i7", "\"é\" 😀"}, new float[] {1.5f, -0.1f});

  private static final Accuracy WINDOW = new Accuracy(8, 2, 4, 1.5);
  private static final Accuracy TOTAL = new Accuracy(16, 2, 4, 1.75);

  private static TrainingProgress progress(double loss, String digest) {
    return new TrainingProgress(
        12,
        16,
        3,
        TIME,
        loss,
        WINDOW,
        TOTAL,
        Accuracy.NONE,
        new Accuracy(16, 1, 2, 0.25),
        Map.of("returning", TOTAL, "new_user", Accuracy.NONE),
        RatingError.NONE,
        RatingError.NONE,
        5,
        7,
        1,
        64,
        digest);
  }

  private static String text(byte[] json) {
    return new String(json, UTF_8);
  }

  @Test
  void anItemEmbeddingHasThisShape() {
    assertThat(text(Messages.encode(EMBEDDING)))
        .isEqualTo(
            """
            {"id":"i7","vector":[0.5,-1.25,3.4028235E38,0.1],"model_version":12,\
            "event_time":"1997-12-04T15:55:49Z"}\
            """);
  }

  @Test
  void aRecommendationHasThisShape() {
    assertThat(text(Messages.encode(RECOMMENDATION)))
        .isEqualTo(
            """
            {"user_id":"ann","model_version":12,"event_time":"1997-12-04T15:55:49.250Z",\
            "items":[{"id":"i7","score":1.5,"rank":1},\
            {"id":"\\"é\\" 😀","score":-0.1,"rank":2}]}\
            """);
  }

  @Test
  void trainingProgressHasThisShape() {
    // The window: 2 and 4 hits of 8 events, reciprocal ranks that add up to 1.5.
    assertThat(text(Messages.encode(progress(0.75, "c0ffee"))))
        .isEqualTo(
            """
            {"step":12,"events":16,"non_positives":3,"event_time":"1997-12-04T15:55:49Z","loss":0.75,\
            "hit_at_10":0.25,"hit_at_100":0.5,"mrr_at_100":0.1875,\
            "window":{"events":8,"hits_at_10":2,"hits_at_100":4,"reciprocal_ranks":1.5,\
            "hit_at_10":0.25,"hit_at_100":0.5,"mrr_at_100":0.1875},\
            "total":{"events":16,"hits_at_10":2,"hits_at_100":4,"reciprocal_ranks":1.75,\
            "hit_at_10":0.125,"hit_at_100":0.25,"mrr_at_100":0.109375},\
            "popularity":{"events":0,"hits_at_10":0,"hits_at_100":0,"reciprocal_ranks":0.0,\
            "hit_at_10":0.0,"hit_at_100":0.0,"mrr_at_100":0.0},\
            "popularity_total":{"events":16,"hits_at_10":1,"hits_at_100":2,"reciprocal_ranks":0.25,\
            "hit_at_10":0.0625,"hit_at_100":0.125,"mrr_at_100":0.015625},\
            "by_cohort":{"new_user":{"events":0,"hits_at_10":0,"hits_at_100":0,\
            "reciprocal_ranks":0.0,"hit_at_10":0.0,"hit_at_100":0.0,"mrr_at_100":0.0},\
            "returning":{"events":16,"hits_at_10":2,"hits_at_100":4,"reciprocal_ranks":1.75,\
            "hit_at_10":0.125,"hit_at_100":0.25,"mrr_at_100":0.109375}},\
            "users":5,"items":7,"skipped_batches":1,"skipped_events":64,"final":true,"model_digest":"c0ffee"}\
            """);
  }

  @Test
  void progressBeforeTheEndHasNoDigestAndAWindowWithoutStepsNoLoss() {
    assertThat(text(Messages.encode(progress(Double.NaN, ""))))
        .contains("\"loss\":null,")
        .endsWith(
            "\"users\":5,\"items\":7,\"skipped_batches\":1,\"skipped_events\":64,\"final\":false}");
  }

  private static TrainingProgress rated(RatingError window) {
    TrainingProgress plain = progress(0.75, "");
    return new TrainingProgress(
        plain.step(),
        plain.events(),
        plain.nonPositives(),
        plain.eventTime(),
        plain.loss(),
        plain.window(),
        plain.total(),
        plain.popularityWindow(),
        plain.popularityTotal(),
        plain.cohorts(),
        window,
        new RatingError(8, 18),
        plain.users(),
        plain.items(),
        1,
        64,
        plain.modelDigest());
  }

  @Test
  void ratingsThatWereForetoldAreThereWithTheRootOfTheirMeanSquaredError() {
    // sqrt(9 / 4) = 1.5 and sqrt(18 / 8) = 1.5.
    TrainingProgress rated = rated(new RatingError(4, 9));
    assertThat(text(Messages.encode(rated)))
        .contains(
            """
            "rating_rmse":1.5,"rating":{"events":4,"squared_error":9.0,"rmse":1.5},\
            "rating_total":{"events":8,"squared_error":18.0,"rmse":1.5},"users":5\
            """);
    assertThat(Messages.decodeProgress(Messages.encode(rated))).isEqualTo(rated);
    TrainingProgress none = rated(RatingError.NONE);
    assertThat(text(Messages.encode(none)))
        .contains(
            """
            "rating_rmse":null,"rating":{"events":0,"squared_error":0.0,"rmse":null},\
            """);
    assertThat(Messages.decodeProgress(Messages.encode(none))).isEqualTo(none);
  }

  @Test
  void anItemEmbeddingComesBackAsItWas() {
    assertThat(Messages.decodeItemEmbedding(Messages.encode(EMBEDDING)))
        .usingRecursiveComparison()
        .isEqualTo(EMBEDDING);
  }

  @Test
  void floatsComeBackToTheLastBit() {
    float[] vector = {Float.MIN_VALUE, Math.nextDown(0.3f), Float.MAX_VALUE, -0f, 16777216f};

    ItemEmbedding back =
        Messages.decodeItemEmbedding(Messages.encode(new ItemEmbedding("i", vector, 1, TIME)));

    assertThat(back.vector()).isEqualTo(vector);
  }

  @Test
  void aRecommendationComesBackAsItWas() {
    assertThat(Messages.decodeRecommendation(Messages.encode(RECOMMENDATION)))
        .usingRecursiveComparison()
        .isEqualTo(RECOMMENDATION);
  }

  @Test
  void trainingProgressComesBackAsItWas() {
    TrainingProgress last = progress(0.75, "c0ffee");
    TrainingProgress early = progress(Double.NaN, "");

    assertThat(Messages.decodeProgress(Messages.encode(last))).isEqualTo(last);
    assertThat(Messages.decodeProgress(Messages.encode(early))).isEqualTo(early);
  }

  @Test
  void fieldsThatAreNotKnownAreSkipped() {
    byte[] more =
        text(Messages.encode(EMBEDDING))
            .replaceFirst("\\{", "{\"new\":{\"id\":1},")
            .getBytes(UTF_8);

    assertThat(Messages.decodeItemEmbedding(more).id()).isEqualTo("i7");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void whatIsNotFiniteIsNeverWritten(float x) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Messages.encode(new ItemEmbedding("i7", new float[] {0, x}, 1, TIME)))
        .withMessageContaining("vector")
        .withMessageContaining("i7")
        .withMessageContaining("diverged");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Messages.encode(
                    new Recommendation("ann", 1, TIME, new String[] {"i7"}, new float[] {x})))
        .withMessageContaining("score");
  }

  @Test
  void anInfiniteLossIsNeverWritten() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Messages.encode(progress(Double.POSITIVE_INFINITY, "")))
        .withMessageContaining("loss");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hello",
        "[]",
        "{}",
        "{\"id\":7,\"vector\":[],\"model_version\":1,\"event_time\":\"1997-12-04T15:55:49Z\"}",
        "{\"id\":\"i\",\"vector\":[\"1\"],\"model_version\":1,\"event_time\":\"1997-12-04T15:55:49Z\"}",
        "{\"id\":\"i\",\"vector\":1,\"model_version\":1,\"event_time\":\"1997-12-04T15:55:49Z\"}",
        "{\"id\":\"i\",\"vector\":[],\"model_version\":1.5,\"event_time\":\"1997-12-04T15:55:49Z\"}",
        "{\"id\":\"i\",\"vector\":[],\"model_version\":1,\"event_time\":\"yesterday\"}",
        "{\"id\":\"i\",\"vector\":[],\"model_version\":1}",
      })
  void whatIsNoItemEmbeddingIsRefused(String json) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Messages.decodeItemEmbedding(json.getBytes(UTF_8)))
        .withMessageStartingWith("not an item embedding: ");
  }

  @Test
  void aMessageOfAnotherKindIsRefusedByTheNameOfTheFieldItLacks() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Messages.decodeRecommendation(Messages.encode(EMBEDDING)))
        .withMessage("not a recommendation: 'items' is missing");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Messages.decodeProgress(Messages.encode(EMBEDDING)))
        .withMessage("not training progress: 'by_cohort' is missing");
  }
}
