package io.towerflow.learn;

import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.arithmetic.DivergenceException;
import io.towerflow.loss.SoftmaxAdjustment;
import io.towerflow.message.Accuracy;
import io.towerflow.message.RatingError;
import io.towerflow.message.TrainingProgress;
import io.towerflow.metrics.Prequential;
import io.towerflow.metrics.PrequentialRating;
import io.towerflow.profile.IndexSpace;
import io.towerflow.profile.UserProfile;
import io.towerflow.spec.CanonicalSpec;
import io.towerflow.spec.ModelSpec;
import io.towerflow.statistics.RunningStatistics;
import io.towerflow.table.CounterRandom;
import io.towerflow.table.RowSet;
import io.towerflow.table.RowTable;
import io.towerflow.text.TokenVocabulary;
import io.towerflow.tower.NumberField;
import io.towerflow.tower.QueryContext;
import io.towerflow.tower.TwoTowers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Two towers that learn from a stream: examples are gathered into batches, each batch is first
 * scored by the model as it stands and then trained.
 */
public final class TwoTowerLearner implements Learner {

  static final String ROWS = "rows.";
  static final String TOKENS = "tokens.";
  static final String CATEGORIES = "categories.";
  static final String CONTEXT_CATEGORIES = "context_categories.";
  static final String ITEM_NUMBERS = "item_numbers";
  static final String CONTEXT_NUMBERS = "context_numbers";
  static final String CATALOGUE = "catalogue";
  static final String POPULARITY = "popularity";
  private static final String REPLAY = "replay";
  private static final String WEIGHED = ".weighed";
  private static final String RATED = ".rated";
  static final String SINGLES = "singles";
  private static final String GONE = "gone";

  /** The rows of the table of things that there is one of. */
  static final int SCALARS = 0;

  private static final int PREQUENTIAL = 1;
  private static final int TIMES = 2;
  static final int POPULARITY_TOTAL = 3;
  private static final int POPULARITY_PREQUENTIAL = 4;
  private static final int RATING_PREQUENTIAL = 5;
  private static final int NON_POSITIVES = 6;
  private static final int SKIPPED = 7;
  private static final int PUBLISHED_EVENTS = 8;

  /** Where the scalars hold the newest replayed event, and behind it the memory's capacity. */
  static final int NEWEST_AT = 7 * Long.BYTES;

  /** The largest number that leaves: no score of two vectors of such numbers overflows. */
  private static final float LARGEST = 0x1p50f;

  private final ModelSpec spec;
  private final TwoTowers towers;
  private final Catalogue catalogue = new Catalogue();
  private final Popularity popularity;
  private final Candidates candidates;
  private final Texts texts;
  private final AttributeEncoder items;
  private final AttributeEncoder contexts;
  private final SoftmaxAdjustment adjustment;
  private final Scorer scorer;
  private final ReplayMemory memory;
  private final long negativesSeed;
  private final long replaySeed;
  private final List<Example> batch = new ArrayList<>();

  /** By the user's id. */
  private final Map<String, PendingQuery> pending = new LinkedHashMap<>();

  /** Ids of the items that have left since the last publication, by index. */
  private final Map<Integer, String> gone = new TreeMap<>();

  /** Those of them that the last snapshot has. */
  private final Set<Integer> goneAtSnapshot = new TreeSet<>();

  private Prequential prequential;
  private Prequential popularityPrequential;
  private PrequentialRating ratingPrequential = new PrequentialRating();

  /** Hashes of the candidates' vectors as last published, by position. */
  private long[] published = new long[0];

  private long step;
  private long events;
  private long trained;
  private long nonPositives;
  private long users;
  private long eventTime = Long.MIN_VALUE;
  private long publishedStep;
  private long publishedEvents;
  private double lossSum;
  private long lossCount;
  private long skippedBatches;
  private long skippedEvents;

  /** Of a snapshot under another spec, until the next snapshot. */
  private Optional<Migration> migration = Optional.empty();

  /** Whether there is a snapshot that says which spec it is of. */
  private boolean described;

  /** The accuracies as they stood at the last event of a window. */
  private record WindowEnd(
      long events,
      long nonPositives,
      Accuracy window,
      Accuracy total,
      Accuracy popularityWindow,
      Accuracy popularityTotal,
      Map<String, Accuracy> cohorts,
      RatingError ratingWindow,
      RatingError ratingTotal) {}

