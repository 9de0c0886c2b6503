package io.towerflow.learn;

import io.towerflow.message.TrainingProgress;
import java.util.List;
import java.util.Optional;

/**
 * A model that learns from examples as they come. Not thread safe; deterministic: the same examples
 * in the same order give the same state, whatever is published or snapshotted in between.
 */
public interface Learner extends AutoCloseable {

  /** Is told what becomes of the examples. */
  @FunctionalInterface
  interface Listener {

    /** A window of events is complete. */
    void progress(TrainingProgress progress);

    /**
     * A batch was not trained, since the step would have made numbers that are not finite: but for
     * its vocabularies and counts of what was seen the model is as if its examples had not come.
     *
     * @param why a sentence
     * @throws IllegalStateException with it, from whoever has no place for such examples
     */
    default void skipped(List<Example> batch, String why) {
      throw new IllegalStateException(why);
    }
  }

  /**
   * Takes the next example. When it closes a batch, the batch is scored and then trained.
   *
   * @param listener is told of the batch before this returns
   */
  void learn(Example example, Listener listener);

  /**
   * Lets go of users and items. What came before is trained first, so that nothing is still to be
   * learnt of those who leave; what comes after knows them by these indices no more.
   *
   * @param listener is told of the batch before this returns
   */
  void evict(Evictions evictions, Listener listener);

  /** Trains the rest of a stream that has ended and reports the last, final progress. */
  void finish(Listener listener);

  /** Whether so many events have been taken since the last publication that one is due. */
  boolean publicationDue();

  /**
   * The next publication: candidates that changed or left since the last one and every user touched
   * since then. Empty where nothing has happened since. Queries include events that are not trained
   * yet.
   */
  Optional<Publication> publish();

  /** The training step that the model stands at. */
  long step();

  /** The examples taken but not trained yet, in order: part of a snapshot. */
  List<Example> untrained();

  /**
   * The users touched since the last publication, in order of their first touch: part of a
   * snapshot.
   */
  List<PendingQuery> pendingQueries();

  /**
   * Rows of weights that changed since the last snapshot, and so would be written or removed by one
   * now. Whatever else a snapshot writes is less.
   */
  int unwritten();

  /**
   * Writes what changed since the last snapshot, all but {@link #untrained} and {@link
   * #pendingQueries}.
   */
  void snapshot(StateStore.Writer writer) throws Exception;

  /**
   * Takes over a snapshot. Only before the first example. The next publication then holds every
   * candidate.
   */
  void restore(StateStore.Reader reader, List<Example> untrained, List<PendingQuery> pendingQueries)
      throws Exception;

  /** What computes the steps, see {@link io.towerflow.arithmetic.Passes#name}. */
  String arithmetic();

  /**
   * What computed the model that was restored, where it is not what computes now: learnt on, it is
   * as good a model, and not bit for bit the one that it would have become.
   */
  default Optional<String> otherArithmetic() {
    return Optional.empty();
  }

  /** A digest (SHA-256, hex) over rows, slots, dense weights, statistics, vocabularies and step. */
  String digest();

  @Override
  void close();
}
