package io.towerflow.learn;

import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.loss.SoftmaxAdjustment;
import io.towerflow.message.Event;
import io.towerflow.message.RatingError;
import io.towerflow.metrics.Prequential;
import io.towerflow.metrics.TopKAccuracy;
import io.towerflow.spec.FeatureSpec;
import io.towerflow.spec.ModelSpec;
import io.towerflow.table.CounterRandom;
import io.towerflow.table.RowSet;
import io.towerflow.tower.CandidateContext;
import io.towerflow.tower.EncodedAttributes;
import io.towerflow.tower.QueryContext;
import io.towerflow.tower.TwoTowers;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Trains the towers in epochs on a random part of a data set and measures factorized top-K accuracy
 * on the rest: the protocol of the TensorFlow Recommenders retrieval tutorials. The towers, the
 * loss and the optimizer are those that learn from a stream.
 *
 * <p>As in the tutorial, every item of the data set is a candidate, and time is normalized over all
 * events. Events that are no positives are neither trained nor measured. How often an item is taken
 * is counted over the training part before the first epoch; an estimate from gaps goes on through
 * the epochs, each being more of the same stream. A random split has no before and after, so a spec
 * with a history cannot be trained on one.
 */
public final class SplitTrainer implements AutoCloseable {

  private static final int QUERY_BLOCK = 512;

  private final ModelSpec spec;
  private final TwoTowers towers;
  private final Catalogue catalogue = new Catalogue();
  private final Popularity popularity;
  private final Candidates candidates;
  private final SoftmaxAdjustment adjustment;
  private final long shuffleSeed;
  private final long negativesSeed;
  private final int[] users;
  private final int[] items;
  private final long[] times;
  private final EncodedAttributes[] contexts;
  private final float[] weights;

  /** What the rating head is to learn of each event, NaN for nothing. */
  private final float[] values;

  private final boolean[] positives;
  private final int[] order;
  private final int trainingEvents;
  private final List<RowSet> itemsOfUser = new ArrayList<>();
  private int epoch;
  private long step;

  /**
   * Splits a data set, to be trained on with the default arithmetic.
   *
   * @throws IllegalArgumentException if the spec has a history, or either part would be empty
   */
  public SplitTrainer(ModelSpec spec, List<Event> events, double trainFraction, long splitSeed) {
    this(spec, events, trainFraction, splitSeed, Arithmetic.AUTO);
  }

  /**
   * Splits a data set.
   *
   * @param trainFraction the part that is trained on, between 0 and 1
   * @param splitSeed decides which events are
   * @throws IllegalArgumentException if the spec has a history, or either part would be empty
   */
  public SplitTrainer(
      ModelSpec spec,
      List<Event> events,
      double trainFraction,
      long splitSeed,
      Arithmetic arithmetic) {
    requireNoHistory(spec);
    this.spec = spec;
    int n = events.size();
    trainingEvents = (int) Math.round(n * trainFraction);
    if (trainingEvents <= 0 || trainingEvents >= n) {
      throw new IllegalArgumentException(
          "%d events cannot be split at %s: either part needs one".formatted(n, trainFraction));
    }
    popularity = Popularity.of(spec);
    candidates = new Candidates(spec, catalogue, popularity);
    towers = new TwoTowers(spec, catalogue::size, candidates::content, arithmetic);
    adjustment = new SoftmaxAdjustment(spec.loss());
    shuffleSeed = CounterRandom.seedOf(spec.seed(), "epochs");
    negativesSeed = CounterRandom.seedOf(spec.seed(), "uniform_negatives");
    users = new int[n];
    items = new int[n];
    times = new long[n];
    contexts = new EncodedAttributes[n];
    weights = new float[n];
    values = new float[n];
    positives = new boolean[n];
    index(events);
    order = permutation(n, splitSeed);
    for (int i = 0; i < trainingEvents; i++) {
      int event = order[i];
      itemsOfUser.get(users[event]).add(items[event]);
      if (positives[event]) {
        popularity.add(catalogue.position(items[event]), i + 1);
      }
    }
  }