  /** A model that has learnt nothing, with the default arithmetic. */
  public TwoTowerLearner(ModelSpec spec) {
    this(spec, Arithmetic.AUTO);
  }

  /**
   * A model that has learnt nothing.
   *
   * @throws ai.djl.engine.EngineException if the engine is needed and its native library cannot be
   *     loaded
   */
  public TwoTowerLearner(ModelSpec spec, Arithmetic arithmetic) {
    this.spec = spec;
    popularity = Popularity.of(spec);
    candidates = new Candidates(spec, catalogue, popularity);
    towers = new TwoTowers(spec, catalogue::size, candidates::content, arithmetic);
    adjustment = new SoftmaxAdjustment(spec.loss());
    items = new AttributeEncoder(spec.candidate(), spec.event().itemAttributes());
    contexts = new AttributeEncoder(spec.query(), spec.event().context());
    scorer = new Scorer(towers, candidates, catalogue, popularity, contexts);
    prequential = new Prequential(spec.evaluation().everyEvents());
    popularityPrequential = new Prequential(spec.evaluation().everyEvents());
    memory = ReplayMemory.of(spec);
    replaySeed = CounterRandom.seedOf(spec.seed(), "replay");
    negativesSeed = CounterRandom.seedOf(spec.seed(), "uniform_negatives");
    texts = new Texts(spec);
  }

  @Override
  public void learn(Example example, Listener listener) {
    if (!batch.isEmpty() && spec.batch().closesBefore(batch.get(0).time(), example.time())) {
      closeBatch(listener);
    }
    events++;
    if (example.texts() != null) {
      catalogue.put(
          example.itemIndex(),
          example.item(),
          events,
          texts.tokens(example.texts()),
          items.learn(example.attributes()));
    }
    // Values get their indices here, in the order of the stream; whatever reads them later finds
    // them, so that scoring and publishing change nothing.
    contexts.learn(example.context());
    if (example.itemIsKnown() && !catalogue.contains(example.itemIndex())) {
      throw new IllegalStateException(
          "Item %s comes without its texts, and the model has never seen it: the item's state and the model's are of different snapshots"
              .formatted(example.item()));
    }
    if (example.newUser()) {
      users++;
    }
    batch.add(example);
    touch(example);
    if (batch.size() >= spec.batch().size()) {
      closeBatch(listener);
    }
  }

  private void touch(Example example) {
    UserProfile after = example.after(spec.historyItems());
    pending.put(example.user(), new PendingQuery(example.user(), after, example.time()));
  }

  @Override
  public void evict(Evictions evictions, Listener listener) {
    if (evictions.isEmpty()) {
      return;
    }
    if (!batch.isEmpty()) {
      closeBatch(listener);
    }
    for (int item : evictions.items()) {
      evictItem(item);
    }
    RowSet leaving = new RowSet();
    for (int user : evictions.users()) {
      users--;
      if (user != IndexSpace.OUT_OF_VOCABULARY) {
        leaving.add(user);
        memory.forget(user);
        towers.removeUser(user);
      }
    }
    if (leaving.size() > 0) {
      pending.values().removeIf(query -> leaving.find(query.profile().index()) >= 0);
    }
  }

  private void evictItem(int item) {
    if (!catalogue.contains(item)) {
      throw new IllegalStateException(
          "Item index %d leaves, and the model does not know it: the item's state and the model's are of different snapshots"
              .formatted(item));
    }
    gone.put(item, catalogue.id(catalogue.position(item)));
    int last = catalogue.size() - 1;
    int position = catalogue.remove(item);
    popularity.remove(position, last);
    if (last < published.length) {
      published[position] = published[last];
      published[last] = 0;
    } else if (position < published.length) {
      published[position] = 0; // the one that takes the place was never published
    }
    towers.removeItem(item);
  }

  @Override
  public void finish(Listener listener) {
    if (!batch.isEmpty()) {
      closeBatch(listener);
    }
    listener.progress(progress(windowEnd(trained), digest()));
    nextWindow();
  }

