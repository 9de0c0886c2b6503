package io.towerflow.local;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * What a run with kills came to, beside a quiet one.
 *
 * @param eventsSent records that were put on the ratings topic
 * @param eventsTrained events learnt
 * @param deadLetters records that could not be used
 * @param kills processes killed
 * @param restarts how often the job ran again after one
 * @param crossings how often training went over to a process with other JVM options
 * @param duplicates see {@link OutputAudit#duplicates}
 * @param lost see {@link OutputAudit#lost}
 * @param digest of the whole model after the kills, empty where the stream has not ended
 * @param quietDigest of the whole model of the quiet run
 * @param recoverySeconds from a kill until the first checkpoint is complete that was triggered
 *     after it: until then nothing of what the job does anew is seen
 */
record ChaosFigures(
    @JsonProperty("events_sent") long eventsSent,
    @JsonProperty("events_trained") long eventsTrained,
    @JsonProperty("dead_letters") long deadLetters,
    @JsonProperty("kills") int kills,
    @JsonProperty("restarts") int restarts,
    @JsonProperty("crossings") int crossings,
    @JsonProperty("duplicates") long duplicates,
    @JsonProperty("lost") long lost,
    @JsonProperty("digest") String digest,
    @JsonProperty("quiet_digest") String quietDigest,
    @JsonProperty("recovery_seconds") Spread recoverySeconds) {

  /**
   * The middle of some times and the largest, in seconds to the millisecond; of an even count, the
   * mean of the middle two.
   */
  record Spread(@JsonProperty("median") double median, @JsonProperty("max") double max) {

    /**
     * @param millis one or more times
     */
    static Spread of(List<Long> millis) {
      List<Long> sorted = millis.stream().sorted().toList();
      int middle = sorted.size() / 2;
      long median =
          sorted.size() % 2 == 1
              ? sorted.get(middle)
              : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
      return new Spread(median / 1000.0, sorted.get(sorted.size() - 1) / 1000.0);
    }
  }

  /** What is wrong, as a sentence, or nothing where all is as it must be. */
  String complaint() {
    if (quietDigest.isEmpty() || digest.isEmpty()) {
      return "a run has not come to its end: it told no digest";
    }
    if (!digest.equals(quietDigest)) {
      return "the model is another after the kills: digest %s, of the quiet run %s"
          .formatted(digest, quietDigest);
    }
    if (lost > 0 || duplicates > 0) {
      return "%,d outputs or events were lost and %,d came twice".formatted(lost, duplicates);
    }
    return "";
  }
}
