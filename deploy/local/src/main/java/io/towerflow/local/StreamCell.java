package io.towerflow.local;

import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.learn.Example;
import io.towerflow.learn.Learner;
import io.towerflow.learn.TwoTowerLearner;
import io.towerflow.message.Accuracy;
import io.towerflow.message.Event;
import io.towerflow.message.TrainingProgress;
import io.towerflow.spec.ModelSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Each round is a fresh model's way through the same events, so that all come to one digest. */
final class StreamCell implements LearnCell {

  /** Events that are made examples of at once. */
  static final int CHUNK = 256;

  private final Coordinates coordinates;
  private final ModelSpec spec;
  private final List<Event> events;
  private final int warmUpEvents;
  private final Optional<Stock> stock;

  /**
   * @param warmUpEvents how many of the events the warm-up takes
   * @param stock what the model knows before the first event, if anything
   */
  StreamCell(
      Coordinates coordinates,
      ModelSpec spec,
      List<Event> events,
      int warmUpEvents,
      Optional<Stock> stock) {
    this.coordinates = coordinates;
    this.spec = spec;
    this.events = events;
    this.warmUpEvents = Math.min(warmUpEvents, events.size());
    this.stock = stock;
  }

  /** A model that knows nothing, warmed up with a tenth of its events. */
  static StreamCell of(ModelSpec spec, Arithmetic arithmetic, List<Event> events) {
    return new StreamCell(
        new Coordinates(
            spec.name(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            arithmetic),
        spec,
        events,
        events.size() / 10,
        Optional.empty());
  }

  @Override
  public Coordinates coordinates() {
    return coordinates;
  }

  @Override
  public boolean isRepeated() {
    return true;
  }

  @Override
  public long warmUp(Watch watch) throws Exception {
    pass(events.subList(0, warmUpEvents), watch);
    return warmUpEvents;
  }

  @Override
  public Optional<Round> round(Watch watch) throws Exception {
    return pass(events, watch);
  }

  private Optional<Round> pass(List<Event> stream, Watch watch) throws Exception {
    try (Learner learner = learner()) {
      ExampleFeed feed = feed();
      LearnTimer timer = new LearnTimer(learner);
      for (int from = 0; from < stream.size(); from += CHUNK) {
        if (watch.isStopping()) {
          return Optional.empty();
        }
        List<Event> chunk = stream.subList(from, Math.min(stream.size(), from + CHUNK));
        List<Example> examples = chunk.stream().map(feed::next).toList();
        timer.learn(examples);
        watch.learnt(from + chunk.size(), stream.size());
      }
      timer.finish();
      return Optional.of(round(timer));
    }
  }

  /** A learner that knows the stock. */
  Learner learner() throws Exception {
    Learner learner = new TwoTowerLearner(spec, coordinates.arithmetic());
    if (stock.isPresent()) {
      learner.restore(stock.get().snapshot(), List.of(), List.of());
    }
    return learner;
  }

  /** What makes examples for it. */
  ExampleFeed feed() {
    Supplier<ExampleFeed> fresh = () -> new ExampleFeed(spec);
    return stock.map(known -> known.feed().copy()).orElseGet(fresh);
  }

  /** What the model knows before the first event, if anything. */
  Optional<Stock> stock() {
    return stock;
  }

  /** The events of a round. */
  List<Event> events() {
    return events;
  }

  private static Round round(LearnTimer timer) {
    Trajectory trajectory = timer.trajectory();
    TrainingProgress last = trajectory.last().orElseThrow();
    return new Round(
        timer.events(),
        timer.seconds(),
        timer.processorSeconds(),
        last.items(),
        hitAt10(last.total()),
        hitAt10(trajectory.fifth(5, TrainingProgress::window)),
        last.modelDigest());
  }

  private static Double hitAt10(Accuracy accuracy) {
    return accuracy.events() == 0 ? null : accuracy.hitAt10();
  }
}
