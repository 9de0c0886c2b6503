package io.towerflow.local;

import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.connectors.data.DataSet;
import io.towerflow.learn.SplitTrainer;
import io.towerflow.message.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Trains each variant of a spec on a random part of a data set and measures it on the rest. */
final class TutorialEvaluation {

  /** The tutorial trains on 80 000 of the 100 000 ratings. */
  private static final double TRAIN_FRACTION = 0.8;

  private static final int BAR = 20;

  private final Output output;
  private final BooleanSupplier stopping;
  private final LongSupplier nanoTime;
  private final int epochs;
  private final int every;
  private final long seed;
  private final Arithmetic arithmetic;

  /**
   * @param nanoTime a clock as {@link System#nanoTime} is
   * @param every epochs from one measurement to the next
   * @param seed decides the split
   * @param arithmetic who computes
   */
  TutorialEvaluation(
      Output output,
      BooleanSupplier stopping,
      LongSupplier nanoTime,
      int epochs,
      int every,
      long seed,
      Arithmetic arithmetic) {
    this.output = output;
    this.stopping = stopping;
    this.nanoTime = nanoTime;
    this.epochs = epochs;
    this.every = every;
    this.seed = seed;
    this.arithmetic = arithmetic;
  }

  /**
   * Runs the variants one after the other; when the process is told to end, up to there.
   *
   * @return those that were measured at least once
   * @throws LaunchException if the data cannot be split
   */
  List<TutorialRun> run(DataSet data, List<SpecVariant> variants) {
    List<TutorialRun> runs = new ArrayList<>();
    long start = nanoTime.getAsLong();
    for (int i = 0; i < variants.size() && !stopping.getAsBoolean(); i++) {
      SpecVariant variant = variants.get(i);
      List<Event> events = new ArrayList<>();
      long refused = Events.read(data, variant.spec().event(), events::add);
      if (refused > 0) {
        output.say(
            String.format(
                Locale.ROOT, "%s: %,d records are left out, unusable", variant.name(), refused));
      }
      Progress progress = new Progress(i, variants.size(), start);
      try (SplitTrainer trainer = trainer(variant, events)) {
        List<TutorialRun.Measurement> measurements = train(trainer, variant, progress);
        if (!measurements.isEmpty()) {
          runs.add(new TutorialRun(variant, measurements));
        }
      }
    }
    return runs;
  }

  private SplitTrainer trainer(SpecVariant variant, List<Event> events) {
    try {
      return new SplitTrainer(variant.spec(), events, TRAIN_FRACTION, seed, arithmetic);
    } catch (IllegalArgumentException e) {
      throw new LaunchException(e.getMessage(), e);
    }
  }

  private List<TutorialRun.Measurement> train(
      SplitTrainer trainer, SpecVariant variant, Progress progress) {
    List<TutorialRun.Measurement> measurements = new ArrayList<>();
    long start = nanoTime.getAsLong();
    while (trainer.epoch() < epochs && !stopping.getAsBoolean()) {
      double loss = trainer.trainEpoch();
      if (trainer.epoch() % every == 0 || trainer.epoch() == epochs) {
        SplitTrainer.Measurement measured = trainer.measure();
        measurements.add(
            new TutorialRun.Measurement(
                measured.epoch(),
                loss,
                measured.all(),
                measured.unseen(),
                (nanoTime.getAsLong() - start) / 1e9));
      }
      output.show(progress.line(variant.name(), trainer.epoch(), loss, measurements));
    }
    return measurements;
  }

  /** Where one run among several stands, on one line. */
  private final class Progress {

    private final int run;
    private final int runs;
    private final long start;

    Progress(int run, int runs, long start) {
      this.run = run;
      this.runs = runs;
      this.start = start;
    }

    String line(String name, int epoch, double loss, List<TutorialRun.Measurement> measurements) {
      long done = (long) run * epochs + epoch;
      long all = (long) runs * epochs;
      int full = (int) (BAR * done / all);
      double left = (nanoTime.getAsLong() - start) / 1e9 / done * (all - done);
      return String.format(
          Locale.ROOT,
          "  [%s%s] run %d/%d (%s)  epoch %,d/%,d  loss %.3f  top-100 %s  %s left",
          "=".repeat(full),
          " ".repeat(BAR - full),
          run + 1,
          runs,
          name,
          epoch,
          epochs,
          loss,
          measurements.isEmpty()
              ? "-"
              : String.format(
                  Locale.ROOT, "%.4f", measurements.get(measurements.size() - 1).all().at(100)),
          clock(Duration.ofSeconds(Math.round(left))));
    }
  }

  private static String clock(Duration time) {
    return String.format(
        Locale.ROOT, "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart());
  }
}
