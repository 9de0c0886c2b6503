package io.towerflow.connectors.codec;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.towerflow.message.Accuracy;
import io.towerflow.message.ItemEmbedding;
import io.towerflow.message.RatingError;
import io.towerflow.message.Recommendation;
import io.towerflow.message.TrainingProgress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The JSON of the messages that leave, and its way back. Times are ISO-8601 in UTC.
 *
 * <p>A number that is not finite has no JSON: encoding one throws {@link IllegalArgumentException}.
 * So does decoding bytes that are no such message, naming the field at fault; fields that aren't
 * known are skipped.
 */
public final class Messages {

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8).build();

  private Messages() {}

  /**
   * {@code {"id","vector":[…],"model_version","event_time"}}. A tombstone has no JSON: its record
   * has no value.
   */
  public static byte[] encode(ItemEmbedding embedding) {
    return write(
        json -> {
          json.writeStringField("id", embedding.id());
          json.writeArrayFieldStart("vector");
          for (float x : embedding.vector()) {
            json.writeNumber(finite(x, "vector", embedding.id()));
          }
          json.writeEndArray();
          json.writeNumberField("model_version", embedding.modelVersion());
          writeTime(json, embedding.eventTime());
        });
  }

  /** The way back from {@link #encode(ItemEmbedding)}. */
  public static ItemEmbedding decodeItemEmbedding(byte[] bytes) {
    JsonFields message = JsonFields.of("an item embedding", bytes);
    return new ItemEmbedding(
        message.text("id"),
        message.floats("vector"),
        message.integer("model_version"),
        message.time("event_time"));
  }

  /**
   * {@code {"user_id","model_version","event_time","items":[{"id","score","rank"}]}}, rank 1 being
   * the best.
   */
  public static byte[] encode(Recommendation recommendation) {
    return write(
        json -> {
          json.writeStringField("user_id", recommendation.user());
          json.writeNumberField("model_version", recommendation.modelVersion());
          writeTime(json, recommendation.eventTime());
          json.writeArrayFieldStart("items");
          for (int i = 0; i < recommendation.items().length; i++) {
            json.writeStartObject();
            json.writeStringField("id", recommendation.items()[i]);
            json.writeNumberField(
                "score", finite(recommendation.scores()[i], "score", recommendation.items()[i]));
            json.writeNumberField("rank", i + 1);
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  /** The way back from {@link #encode(Recommendation)}; items are put in the order of the array. */
  public static Recommendation decodeRecommendation(byte[] bytes) {
    JsonFields message = JsonFields.of("a recommendation", bytes);
    var entries = message.objects("items");
    String[] items = new String[entries.size()];
    float[] scores = new float[items.length];
    for (int i = 0; i < items.length; i++) {
      items[i] = entries.get(i).text("id");
      scores[i] = (float) entries.get(i).number("score");
    }
    return new Recommendation(
        message.text("user_id"),
        message.integer("model_version"),
        message.time("event_time"),
        items,
        scores);
  }

  /**
   * {@code
   * {"step","events","non_positives","event_time","loss","hit_at_10","hit_at_100","mrr_at_100","window":{…},
   * "total":{…},"popularity":{…},"popularity_total":{…},"by_cohort":{name:{…}},
   * "rating_rmse"?,"rating"?:{"events","squared_error","rmse"},"rating_total"?:{…},"users","items",
   * "final","model_digest"?}}. The three ratios are those of the window. Every accuracy is {@code
   * {"events","hits_at_10","hits_at_100","reciprocal_ranks","hit_at_10","hit_at_100","mrr_at_100"}}:
   * sums, so that windows add up exactly, and the ratios they make. The loss is null where no step
   * fell in the window. {@code rating_rmse}, over the window, and the sums behind it are there once
   * a rating was foretold; it is null where the window has none.
   */
  public static byte[] encode(TrainingProgress progress) {
    return write(
        json -> {
          json.writeNumberField("step", progress.step());
          json.writeNumberField("events", progress.events());
          json.writeNumberField("non_positives", progress.nonPositives());
          writeTime(json, progress.eventTime());
          writeNumberOrNull(json, "loss", progress.loss());
          writeRatios(json, progress.window());
          writeAccuracy(json, "window", progress.window());
          writeAccuracy(json, "total", progress.total());
          writeAccuracy(json, "popularity", progress.popularityWindow());
          writeAccuracy(json, "popularity_total", progress.popularityTotal());
          json.writeObjectFieldStart("by_cohort");
          for (var cohort : new TreeMap<>(progress.cohorts()).entrySet()) {
            writeAccuracy(json, cohort.getKey(), cohort.getValue());
          }
          json.writeEndObject();
          if (progress.ratingTotal().events() > 0) {
            writeNumberOrNull(json, "rating_rmse", progress.ratingWindow().rmse());
            writeRatingError(json, "rating", progress.ratingWindow());
            writeRatingError(json, "rating_total", progress.ratingTotal());
          }
          json.writeNumberField("users", progress.users());
          json.writeNumberField("items", progress.items());
          json.writeNumberField("skipped_batches", progress.skippedBatches());
          json.writeNumberField("skipped_events", progress.skippedEvents());
          json.writeBooleanField("final", progress.isFinal());
          if (progress.isFinal()) {
            json.writeStringField("model_digest", progress.modelDigest());
          }
        });
  }

  /** The way back from {@link #encode(TrainingProgress)}. */
  public static TrainingProgress decodeProgress(byte[] bytes) {
    JsonFields message = JsonFields.of("training progress", bytes);
    Map<String, Accuracy> cohorts = new LinkedHashMap<>();
    JsonFields byCohort = message.object("by_cohort");
    for (String cohort : byCohort.names()) {
      cohorts.put(cohort, accuracy(byCohort.object(cohort)));
    }
    return new TrainingProgress(
        message.integer("step"),
        message.integer("events"),
        message.integer("non_positives"),
        message.time("event_time"),
        message.isNull("loss") ? Double.NaN : message.number("loss"),
        accuracy(message.object("window")),
        accuracy(message.object("total")),
        accuracy(message.object("popularity")),
        accuracy(message.object("popularity_total")),
        cohorts,
        ratingError(message, "rating"),
        ratingError(message, "rating_total"),
        message.integer("users"),
        message.integer("items"),
        message.integer("skipped_batches"),
        message.integer("skipped_events"),
        message.has("model_digest") ? message.text("model_digest") : "");
  }

  /**
   * {@code {"reason","message","field","topic","partition","offset","timestamp","key","value",
   * "headers":[{"name","value"}],"cut"?}}. The record's bytes survive untouched: what is
   * well-formed UTF-8 is written as text, anything else in base64, with {@code "key_encoding"} or
   * {@code "value_encoding"} saying {@code "base64"} beside it. What isn't there is null, and so is
   * the field where no single one is at fault. {@code "cut":true} says that the record {@link
   * DeadLetter#isCut()}.
   */
  public static byte[] encode(DeadLetter letter) {
    return write(json -> DeadLetterJson.write(json, letter));
  }

  /** The way back from {@link #encode(DeadLetter)}, with the record's own bytes. */
  public static DeadLetter decodeDeadLetter(byte[] bytes) {
    return DeadLetterJson.read(JsonFields.of("a dead letter", bytes));
  }

  private static void writeAccuracy(JsonGenerator json, String name, Accuracy accuracy)
      throws IOException {
    json.writeObjectFieldStart(name);
    json.writeNumberField("events", accuracy.events());
    json.writeNumberField("hits_at_10", accuracy.hitsAt10());
    json.writeNumberField("hits_at_100", accuracy.hitsAt100());
    json.writeNumberField("reciprocal_ranks", finite(accuracy.reciprocalRanks(), name, "accuracy"));
    writeRatios(json, accuracy);
    json.writeEndObject();
  }

  private static void writeRatingError(JsonGenerator json, String name, RatingError error)
      throws IOException {
    json.writeObjectFieldStart(name);
    json.writeNumberField("events", error.events());
    json.writeNumberField("squared_error", finite(error.squaredError(), name, "a rating's error"));
    writeNumberOrNull(json, "rmse", error.rmse());
    json.writeEndObject();
  }

  /** Writes null for a mean over nothing, which is no number. */
  private static void writeNumberOrNull(JsonGenerator json, String name, double number)
      throws IOException {
    if (Double.isNaN(number)) {
      json.writeNullField(name);
    } else {
      json.writeNumberField(name, finite(number, name, "training progress"));
    }
  }

  private static void writeRatios(JsonGenerator json, Accuracy accuracy) throws IOException {
    json.writeNumberField("hit_at_10", accuracy.hitAt10());
    json.writeNumberField("hit_at_100", accuracy.hitAt100());
    json.writeNumberField("mrr_at_100", accuracy.mrrAt100());
  }

  private static RatingError ratingError(JsonFields message, String name) {
    if (!message.has(name)) {
      return RatingError.NONE;
    }
    JsonFields sums = message.object(name);
    return new RatingError(sums.integer("events"), sums.number("squared_error"));
  }

  private static Accuracy accuracy(JsonFields sums) {
    return new Accuracy(
        sums.integer("events"),
        sums.integer("hits_at_10"),
        sums.integer("hits_at_100"),
        sums.number("reciprocal_ranks"));
  }

  private static void writeTime(JsonGenerator json, long millis) throws IOException {
    json.writeStringField("event_time", Instant.ofEpochMilli(millis).toString());
  }

  private static float finite(float x, String field, String of) {
    if (!Float.isFinite(x)) {
      throw notFinite(x, field, of);
    }
    return x;
  }

  private static double finite(double x, String field, String of) {
    if (!Double.isFinite(x)) {
      throw notFinite(x, field, of);
    }
    return x;
  }

  private static IllegalArgumentException notFinite(double x, String field, String of) {
    return new IllegalArgumentException(
        "'%s' of %s holds %s, which has no JSON: the model has diverged"
            .formatted(field, Excerpt.of(of), x));
  }

  private interface Fields {
    void writeTo(JsonGenerator json) throws IOException;
  }

  private static byte[] write(Fields fields) {
    var bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator json = JSON.createGenerator(bytes, JsonEncoding.UTF8)) {
      json.writeStartObject();
      fields.writeTo(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
