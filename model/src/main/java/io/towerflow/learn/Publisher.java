package io.towerflow.learn;

import io.towerflow.profile.IndexSpace;
import io.towerflow.table.RowSet;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Knows what has left the house and what is due: candidates, users touched, items gone.
 *
 * <p>A candidate leaves when it never has; when its vector has moved so far from the one last sent
 * that a score of this publication's queries could be off by more than the spec's tolerance ({@link
 * Reach}); and when it was not sent for so many publications. Of a catalogue of more than {@value
 * #MOST_EXAMINED} items, a publication looks at those taken since the last one, and at the others
 * by turns, so that training never waits for a whole large catalogue.
 */
final class Publisher {

  /** The largest number that leaves: no score of two vectors of such numbers overflows. */
  private static final float LARGEST = 0x1p50f;

  /**
   * Candidates that one publication looks at, but for those that never left: it bounds how long
   * training waits for it, to some tens of milliseconds.
   */
  static final int MOST_EXAMINED = 16_384;

  private final Model model;
  private final CandidateVectors vectors;

  /** By the user's id. */
  private final Map<String, Due> due = new LinkedHashMap<>();

  /** Ids of the items that have left since the last publication, by index. */
  private final Map<Integer, String> gone = new TreeMap<>();

  /** Those of them that the last snapshot has. */
  private final Set<Integer> goneAtSnapshot = new TreeSet<>();

  /** Positions of the items taken since the last publication. */
  private final BitSet taken = new BitSet();

  /** The candidates' vectors as last sent, by position; null for those that never were. */
  private float[][] sent = new float[0][];

  /** With which publication since the start they were. */
  private long[] sentWith = new long[0];

  private long publications;

  /** The position that the next look at those not taken begins with. */
  private int turn;

  private Reach reach;
  private long publishedStep;
  private long publishedEvents;

  /** A user whose list is due: the index, and a query that is made where it is asked for. */
  private record Due(int index, Supplier<PendingQuery> query) {}

  Publisher(Model model, CandidateVectors vectors) {
    this.model = model;
    this.vectors = vectors;
    reach = Reach.none(vectors.width() - vectors.towersWidth());
  }

  /** A user has done something: the list is due. */
  void touch(Example example) {
    // The profile after the event is a copy of all the user has taken.
    Supplier<PendingQuery> query =
        () ->
            new PendingQuery(
                example.user(), example.after(model.spec.historyItems()), example.time());
    due.put(example.user(), new Due(example.before().index(), query));
    if (example.itemIsKnown()) {
      taken.set(model.catalogue.position(example.itemIndex()));
    }
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
    grow(last + 1);
    sent[position] = sent[last];
    sentWith[position] = sentWith[last];
    sent[last] = null;
    taken.set(position, taken.get(last));
    taken.clear(last);
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
      due.values().removeIf(user -> leaving.find(user.index()) >= 0);
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
    return due.values().stream().map(user -> user.query().get()).toList();
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
    if (step == 0 || (step == publishedStep && due.isEmpty() && gone.isEmpty())) {
      return Optional.empty();
    }
    publications++;
    List<Publication.Query> queries = pendingVectors();
    if (!queries.isEmpty()) {
      reach = Reach.of(queries, vectors.towersWidth());
    }
    List<Publication.Candidate> changed =
        step == publishedStep ? List.of() : changedCandidates(now);
    List<Publication.Candidate> fit =
        changed.stream().filter(candidate -> isFit(candidate.vector())).toList();
    List<Publication.Query> fitQueries =
        queries.stream().filter(query -> isFit(query.vector())).toList();
    int withheld = changed.size() - fit.size() + queries.size() - fitQueries.size();
    List<Publication.Candidate> candidates = new ArrayList<>();
    gone.forEach((item, id) -> candidates.add(Publication.Candidate.gone(item, id)));
    candidates.addAll(fit);
    Publication publication = new Publication(step, eventTime, candidates, fitQueries, withheld);
    due.clear();
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
    int[] examined = examined();
    int towersWidth = vectors.towersWidth();
    int width = vectors.width();
    float[][] popularity = new float[width - towersWidth][examined.length];
    vectors.refresh(examined);
    model.candidates.numbers(examined, examined.length, now, popularity);
    List<Publication.Candidate> changed = new ArrayList<>();
    float[] vector = new float[width];
    for (int i = 0; i < examined.length; i++) {
      int position = examined[i];
      vectors.read(position, vector);
      for (int k = towersWidth; k < width; k++) {
        vector[k] = popularity[k - towersWidth][i];
      }
      if (isToBeSent(position, vector)) {
        sent[position] = vector.clone();
        sentWith[position] = publications;
        changed.add(
            new Publication.Candidate(
                model.catalogue.item(position), model.catalogue.id(position), sent[position]));
      }
    }
    taken.clear();
    return changed;
  }

  private boolean isToBeSent(int position, float[] vector) {
    float[] before = sent[position];
    if (before == null
        || publications - sentWith[position] >= model.spec.publication().renewEvery()) {
      return true;
    }
    if (Arrays.equals(before, vector)) {
      return false;
    }
    double tolerance = model.spec.publication().tolerance();
    return tolerance == 0 || !(reach.mostMoved(before, vector) <= tolerance); // true for NaN
  }

  /**
   * The positions to look at, ascending: those never sent, those taken since the last publication,
   * and the others by turns.
   */
  private int[] examined() {
    int size = model.catalogue.size();
    grow(size);
    BitSet examined = new BitSet(size);
    examined.or(taken);
    for (int position = 0; position < size; position++) {
      if (sent[position] == null) {
        examined.set(position);
      }
    }
    int room = Math.min(size, MOST_EXAMINED) - examined.cardinality();
    for (int visited = 0; visited < size && room > 0; visited++) {
      turn = turn + 1 < size ? turn + 1 : 0;
      if (!examined.get(turn)) {
        examined.set(turn);
        room--;
      }
    }
    return examined.stream().toArray();
  }

  private void grow(int size) {
    if (size > sent.length) {
      int grown = Math.max(size, sent.length * 3 / 2);
      sent = Arrays.copyOf(sent, grown);
      sentWith = Arrays.copyOf(sentWith, grown);
    }
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
    pendingQueries.forEach(
        query -> due.put(query.user(), new Due(query.profile().index(), () -> query)));
  }

  void restore(Singles singles) {
    singles
        .find(Tables.PUBLISHED_EVENTS)
        .ifPresent(bytes -> publishedEvents = ByteBuffer.wrap(bytes).getLong());
  }
}