  private void closeBatch(Listener listener) {
    TrainingSample sample = sample();
    float[] foretold = foretoldRatings();
    // A window may end within the batch; its message waits until the batch is trained.
    List<WindowEnd> windows = new ArrayList<>();
    if (spec.evaluation().scores(step, catalogue.size())) {
      scorer.score(batch, trained + 1, (i, ranks) -> windows.addAll(count(i, ranks, foretold)));
    } else {
      for (int i = 0; i < batch.size(); i++) {
        windows.addAll(count(i, Optional.empty(), foretold));
      }
    }
    train(sample, listener);
    trained += batch.size();
    batch.clear();
    for (WindowEnd window : windows) {
      listener.progress(progress(window, ""));
    }
    if (!windows.isEmpty()) {
      lossSum = 0;
      lossCount = 0;
    }
  }

  /**
   * What the head foretells of each example's value before any of them is learnt, NaN where its
   * item is not known; of no length without a head. It costs the batch and not the catalogue, so no
   * batch is left out.
   */
  private float[] foretoldRatings() {
    if (!spec.rating().isLearnt()) {
      return new float[0];
    }
    List<Example> known = batch.stream().filter(Example::itemIsKnown).toList();
    float[] ratings =
        towers.ratings(
            known.stream().map(scorer::context).toList(),
            known.stream()
                .map(example -> catalogue.position(example.itemIndex()))
                .map(position -> candidates.at(position, trained + 1))
                .toList());
    float[] foretold = new float[batch.size()];
    int next = 0;
    for (int i = 0; i < foretold.length; i++) {
      foretold[i] = batch.get(i).itemIsKnown() ? ratings[next++] : Float.NaN;
    }
    return foretold;
  }

  /** Counts an example of the batch, and its ranks if it was scored; gives the window it ends. */
  private List<WindowEnd> count(int i, Optional<Scorer.Ranks> scored, float[] foretold) {
    long ordinal = trained + 1 + i;
    Example example = batch.get(i);
    if (!example.positive()) {
      nonPositives++;
    } else if (example.itemIsKnown()) {
      popularity.add(catalogue.position(example.itemIndex()), ordinal);
    }
    float value = spec.rating().target(example.value());
    // A value that no float holds has no error to count, nor has the head of a model that diverges.
    if (Float.isFinite(value) && Float.isFinite(foretold[i])) {
      ratingPrequential.add(foretold[i], value);
    }
    boolean complete;
    if (scored.isPresent()) {
      Scorer.Ranks ranks = scored.get();
      popularityPrequential.add(ranks.byPopularity(), ranks.cohort());
      complete = prequential.add(ranks.byModel(), ranks.cohort());
    } else {
      popularityPrequential.addUnscored();
      complete = prequential.addUnscored();
    }
    if (!complete) {
      return List.of();
    }
    WindowEnd end = windowEnd(ordinal);
    nextWindow();
    return List.of(end);
  }

  private void nextWindow() {
    prequential.nextWindow();
    popularityPrequential.nextWindow();
    ratingPrequential.nextWindow();
  }

  private WindowEnd windowEnd(long atEvent) {
    return new WindowEnd(
        atEvent,
        nonPositives,
        prequential.window(),
        prequential.total(),
        popularityPrequential.window(),
        popularityPrequential.total(),
        prequential.cohorts(),
        ratingPrequential.window(),
        ratingPrequential.total());
  }

  private TrainingProgress progress(WindowEnd window, String digest) {
    return new TrainingProgress(
        step,
        window.events,
        window.nonPositives,
        eventTime,
        lossCount == 0 ? Double.NaN : lossSum / lossCount,
        window.window,
        window.total,
        window.popularityWindow,
        window.popularityTotal,
        window.cohorts,
        window.ratingWindow,
        window.ratingTotal,
        users,
        catalogue.size(),
        skippedBatches,
        skippedEvents,
        digest);
  }

  /**
   * Samples before the batch is counted: what popularity says of an item must not know the batch.
   */
  private TrainingSample sample() {
    List<Instance> instances = new ArrayList<>(batchInstances());
    instances.addAll(replayedInstances());
    instances.removeIf(instance -> !instance.teaches() || towers.isBlank(instance.query()));
    return TrainingSample.of(
        instances,
        catalogue,
        candidates,
        trained + 1,
        spec.loss(),
        i -> CounterRandom.below(catalogue.size(), negativesSeed, step, i));
  }

  private List<Instance> batchInstances() {
    Map<String, int[]> taken = new HashMap<>();
    for (Example example : batch) {
      taken.put(example.user(), example.after(0).seen());
    }
    return batch.stream()
        .filter(Example::itemIsKnown)
        .map(
            example ->
                new Instance(
                    scorer.context(example),
                    example.itemIndex(),
                    taken.get(example.user()),
                    (float) example.weight(),
                    example.positive(),
                    spec.rating().target(example.value())))
        .toList();
  }