  /**
   * Says whether a spec can be trained on a split, before any data are read.
   *
   * @throws IllegalArgumentException if the spec has a history
   */
  public static void requireNoHistory(ModelSpec spec) {
    for (FeatureSpec feature : spec.query()) {
      if (feature instanceof FeatureSpec.History) {
        throw new IllegalArgumentException(
            "Spec %s reads a history, and a random split has no before and after: take a spec without one, such as tutorial"
                .formatted(spec.name()));
      }
    }
  }

  /**
   * Numbers users and items from 1 in the order of their first sight; row 0 is out-of-vocabulary.
   */
  private void index(List<Event> events) {
    Map<String, Integer> userIndices = new HashMap<>();
    Map<String, Integer> itemIndices = new HashMap<>();
    Map<Integer, Event> firstOfItem = new HashMap<>();
    itemsOfUser.add(new RowSet());
    AttributeEncoder encoder = new AttributeEncoder(spec.query(), spec.event().context());
    for (int i = 0; i < users.length; i++) {
      Event event = events.get(i);
      int user = userIndices.computeIfAbsent(event.user(), id -> userIndices.size() + 1);
      if (user == itemsOfUser.size()) {
        itemsOfUser.add(new RowSet());
      }
      users[i] = user;
      items[i] = itemIndices.computeIfAbsent(event.item(), id -> itemIndices.size() + 1);
      firstOfItem.putIfAbsent(items[i], event);
      times[i] = event.time();
      contexts[i] = encoder.learn(event.context());
      weights[i] = (float) event.weight();
      values[i] = spec.rating().target(event.value());
      positives[i] = event.positive();
      towers.times().add(event.time() / 1000.0);
      for (int k = 0; k < towers.itemNumbers().size(); k++) {
        towers.itemNumbers().get(k).add(event.itemAttributes().numbers()[k]);
      }
      for (int k = 0; k < towers.contextNumbers().size(); k++) {
        towers.contextNumbers().get(k).add(event.context().numbers()[k]);
      }
    }
    Texts texts = new Texts(spec);
    texts.learnMostFrequent(firstOfItem.values().stream().map(Event::texts).toList());
    AttributeEncoder itemEncoder =
        new AttributeEncoder(spec.candidate(), spec.event().itemAttributes());
    for (int item = 1; item <= itemIndices.size(); item++) {
      Event event = firstOfItem.get(item);
      catalogue.put(
          item,
          event.item(),
          0,
          texts.tokens(event.texts()),
          itemEncoder.learn(event.itemAttributes()));
    }
  }

  private static int[] permutation(int n, long seed) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int j = CounterRandom.below(i + 1, seed, 0, i);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  /** Candidates that accuracy is measured against. */
  public int candidateCount() {
    return catalogue.size();
  }

  /** Epochs trained so far. */
  public int epoch() {
    return epoch;
  }

  /**
   * Trains every event of the training part once, in an order of the epoch's own.
   *
   * @return the mean loss of a positive, NaN where none was to be trained
   */
  public double trainEpoch() {
    epoch++;
    int[] shuffled = permutation(trainingEvents, CounterRandom.bits(shuffleSeed, epoch, 0));
    double loss = 0;
    long trained = 0;
    for (int from = 0; from < trainingEvents; from += spec.batch().size()) {
      int to = Math.min(trainingEvents, from + spec.batch().size());
      List<Instance> instances = new ArrayList<>(to - from);
      for (int i = from; i < to; i++) {
        int event = order[shuffled[i]];
        Instance instance =
            new Instance(
                query(event),
                items[event],
                new Taken.OfSet(itemsOfUser.get(users[event])),
                weights[event],
                positives[event],
                values[event]);
        if (instance.teaches()) {
          instances.add(instance);
        }
      }
      if (!instances.isEmpty()) {
        double mean = trainStep(instances);
        long found = instances.stream().filter(Instance::positive).count();
        loss += found == 0 ? 0 : mean * found;
        trained += found;
      }
      for (int i = from; i < to; i++) {
        int event = order[shuffled[i]];
        if (positives[event]) {
          popularity.addAgain(catalogue.position(items[event]));
        }
      }
    }
    return trained == 0 ? Double.NaN : loss / trained;
  }

