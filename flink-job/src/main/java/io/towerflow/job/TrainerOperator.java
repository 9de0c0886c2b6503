package io.towerflow.job;

import io.towerflow.connectors.codec.DeadLetter;
import io.towerflow.learn.Evictions;
import io.towerflow.learn.Example;
import io.towerflow.learn.Learner;
import io.towerflow.learn.Publication;
import io.towerflow.message.TrainingProgress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the learner: example in, publications and progress out, and what can't be trained. One
 * subtask, which owns every key group; all examples come under {@link LearnerState#MODEL_KEY}, and
 * are put in order first.
 *
 * <p>An operator of its own and not a function, because a function can't choose the key that it
 * writes under when a snapshot is taken: its rows would go under the key of the last example.
 */
final class TrainerOperator extends AbstractStreamOperator<SearchInput>
    implements OneInputStreamOperator<SequencedExample, SearchInput>,
        BoundedOneInput,
        Learner.Listener {

  static final OutputTag<TrainingProgress> TRAINING_PROGRESS =
      new OutputTag<>("training-progress", TypeInformation.of(TrainingProgress.class));

  /**
   * Rows that may have changed without being written. A barrier writes them in one go, at some
   * hundred thousand rows a second, and training waits for it: so that is a fraction of a second,
   * however many rows a first checkpoint finds or a long interval has changed.
   */
  static final int MOST_UNWRITTEN = 50_000;

  private static final Logger LOGGER = LoggerFactory.getLogger(TrainerOperator.class);

  private final LearnerFactory learners;
  private final Duration publishEvery;
  private final int topKShards;

  private transient boolean restored;
  private transient Learner learner;
  private transient FollowedUsers followed;
  private transient LearnerState state;
  private transient ChainState<SequencedExample> chainState;
  private transient Chain<SequencedExample> chain;
  private transient TrainerMetrics meters;
  private transient Standing standing;
  private transient long lastPublication;
  private transient ScheduledFuture<?> nextPublication;

  TrainerOperator(LearnerFactory learners, Duration publishEvery, int topKShards) {
    this.learners = learners;
    this.publishEvery = publishEvery;
    this.topKShards = topKShards;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    restored = context.isRestored();
  }

  @Override
  public void open() throws Exception {
    super.open();
    learner = EngineLoading.explained(learners::create);
    setCurrentKey(LearnerState.MODEL_KEY);
    followed = new FollowedUsers(getKeyedStateStore());
    state = new LearnerState(getKeyedStateBackend(), getKeyedStateStore(), followed);
    chainState = new ChainState<>(getKeyedStateStore(), SequencedExample.class);
    chain = chainState.read(restored);
    standing = Standing.START;
    if (restored) {
      long start = System.nanoTime();
      standing = state.restore(learner);
      LOGGER.info(
          "Restored the model at step {}: {} rows in {} ms",
          learner.step(),
          state.rowsRead(),
          (System.nanoTime() - start) / 1_000_000);
      learner
          .otherArithmetic()
          .ifPresent(
              other ->
                  LOGGER.warn(
                      "The model was learnt with another arithmetic ({}; now {}): it goes on from"
                          + " here, and not to the last bit as it would have there",
                      other,
                      learner.arithmetic()));
    }
    meters = new TrainerMetrics(getMetricGroup());
    meters.step(learner.step());
    lastPublication = getProcessingTimeService().getCurrentProcessingTime();
    scheduleNextPublication();
  }

  @Override
  public void processElement(StreamRecord<SequencedExample> example) throws Exception {
    standing = standing.ended(false);
    for (SequencedExample next : chain.offer(example.getValue())) {
      if (next.example() != null) {
        learn(next.example());
      } else {
        evict(next.evictions());
      }
      if (learner.unwritten() > MOST_UNWRITTEN) {
        state.writeChanges(learner);
      }
    }
  }

  private void learn(Example example) {
    learner.learn(followed.next(example), this);
    meters.step(learner.step());
    if (learner.publicationDue()) {
      publish();
    }
  }

  private void evict(Evictions evictions) throws Exception {
    learner.evict(evictions, this);
    followed.evict(evictions);
    meters.step(learner.step());
  }

  /** Comes once more where the job is restored from a checkpoint that was taken after it. */
  @Override
  public void endInput() {
    if (!chain.held().isEmpty()) {
      throw new IllegalStateException(
          "The stream has ended, and what follows example %d never came; %d wait for it"
              .formatted(chain.last(), chain.held().size()));
    }
    if (!standing.ended()) {
      learner.finish(this);
      meters.step(learner.step());
      publish();
      standing = standing.ended(true);
    }
  }

  /** Flink calls this before it snapshots the keyed state, so what is written here is in it. */
  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    state.write(learner, standing);
    setCurrentKey(LearnerState.MODEL_KEY);
    chainState.write(chain);
  }

  @Override
  public void close() throws Exception {
    if (nextPublication != null) {
      nextPublication.cancel(false);
    }
    if (learner != null) {
      learner.close();
    }
    super.close();
  }

  @Override
  public void progress(TrainingProgress progress) {
    meters.progress(progress);
    output.collect(TRAINING_PROGRESS, new StreamRecord<>(progress));
  }

  @Override
  public void skipped(List<Example> batch, String why) {
    meters.skipped(batch.size());
    LOGGER.warn("A batch of {} events was skipped. {}", batch.size(), why);
    for (Example example : batch) {
      output.collect(
          DeadLetters.TAG, new StreamRecord<>(DeadLetter.notTrainable(example.record(), why)));
    }
  }

  /** The wall clock decides when the model is seen, never what it learns. */
  private void scheduleNextPublication() {
    long every = publishEvery.toMillis();
    nextPublication =
        getProcessingTimeService()
            .registerTimer(
                lastPublication + every,
                now -> {
                  if (now - lastPublication >= every) {
                    publish();
                  }
                  scheduleNextPublication();
                });
  }

  private void publish() {
    long start = System.nanoTime();
    lastPublication = getProcessingTimeService().getCurrentProcessingTime();
    Optional<Publication> publication = learner.publish();
    if (publication.isPresent()) {
      boolean isNews = publication.get().version() > standing.version();
      standing = standing.published(publication.get().version());
      PublicationSender.send(
          publication.get(), standing.publications(), isNews, topKShards, output);
      meters.published(publication.get().withheld(), System.nanoTime() - start);
    }
  }
}
