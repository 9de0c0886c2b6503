package io.towerflow.job;

import io.towerflow.message.TrainingProgress;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** How training stands, for Flink's metric reporters, which read from threads of their own. */
final class TrainerMetrics {

  private final Counter publications;
  private final Counter withheldVectors;
  private final Counter skippedBatches;
  private final Counter skippedEvents;

  private volatile long step;
  private volatile long eventsTrained;
  private volatile long nonPositives;
  private volatile double loss = Double.NaN;
  private volatile double hitAt10;
  private volatile double ratingRmse = Double.NaN;
  private volatile long publicationMillis;

  TrainerMetrics(MetricGroup group) {
    publications = group.counter("publications");
    withheldVectors = group.counter("withheldVectors");
    skippedBatches = group.counter("skippedBatches");
    skippedEvents = group.counter("skippedEvents");
    group.gauge("trainingStep", (Gauge<Long>) () -> step);
    group.gauge("eventsTrained", (Gauge<Long>) () -> eventsTrained);
    group.gauge("trainingLoss", (Gauge<Double>) () -> loss);
    group.gauge("prequentialHitAt10", (Gauge<Double>) () -> hitAt10);
    group.gauge("nonPositives", (Gauge<Long>) () -> nonPositives);
    group.gauge("prequentialRatingRmse", (Gauge<Double>) () -> ratingRmse);
    group.gauge("lastPublicationMillis", (Gauge<Long>) () -> publicationMillis);
  }

  void step(long now) {
    step = now;
  }

  void progress(TrainingProgress progress) {
    eventsTrained = progress.trained();
    nonPositives = progress.nonPositives();
    loss = progress.loss();
    hitAt10 = progress.window().hitAt10();
    ratingRmse = progress.ratingWindow().rmse();
  }

  void skipped(int events) {
    skippedBatches.inc();
    skippedEvents.inc(events);
  }

  void published(int withheld, long nanoseconds) {
    publications.inc();
    withheldVectors.inc(withheld);
    publicationMillis = nanoseconds / 1_000_000;
  }
}
