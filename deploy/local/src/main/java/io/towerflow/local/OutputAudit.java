package io.towerflow.local;

import io.towerflow.message.ItemEmbedding;
import io.towerflow.message.Recommendation;
import io.towerflow.message.TrainingProgress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a job's outputs came to, as readers of committed records find them, message by message in
 * the order of their topics. Not thread safe.
 */
final class OutputAudit {

  private final List<TrainingProgress> progress = new ArrayList<>();
  private final Map<String, Long> vectors = new HashMap<>();
  private final Map<String, Long> lists = new HashMap<>();
  private final Set<String> deadLetters = new HashSet<>();
  private long repeated;
  private long deadLetterCount;

  /** A window that does not lie behind the one before was reported twice. */
  void add(TrainingProgress message) {
    if (!progress.isEmpty()) {
      TrainingProgress last = progress.get(progress.size() - 1);
      // The last message of a stream may follow a window that ended with the stream.
      boolean ends = message.isFinal() && !last.isFinal();
      if (message.events() < last.events() || (message.events() == last.events() && !ends)) {
        repeated++;
        return;
      }
    }
    progress.add(message);
  }

  /** A version of an item's vector comes once, after all earlier versions. */
  void add(ItemEmbedding message) {
    Long last = vectors.put(message.id(), message.modelVersion());
    if (last != null && message.modelVersion() <= last) {
      repeated++;
    }
  }

  /** One version may have several lists of a user, who went on meanwhile; none comes back. */
  void add(Recommendation message) {
    Long last = lists.put(message.user(), message.modelVersion());
    if (last != null && message.modelVersion() < last) {
      repeated++;
    }
  }

  /**
   * A record is refused once.
   *
   * @param place its topic, partition and offset
   */
  void addDeadLetter(String place) {
    deadLetterCount++;
    if (!deadLetters.add(place)) {
      repeated++;
    }
  }

  /** Dead letters. */
  long deadLetters() {
    return deadLetterCount;
  }

  /** Events trained, by the last message; those of skipped batches are dead letters. */
  long eventsTrained() {
    if (progress.isEmpty()) {
      return 0;
    }
    TrainingProgress last = progress.get(progress.size() - 1);
    return last.events() - last.skippedEvents();
  }

  /** The model's digest at the end of the stream, empty where it has not ended. */
  String digest() {
    return progress.isEmpty() ? "" : progress.get(progress.size() - 1).modelDigest();
  }

  /**
   * Outputs that came more than once or went back, and events learnt more than once.
   *
   * @param sent events that were there to be learnt
   */
  long duplicates(long sent) {
    return repeated + Math.max(0, eventsTrained() + deadLetterCount - sent);
  }

  /**
   * Windows of the quiet run that this one has not reported, and events not learnt. Windows are cut
   * by the events' ordinal alone, so both runs have the same.
   *
   * @param sent events that were there to be learnt
   */
  long lost(long sent, OutputAudit quiet) {
    Set<Long> windows = new HashSet<>();
    progress.forEach(message -> windows.add(message.events()));
    long missing =
        quiet.progress.stream().filter(message -> !windows.contains(message.events())).count();
    return missing + Math.max(0, sent - eventsTrained() - deadLetterCount);
  }
}