  private double trainStep(List<Instance> instances) {
    step++;
    TrainingSample sample =
        TrainingSample.of(
            instances,
            catalogue,
            candidates,
            trainingEvents,
            spec.loss(),
            i -> CounterRandom.below(catalogue.size(), negativesSeed, step, i));
    float[] adjustments =
        adjustment.of(
            sample.positives(),
            sample.counts(),
            sample.expected(popularity, catalogue.size()),
            sample.seenColumns());
    return towers.train(
        sample.queries(),
        sample.candidates(),
        sample.positives(),
        sample.weights(),
        adjustments,
        sample.ratings(),
        step);
  }

  private QueryContext query(int event) {
    return new QueryContext(
        users[event],
        times[event],
        new int[0],
        new long[0],
        itemsOfUser.get(users[event]).size(),
        contexts[event]);
  }

  /** How probable the sampling correction takes the item at a place in the catalogue to be. */
  double frequency(int position) {
    return popularity.frequency(position, catalogue.size());
  }

  /** The accuracy over the test part as it stands. */
  public Measurement measure() {
    TopKAccuracy all = new TopKAccuracy();
    TopKAccuracy unseen = new TopKAccuracy();
    RatingError rating = RatingError.NONE;
    float[] vectors = towers.candidateVectors(candidates.all(trainingEvents));
    int k = catalogue.size();
    for (int from = trainingEvents; from < order.length; from += QUERY_BLOCK) {
      int to = Math.min(order.length, from + QUERY_BLOCK);
      List<QueryContext> queries = new ArrayList<>(to - from);
      for (int i = from; i < to; i++) {
        queries.add(query(order[i]));
      }
      float[] scores = towers.scores(towers.queryVectors(queries), vectors);
      float[] foretold = spec.rating().isLearnt() ? foretold(queries, from) : new float[0];
      for (int i = from; i < to; i++) {
        if (!Float.isNaN(values[order[i]])) {
          rating = rating.plus(RatingError.of(foretold[i - from], values[order[i]]));
        }
        if (positives[order[i]]) {
          rank(order[i], scores, (i - from) * k, all, unseen);
        }
      }
    }
    return new Measurement(epoch, all, unseen, rating);
  }

  private float[] foretold(List<QueryContext> queries, int from) {
    List<CandidateContext> own = new ArrayList<>(queries.size());
    for (int i = from; i < from + queries.size(); i++) {
      own.add(candidates.at(catalogue.position(items[order[i]]), trainingEvents));
    }
    return towers.ratings(queries, own);
  }

  private void rank(int event, float[] scores, int row, TopKAccuracy all, TopKAccuracy unseen) {
    BitSet seen = new BitSet();
    for (int item : itemsOfUser.get(users[event]).toArray()) {
      seen.set(catalogue.position(item));
    }
    int own = catalogue.position(items[event]);
    float score = scores[row + own];
    int greater = 0;
    int ties = 0;
    int unseenGreater = 0;
    int unseenTies = 0;
    for (int position = 0; position < catalogue.size(); position++) {
      float other = scores[row + position];
      if (position == own || other < score) {
        continue;
      }
      boolean counts = !seen.get(position);
      if (other > score) {
        greater++;
        unseenGreater += counts ? 1 : 0;
      } else {
        ties++;
        unseenTies += counts ? 1 : 0;
      }
    }
    all.add(Prequential.rank(greater, ties));
    unseen.add(Prequential.rank(unseenGreater, unseenTies));
  }

  /**
   * Accuracy after an epoch.
   *
   * @param epoch the epochs trained before
   * @param all among all candidates
   * @param unseen among the candidates without the items of the user's training events
   * @param rating how far the rating head was off; no events without a head
   */
  public record Measurement(int epoch, TopKAccuracy all, TopKAccuracy unseen, RatingError rating) {}

  @Override
  public void close() {
    towers.close();
  }
}