  private int draws() {
    return (int) Math.round(spec.replay().ratio() * remembered().size());
  }

  /** The batch but for events whose item the model will not know by the time of a replay. */
  private List<Example> remembered() {
    return batch.stream().filter(Example::itemIsKnown).toList();
  }

  /** Remembers the batch and draws from the memory. */
  private List<Instance> replayedInstances() {
    int draws = draws();
    if (draws == 0) {
      return List.of();
    }
    for (Example example : remembered()) {
      memory.add(
          example.before().index(),
          example.itemIndex(),
          example.time(),
          example.before().seen().length,
          contexts.find(example.context()),
          (float) example.weight(),
          example.positive(),
          spec.rating().target(example.value()));
    }
    ReplayMemory.View[] views = ReplayMemory.View.values();
    int choices = spec.replay().bothDirections() ? views.length : 1;
    List<Instance> replayed = new ArrayList<>(draws);
    for (int i = 0; i < draws; i++) {
      long event = memory.oldest() + CounterRandom.below(memory.size(), replaySeed, step, 2L * i);
      if (!memory.positive(event) && Float.isNaN(memory.value(event))) {
        continue; // its like in the batch has no replay to its name, so the ratio holds
      }
      if (!catalogue.contains(memory.item(event))) {
        continue; // the item or the user has left
      }
      ReplayMemory.View view = views[CounterRandom.below(choices, replaySeed, step, 2L * i + 1)];
      replayed.add(
          new Instance(
              memory.query(event, view, spec.historyItems(), catalogue::contains),
              memory.item(event),
              memory.itemsOf(memory.user(event)),
              memory.weight(event),
              memory.positive(event),
              memory.value(event)));
    }
    return replayed;
  }

  /** Trains the batch, or, where the step is not finite, skips it. */
  private void train(TrainingSample sample, Listener listener) {
    step++;
    Statistics before = statistics();
    try {
      takeStep(sample);
    } catch (DivergenceException e) {
      restore(before);
      memory.disown(draws() == 0 ? 0 : remembered().size());
      skippedBatches++;
      skippedEvents += batch.size();
      listener.skipped(List.copyOf(batch), e.getMessage());
    }
  }

  /** What a step learns of the batch beside weights. */
  private record Statistics(
      byte[] times, List<byte[]> itemNumbers, List<byte[]> contextNumbers, long eventTime) {}

  private Statistics statistics() {
    return new Statistics(
        towers.times().toBytes(),
        bytes(towers.itemNumbers()),
        bytes(towers.contextNumbers()),
        eventTime);
  }

  private static List<byte[]> bytes(List<NumberField> fields) {
    return fields.stream().map(field -> field.statistics().toBytes()).toList();
  }

  private void restore(Statistics then) {
    towers.times().set(RunningStatistics.fromBytes(then.times));
    set(towers.itemNumbers(), then.itemNumbers);
    set(towers.contextNumbers(), then.contextNumbers);
    eventTime = then.eventTime;
  }

  private static void set(List<NumberField> fields, List<byte[]> statistics) {
    for (int i = 0; i < fields.size(); i++) {
      fields.get(i).statistics().set(RunningStatistics.fromBytes(statistics.get(i)));
    }
  }

