package io.towerflow.learn;

import io.towerflow.profile.IndexSpace;
import io.towerflow.table.CounterRandom;
import io.towerflow.table.RowSet;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Knows what has left the house and what is due: candidates, users touched, items gone. */
final class Publisher {

  /** The largest number that leaves: no score of two vectors of such numbers overflows. */
  private static final float LARGEST = 0x1p50f;

  private final Model model;

  /** By the user's id. */
  private final Map<String, PendingQuery> pending = new LinkedHashMap<>();

  /** Ids of the items that have left since the last publication, by index. */
  private final Map<Integer, String> gone = new TreeMap<>();

  /** Those of them that the last snapshot has. */
  private final Set<Integer> goneAtSnapshot = new TreeSet<>();

  /** Hashes of the candidates' vectors as last published, by position. */
  private long[] published = new long[0];

  private long publishedStep;
  private long publishedEvents;

  Publisher(Model model) {
    this.model = model;
  }

  /** A user has done something: the list is due. */
  void touch(Example example) {
    PendingQuery query =
        new PendingQuery(example.user(), example.after(model.spec.historyItems()), example.time());
    pending.put(example.user(), query);
  }

  /**
   * Has an item leave, with all that was learnt of it alone; the last one takes its position.
   *
   * @return the position
   */
  int evict(int item) {
    int last = model.catalogue.size() - 1;
    gone.put(item, model.idOfLeaving(item));
    int position = model.removeItem(item);
    if (last < published.length) {
      published[position] = published[last];
      published[last] = 0;
    } else if (position < published.length) {
      published[position] = 0; // the one that takes the place was never published
    }
    return position;
  }

  /** Users have left, by their indices. */
  void usersLeft(int[] users) {
    RowSet leaving = new RowSet();
    for (int user : users) {
      if (user != IndexSpace.OUT_OF_VOCABULARY) {
        leaving.add(user);
      }
    }
    if (leaving.size() > 0) {
      pending.values().removeIf(query -> leaving.find(query.profile().index()) >= 0);
    }
  }

  /**
   * Whether so many events have been taken since the last publication that one is due.
   *
   * @param events taken so far
   */
  boolean isDue(long events) {
    return events - publishedEvents >= model.spec.publication().everyEvents();
  }

  /** The users touched since the last publication, in order of their first touch. */
  List<PendingQuery> pendingQueries() {
    return List.copyOf(pending.values());
  }

  /**
   * The next publication; none where nothing has happened since the last one.
   *
   * @param step the training steps so far
   * @param eventTime the latest time learnt
   * @param events taken so far
   * @param now the ordinal of the next event to be trained
   */
  Optional<Publication> publish(long step, long eventTime, long events, long now) {
    if (step == 0 || (step == publishedStep && pending.isEmpty() && gone.isEmpty())) {
      return Optional.empty();
    }
    List<Publication.Candidate> changed =
        step == publishedStep ? List.of() : changedCandidates(now);
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

  private List<Publication.Candidate> changedCandidates(long now) {
    Catalogue catalogue = model.catalogue;
    List<Publication.Candidate> changed = new ArrayList<>();
    int width = model.towers.outputWidth();
    float[] vectors = model.towers.candidateVectors(model.candidates.all(now));
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
    List<PendingQuery> users = pendingQueries();
    int width = model.towers.outputWidth();
    float[] vectors = model.towers.queryVectors(users.stream().map(model::query).toList());
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

  void snapshot(StateStore.Writer writer) throws Exception {
    for (int item : goneAtSnapshot) {
      if (!gone.containsKey(item)) {
        writer.remove(Tables.GONE, item);
      }
    }
    for (Map.Entry<Integer, String> item : gone.entrySet()) {
      if (goneAtSnapshot.add(item.getKey())) {
        writer.put(Tables.GONE, item.getKey(), item.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
    goneAtSnapshot.retainAll(gone.keySet());
    writer.put(
        Tables.SINGLES,
        Tables.PUBLISHED_EVENTS,
        ByteBuffer.allocate(Long.BYTES).putLong(publishedEvents).array());
  }

  void restore(StateStore.Reader reader, List<PendingQuery> pendingQueries) throws Exception {
    reader.forEach(
        Tables.GONE, (item, id) -> gone.put(item, new String(id, StandardCharsets.UTF_8)));
    goneAtSnapshot.addAll(gone.keySet());
    pendingQueries.forEach(query -> pending.put(query.user(), query));
  }

  void restore(Singles singles) {
    singles
        .find(Tables.PUBLISHED_EVENTS)
        .ifPresent(bytes -> publishedEvents = ByteBuffer.wrap(bytes).getLong());
  }
}
