package io.towerflow.learn;

import io.towerflow.arithmetic.DivergenceException;
import io.towerflow.loss.SoftmaxAdjustment;
import io.towerflow.statistics.RunningStatistics;
import io.towerflow.tower.NumberField;
import io.towerflow.tower.QueryContext;
import java.nio.ByteBuffer;
import java.util.List;

/** Takes the training steps: counts them, their losses, and the batches that were skipped. */
final class Trainer {

  private final Model model;
  private final Sampler sampler;
  private final SoftmaxAdjustment adjustment;
  private long step;
  private long eventTime = Long.MIN_VALUE;
  private double lossSum;
  private long lossCount;
  private long skippedBatches;
  private long skippedEvents;

  /** What a step learns of the batch beside weights. */
  private record Statistics(
      byte[] times, List<byte[]> itemNumbers, List<byte[]> contextNumbers, long eventTime) {}

  Trainer(Model model) {
    this.model = model;
    sampler = new Sampler(model);
    adjustment = new SoftmaxAdjustment(model.spec.loss());
  }

  /**
   * Samples for the next step. Before the batch is counted: what popularity says of an item must
   * not know the batch.
   *
   * @param queries of each example
   * @param now the ordinal of the batch's first event
   */
  TrainingSample sample(List<Example> batch, List<QueryContext> queries, long now) {
    return sampler.sample(batch, queries, step, now);
  }

  /** Trains the batch, or, where the step is not finite, skips it. */
  void train(List<Example> batch, TrainingSample sample, Learner.Listener listener) {
    step++;
    Statistics before = statistics();
    try {
      takeStep(batch, sample);
    } catch (DivergenceException e) {
      restore(before);
      sampler.disown(batch);
      skippedBatches++;
      skippedEvents += batch.size();
      listener.skipped(List.copyOf(batch), e.getMessage());
    }
  }

  private void takeStep(List<Example> batch, TrainingSample sample) {
    for (Example example : batch) {
      model.towers.times().add(example.time() / 1000.0);
      if (example.itemIsKnown()) {
        int position = model.catalogue.position(example.itemIndex());
        addTo(model.towers.itemNumbers(), model.catalogue.attributes(position).numbers());
      }
      addTo(model.towers.contextNumbers(), example.context().numbers());
      eventTime = Math.max(eventTime, example.time());
    }
    if (sample.queries().isEmpty()) {
      return;
    }
    float[] adjustments =
        adjustment.of(
            sample.positives(),
            sample.counts(),
            sample.expected(model.popularity, model.catalogue.size()),
            sample.seenColumns());
    double loss =
        model.towers.train(
            sample.queries(),
            sample.candidates(),
            sample.positives(),
            sample.weights(),
            adjustments,
            sample.ratings(),
            step);
    int positives = sample.instances().size();
    if (positives > 0) {
      lossSum += loss * positives;
      lossCount += positives;
    }
  }

  private static void addTo(List<NumberField> fields, double[] numbers) {
    for (int i = 0; i < fields.size(); i++) {
      fields.get(i).add(numbers[i]);
    }
  }

  private Statistics statistics() {
    return new Statistics(
        model.towers.times().toBytes(),
        bytes(model.towers.itemNumbers()),
        bytes(model.towers.contextNumbers()),
        eventTime);
  }

  private static List<byte[]> bytes(List<NumberField> fields) {
    return fields.stream().map(field -> field.statistics().toBytes()).toList();
  }

  private void restore(Statistics then) {
    model.towers.times().set(RunningStatistics.fromBytes(then.times));
    set(model.towers.itemNumbers(), then.itemNumbers);
    set(model.towers.contextNumbers(), then.contextNumbers);
    eventTime = then.eventTime;
  }

  private static void set(List<NumberField> fields, List<byte[]> statistics) {
    for (int i = 0; i < fields.size(); i++) {
      fields.get(i).statistics().set(RunningStatistics.fromBytes(statistics.get(i)));
    }
  }

  /** Training steps so far. */
  long step() {
    return step;
  }

  /** The latest time learnt, milliseconds since the epoch. */
  long eventTime() {
    return eventTime;
  }

  /** The mean loss of a positive since {@link #forgetLoss}, NaN where there was none. */
  double meanLoss() {
    return lossCount == 0 ? Double.NaN : lossSum / lossCount;
  }

  void forgetLoss() {
    lossSum = 0;
    lossCount = 0;
  }

  double lossSum() {
    return lossSum;
  }

  long lossCount() {
    return lossCount;
  }

  long skippedBatches() {
    return skippedBatches;
  }

  long skippedEvents() {
    return skippedEvents;
  }

  /** Writes what is not among the {@link Scalars}. */
  void snapshot(StateStore.Writer writer) throws Exception {
    writer.put(
        Tables.SINGLES,
        Tables.SKIPPED,
        ByteBuffer.allocate(2 * Long.BYTES).putLong(skippedBatches).putLong(skippedEvents).array());
  }

  void restore(Scalars scalars, Singles singles) {
    step = scalars.step();
    eventTime = scalars.eventTime();
    lossSum = scalars.lossSum();
    lossCount = scalars.lossCount();
    singles
        .find(Tables.SKIPPED)
        .ifPresent(
            bytes -> {
              ByteBuffer skipped = ByteBuffer.wrap(bytes);
              skippedBatches = skipped.getLong();
              skippedEvents = skipped.getLong();
            });
  }
}