  private void takeStep(TrainingSample sample) {
    for (Example example : batch) {
      towers.times().add(example.time() / 1000.0);
      if (example.itemIsKnown()) {
        int position = catalogue.position(example.itemIndex());
        addTo(towers.itemNumbers(), catalogue.attributes(position).numbers());
      }
      addTo(towers.contextNumbers(), example.context().numbers());
      eventTime = Math.max(eventTime, example.time());
    }
    if (sample.queries().isEmpty()) {
      return;
    }
    float[] adjustments =
        adjustment.of(
            sample.positives(),
            sample.counts(),
            sample.expected(popularity, catalogue.size()),
            sample.seenColumns(catalogue));
    double loss =
        towers.train(
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

  @Override
  public boolean publicationDue() {
    return events - publishedEvents >= spec.publication().everyEvents();
  }

  @Override
  public Optional<Publication> publish() {
    if (step == 0 || (step == publishedStep && pending.isEmpty() && gone.isEmpty())) {
      return Optional.empty();
    }
    List<Publication.Candidate> changed = changedCandidates();
    List<Publication.Query> queries = pendingVectors();
    List<Publication.Candidate> fit =
        changed.stream().filter(candidate -> isFit(candidate.vector())).toList();
    List<Publication.Query> fitQueries =
        queries.stream().filter(query -> isFit(query.vector())).toList();
    int withheld = changed.size() - fit.size() + queries.size() - fitQueries.size();
    List<Publication.Candidate> candidates = new ArrayList<>();
    gone.forEach((item, id) -> candidates.add(Publication.Candidate.gone(item, id)));
    candidates.addAll(fit);
    Publication publication = new Publication(step, eventTime, candidates, fitQueries, withheld);
    pending.clear();
    gone.clear();
    publishedStep = step;
    publishedEvents = events;
    return Optional.of(publication);
  }

  private static boolean isFit(float[] vector) {
    for (float x : vector) {
      if (!(Math.abs(x) <= LARGEST)) { // true for NaN as well
        return false;
      }
    }
    return true;
  }

  private List<Publication.Candidate> changedCandidates() {
    List<Publication.Candidate> changed = new ArrayList<>();
    if (step == publishedStep) {
      return changed;
    }
    int width = towers.outputWidth();
    float[] vectors = towers.candidateVectors(candidates.all(trained + 1));
    published = Arrays.copyOf(published, catalogue.size());
    for (int position = 0; position < catalogue.size(); position++) {
      float[] vector = Arrays.copyOfRange(vectors, position * width, (position + 1) * width);
      long hash = hash(vector);
      if (hash != published[position]) {
        published[position] = hash;
        changed.add(
            new Publication.Candidate(catalogue.item(position), catalogue.id(position), vector));
      }
    }
    return changed;
  }

  /** 64 bits that tell two vectors apart; never 0, which stands for a vector never published. */
  private static long hash(float[] vector) {
    long hash = 1;
    for (int i = 0; i < vector.length; i++) {
      hash = CounterRandom.bits(hash, Float.floatToIntBits(vector[i]), i);
    }
    return hash | 1;
  }

  private List<Publication.Query> pendingVectors() {
    List<PendingQuery> users = List.copyOf(pending.values());
    List<QueryContext> moments = new ArrayList<>();
    for (PendingQuery user : users) {
      moments.add(
          QueryContext.of(user.profile(), user.time(), contexts.find(user.profile().context()))
              .among(catalogue::contains));
    }
    int width = towers.outputWidth();
    float[] vectors = towers.queryVectors(moments);
    List<Publication.Query> queries = new ArrayList<>();
    for (int i = 0; i < users.size(); i++) {
      queries.add(
          new Publication.Query(
              users.get(i).user(),
              Arrays.copyOfRange(vectors, i * width, (i + 1) * width),
              users.get(i).profile().seen()));
    }
    return queries;
  }

  @Override
  public long step() {
    return step;
  }

  @Override
  public List<Example> untrained() {
    return List.copyOf(batch);
  }

  @Override
  public List<PendingQuery> pendingQueries() {
    return List.copyOf(pending.values());
  }

  @Override
  public int unwritten() {
    int rows = 0;
    for (RowTable table : towers.tables()) {
      rows += table.unwritten();
    }
    return rows;
  }

  @Override
  public void snapshot(StateStore.Writer writer) throws Exception {
    if (migration.isPresent()) {
      migration.get().write(writer);
      migration = Optional.empty();
    }
    if (!described) {
      SnapshotHeader.of(spec).write(writer);
      described = true;
    }
    for (RowTable table : towers.tables()) {
      String name = ROWS + table.name();
      table.drainDirty((row, value) -> writer.put(name, row, value));
      table.drainRemoved(row -> writer.remove(name, row));
    }
    for (Texts.Field field : texts.fields()) {
      String name = TOKENS + field.name();
      field.vocabulary().drainNew((index, token) -> writer.put(name, index, token));
    }
    for (Map.Entry<String, TokenVocabulary> values : categories().entrySet()) {
      values.getValue().drainNew((index, value) -> writer.put(values.getKey(), index, value));
    }
    snapshot(writer, ITEM_NUMBERS, towers.itemNumbers());
    snapshot(writer, CONTEXT_NUMBERS, towers.contextNumbers());
    catalogue.drainDirty((position, value) -> writer.put(CATALOGUE, position, value));
    popularity.drainDirty((position, value) -> writer.put(POPULARITY, position, value));
    catalogue.drainRemoved(
        position -> {
          writer.remove(CATALOGUE, position);
          writer.remove(POPULARITY, position);
        });
    snapshotGone(writer);
    memory.drainDirty((chunk, value) -> writer.put(replayTable(spec), chunk, value));
    writer.put(SINGLES, SCALARS, scalars());
    writer.put(SINGLES, PREQUENTIAL, prequential.toBytes());
    writer.put(SINGLES, POPULARITY_PREQUENTIAL, popularityPrequential.toBytes());
    writer.put(SINGLES, RATING_PREQUENTIAL, ratingPrequential.toBytes());
    writer.put(
        SINGLES, NON_POSITIVES, ByteBuffer.allocate(Long.BYTES).putLong(nonPositives).array());
    writer.put(SINGLES, TIMES, towers.times().toBytes());
    writer.put(SINGLES, POPULARITY_TOTAL, popularity.totalBytes());
    writer.put(
        SINGLES,
        SKIPPED,
        ByteBuffer.allocate(2 * Long.BYTES).putLong(skippedBatches).putLong(skippedEvents).array());
    writer.put(
        SINGLES,
        PUBLISHED_EVENTS,
        ByteBuffer.allocate(Long.BYTES).putLong(publishedEvents).array());
  }

  private void snapshotGone(StateStore.Writer writer) throws Exception {
    for (int item : goneAtSnapshot) {
      if (!gone.containsKey(item)) {
        writer.remove(GONE, item);
      }
    }
    for (Map.Entry<Integer, String> item : gone.entrySet()) {
      if (goneAtSnapshot.add(item.getKey())) {
        writer.put(GONE, item.getKey(), item.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
    goneAtSnapshot.retainAll(gone.keySet());
  }

  /** The vocabularies of categories by the names of their tables. */
  private Map<String, TokenVocabulary> categories() {
    Map<String, TokenVocabulary> categories = new LinkedHashMap<>();
    items.fields().forEach(field -> categories.put(CATEGORIES + field.name(), field.vocabulary()));
    contexts
        .fields()
        .forEach(field -> categories.put(CONTEXT_CATEGORIES + field.name(), field.vocabulary()));
    return categories;
  }

  private static void snapshot(StateStore.Writer writer, String table, List<NumberField> fields)
      throws Exception {
    for (int i = 0; i < fields.size(); i++) {
      writer.put(table, i, fields.get(i).statistics().toBytes());
    }
  }

  private static void restore(StateStore.Reader reader, String table, List<NumberField> fields)
      throws Exception {
    reader.forEach(
        table, (i, bytes) -> fields.get(i).statistics().merge(RunningStatistics.fromBytes(bytes)));
  }

  /** The table of events to be replayed, which are kept with what the spec replays of them. */
  static String replayTable(ModelSpec spec) {
    return REPLAY
        + (spec.event().isWeighed() ? WEIGHED : "")
        + (spec.rating().isLearnt() ? RATED : "");
  }

  private byte[] scalars() {
    return ByteBuffer.allocate(9 * Long.BYTES)
        .putLong(step)
        .putLong(events)
        .putLong(trained)
        .putLong(users)
        .putLong(eventTime)
        .putDouble(lossSum)
        .putLong(lossCount)
        .putLong(memory.newest())
        .putLong(spec.replay().memory())
        .array();
  }

  @Override
  public void restore(
      StateStore.Reader snapshot, List<Example> untrained, List<PendingQuery> pendingQueries)
      throws Exception {
    if (events > 0) {
      throw new IllegalStateException("Only a model that has learnt nothing can be restored");
    }
    SnapshotHeader header = SnapshotHeader.read(snapshot);
    described = header.equals(SnapshotHeader.of(spec));
    if (described || header.spec().isEmpty()) {
      takeOver(snapshot, untrained, pendingQueries);
      return;
    }
    Migration anew = Migration.of(snapshot, CanonicalSpec.read(header.spec().get()), spec);
    migration = Optional.of(anew);
    takeOver(
        anew,
        untrained.stream().map(anew::carried).toList(),
        pendingQueries.stream().map(anew::carried).toList());
  }

  private void takeOver(
      StateStore.Reader reader, List<Example> untrained, List<PendingQuery> pendingQueries)
      throws Exception {
    for (RowTable table : towers.tables()) {
      reader.forEach(ROWS + table.name(), table::restore);
    }
    for (Texts.Field field : texts.fields()) {
      field.vocabulary().restore(rows(reader, TOKENS + field.name()));
    }
    for (Map.Entry<String, TokenVocabulary> values : categories().entrySet()) {
      values.getValue().restore(rows(reader, values.getKey()));
    }
    restore(reader, ITEM_NUMBERS, towers.itemNumbers());
    restore(reader, CONTEXT_NUMBERS, towers.contextNumbers());
    catalogue.restore(rows(reader, CATALOGUE).values().toArray(new byte[0][]));
    reader.forEach(POPULARITY, popularity::restore);
    reader.forEach(replayTable(spec), memory::restore);
    reader.forEach(GONE, (item, id) -> gone.put(item, new String(id, StandardCharsets.UTF_8)));
    goneAtSnapshot.addAll(gone.keySet());
    Map<Integer, byte[]> singles = rows(reader, SINGLES);
    if (!singles.isEmpty()) {
      restoreSingles(new Singles(singles));
    }
    batch.addAll(untrained);
    pendingQueries.forEach(query -> pending.put(query.user(), query));
  }

  private void restoreSingles(Singles singles) {
    restoreScalars(ByteBuffer.wrap(singles.required(SCALARS)));
    int window = spec.evaluation().everyEvents();
    prequential = Prequential.fromBytes(window, singles.required(PREQUENTIAL));
    towers.times().merge(RunningStatistics.fromBytes(singles.required(TIMES)));
    popularity.restoreTotal(singles.required(POPULARITY_TOTAL));
    // What is counted beside the model came one after the other; counts begin where they came.
    singles
        .find(POPULARITY_PREQUENTIAL)
        .ifPresent(bytes -> popularityPrequential = Prequential.fromBytes(window, bytes));
    singles
        .find(RATING_PREQUENTIAL)
        .ifPresent(bytes -> ratingPrequential = PrequentialRating.fromBytes(bytes));
    singles.find(NON_POSITIVES).ifPresent(bytes -> nonPositives = ByteBuffer.wrap(bytes).getLong());
    singles
        .find(PUBLISHED_EVENTS)
        .ifPresent(bytes -> publishedEvents = ByteBuffer.wrap(bytes).getLong());
    singles
        .find(SKIPPED)
        .ifPresent(
            bytes -> {
              ByteBuffer skipped = ByteBuffer.wrap(bytes);
              skippedBatches = skipped.getLong();
              skippedEvents = skipped.getLong();
            });
  }

  private void restoreScalars(ByteBuffer scalars) {
    step = scalars.getLong();
    events = scalars.getLong();
    trained = scalars.getLong();
    users = scalars.getLong();
    eventTime = scalars.getLong();
    lossSum = scalars.getDouble();
    lossCount = scalars.getLong();
    long remembered = scalars.getLong();
    long capacity = scalars.getLong();
    if (remembered > 0 && capacity != spec.replay().memory()) {
      throw new IllegalArgumentException(
          "replay.memory is %d and was %d when the snapshot was taken: events have other places then. Restore with the old value."
              .formatted(spec.replay().memory(), capacity));
    }
    memory.relink(remembered);
  }

  /** The rows of a table by rising number. */
  private static Map<Integer, byte[]> rows(StateStore.Reader reader, String table)
      throws Exception {
    Map<Integer, byte[]> rows = new TreeMap<>();
    reader.forEach(table, rows::put);
    return rows;
  }

  @Override
  public String digest() {
    MessageDigest digest = sha256();
    towers.tables().stream()
        .sorted(Comparator.comparing(RowTable::name))
        .forEach(table -> table.digest(digest));
    texts.fields().forEach(field -> digest(digest, field.vocabulary()));
    categories().values().forEach(vocabulary -> digest(digest, vocabulary));
    towers.itemNumbers().forEach(field -> digest.update(field.statistics().toBytes()));
    towers.contextNumbers().forEach(field -> digest.update(field.statistics().toBytes()));
    catalogue.digest(digest);
    popularity.digest(digest, catalogue.size());
    memory.digest(digest);
    digest.update(towers.times().toBytes());
    digest.update(scalars());
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void digest(MessageDigest digest, TokenVocabulary vocabulary) {
    for (String token : vocabulary.tokens()) {
      digest.update(token.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  @Override
  public void close() {
    towers.close();
  }
}
