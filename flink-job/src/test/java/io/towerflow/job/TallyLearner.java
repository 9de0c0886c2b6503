package io.towerflow.job;

import io.towerflow.learn.Evictions;
import io.towerflow.learn.Example;
import io.towerflow.learn.Learner;
import io.towerflow.learn.PendingQuery;
import io.towerflow.learn.Publication;
import io.towerflow.learn.StateStore;
import io.towerflow.message.Accuracy;
import io.towerflow.message.RatingError;
import io.towerflow.message.TrainingProgress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The simplest model that obeys the contract, so that an operator's tests can be worked out by
 * hand: it counts. Training an example adds one to its item; an item's vector is its count, and
 * every query's vector is 1, so a score is a count. A progress message leaves with each batch. One
 * with an infinite weight in it is skipped.
 */
class TallyLearner implements Learner {

  private final int batchSize;
  private final int publishEveryEvents;

  private final Map<Integer, Long> counts = new TreeMap<>();
  private final Map<Integer, String> ids = new TreeMap<>();
  private final TreeSet<Integer> unsaved = new TreeSet<>();
  private final TreeSet<Integer> unpublished = new TreeSet<>();

  /** Ids of the items that left and of which the world does not know it yet. */
  private final Map<Integer, String> gone = new TreeMap<>();

  /** Items that a snapshot may hold and that left, and those of {@link #gone} that are told. */
  private final TreeSet<Integer> removed = new TreeSet<>();

  private final TreeSet<Integer> told = new TreeSet<>();
  private final Map<String, PendingQuery> touched = new LinkedHashMap<>();
  private final List<Example> untrained = new ArrayList<>();
  private long step;
  private long trained;
  private long taken;

  TallyLearner(int batchSize, int publishEveryEvents) {
    this.batchSize = batchSize;
    this.publishEveryEvents = publishEveryEvents;
  }

  @Override
  public void learn(Example example, Listener listener) {
    untrained.add(example);
    taken++;
    touched.put(
        example.user(),
        new PendingQuery(
            example.user(),
            example.before().after(example.itemIndex(), example.time(), 1),
            example.time()));
    if (untrained.size() == batchSize) {
      if (untrained.stream().anyMatch(each -> Double.isInfinite(each.weight()))) {
        listener.skipped(List.copyOf(untrained), "It weighs too much.");
        untrained.clear();
        return;
      }
      train();
      listener.progress(progress(""));
    }
  }

  private void train() {
    untrained.forEach(this::train);
    trained += untrained.size();
    untrained.clear();
    step++;
  }

  void train(Example example) {
    counts.merge(example.itemIndex(), 1L, Long::sum);
    ids.put(example.itemIndex(), example.item());
    unsaved.add(example.itemIndex());
    unpublished.add(example.itemIndex());
  }

  @Override
  public void evict(Evictions evictions, Listener listener) {
    if (!untrained.isEmpty()) {
      train();
      listener.progress(progress(""));
    }
    for (int item : evictions.items()) {
      gone.put(item, ids.remove(item));
      counts.remove(item);
      unsaved.remove(item);
      unpublished.remove(item);
      removed.add(item);
    }
  }

  @Override
  public void finish(Listener listener) {
    if (!untrained.isEmpty()) {
      train();
    }
    listener.progress(progress(digest()));
  }

  @Override
  public boolean publicationDue() {
    return taken >= publishEveryEvents;
  }

  @Override
  public Optional<Publication> publish() {
    taken = 0;
    if (touched.isEmpty() && unpublished.isEmpty() && gone.isEmpty()) {
      return Optional.empty();
    }
    List<Publication.Candidate> candidates = new ArrayList<>();
    gone.forEach((item, id) -> candidates.add(new Publication.Candidate(item, id, null)));
    unpublished.forEach(
        i -> candidates.add(new Publication.Candidate(i, ids.get(i), new float[] {counts.get(i)})));
    told.addAll(gone.keySet());
    gone.clear();
    List<Publication.Query> queries =
        touched.values().stream()
            .map(q -> new Publication.Query(q.user(), new float[] {1}, q.profile().seen()))
            .toList();
    unpublished.clear();
    touched.clear();
    return Optional.of(new Publication(step, trained, candidates, queries, 0));
  }

  @Override
  public long step() {
    return step;
  }

  @Override
  public List<Example> untrained() {
    return List.copyOf(untrained);
  }

  @Override
  public List<PendingQuery> pendingQueries() {
    return List.copyOf(touched.values());
  }

  @Override
  public int unwritten() {
    return unsaved.size() + removed.size();
  }

  @Override
  public void snapshot(StateStore.Writer writer) throws Exception {
    for (int item : unsaved) {
      byte[] id = ids.get(item).getBytes(StandardCharsets.UTF_8);
      writer.put(
          "items",
          item,
          ByteBuffer.allocate(8 + id.length).putLong(counts.get(item)).put(id).array());
    }
    unsaved.clear();
    for (int item : removed) {
      writer.remove("items", item);
    }
    removed.clear();
    for (Map.Entry<Integer, String> item : gone.entrySet()) {
      writer.put("gone", item.getKey(), item.getValue().getBytes(StandardCharsets.UTF_8));
    }
    for (int item : told) {
      writer.remove("gone", item);
    }
    told.clear();
    writer.put("scalars", 0, ByteBuffer.allocate(16).putLong(step).putLong(trained).array());
  }

  @Override
  public void restore(
      StateStore.Reader reader, List<Example> restUntrained, List<PendingQuery> restPending)
      throws Exception {
    reader.forEach(
        "items",
        (item, value) -> {
          ByteBuffer buffer = ByteBuffer.wrap(value);
          counts.put(item, buffer.getLong());
          ids.put(item, new String(value, 8, value.length - 8, StandardCharsets.UTF_8));
          unpublished.add(item);
        });
    reader.forEach("gone", (item, id) -> gone.put(item, new String(id, StandardCharsets.UTF_8)));
    reader.forEach(
        "scalars",
        (row, value) -> {
          ByteBuffer buffer = ByteBuffer.wrap(value);
          step = buffer.getLong();
          trained = buffer.getLong();
        });
    untrained.addAll(restUntrained);
    restPending.forEach(query -> touched.put(query.user(), query));
  }

  @Override
  public String arithmetic() {
    return "tally";
  }

  @Override
  public String digest() {
    return "step " + step + " " + counts;
  }

  private TrainingProgress progress(String digest) {
    return new TrainingProgress(
        step,
        trained,
        0,
        0,
        Double.NaN,
        Accuracy.NONE,
        Accuracy.NONE,
        Accuracy.NONE,
        Accuracy.NONE,
        Map.of(),
        RatingError.NONE,
        RatingError.NONE,
        0,
        counts.size(),
        0,
        0,
        digest);
  }

  @Override
  public void close() {}
}
