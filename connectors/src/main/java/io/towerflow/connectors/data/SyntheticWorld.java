package io.towerflow.connectors.data;

import io.towerflow.connectors.data.SyntheticCatalogue.Item;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.Random;

/** The users of a {@link SyntheticStream} and what they do, one action after the other. */
final class SyntheticWorld implements Iterator<SyntheticWorld.Action> {

  /** Somebody picked something. The time is in milliseconds since the epoch. */
  record Action(int user, Item item, long time, int rating) {}

  private static final long BEGIN = Instant.parse("2025-01-01T08:00:00Z").toEpochMilli();

  /** How a session goes on: near its last item, with its theme, a favourite theme, or any theme. */
  private static final double NEAR = .70;

  private static final double SAME_THEME = .15;
  private static final double FAVOURITE = .10;

  private static final double[] TASTE = {.60, .25, .15};
  private static final double DRIFT = .10;
  private static final double THEME_SKEW = 1.5;
  private static final double ACTIVITY_SKEW = 1.5;

  private static final double EVENTS_PER_SESSION = 8;
  private static final double MILLIS_BETWEEN_SESSIONS = 30_000;
  private static final double MILLIS_BETWEEN_EVENTS = 40_000;
  private static final long MILLIS_AT_LEAST = 3_000;

  private static final int TRIES = 10;
  private static final int FRUITLESS = 10_000;

  private static final class User {
    private final int id;
    private final int[] favourites;
    private final BitSet taken = new BitSet();
    private boolean active;

    User(int id, int[] favourites) {
      this.id = id;
      this.favourites = favourites;
    }
  }

  private static final class Session implements Comparable<Session> {
    private final long ordinal;
    private final User user;
    private final int theme;
    private long time;

    /** The last item of the session's own theme, null before the first. */
    private Item last;

    Session(long ordinal, User user, int theme, long time) {
      this.ordinal = ordinal;
      this.user = user;
      this.theme = theme;
      this.time = time;
    }

    @Override
    public int compareTo(Session other) {
      int byTime = Long.compare(time, other.time);
      return byTime != 0 ? byTime : Long.compare(ordinal, other.ordinal);
    }
  }

  private final SyntheticOptions options;

  /** Of all generators the one whose numbers are specified to the bit. */
  private final Random random;

  private final SyntheticCatalogue catalogue = new SyntheticCatalogue();
  private final List<User> users = new ArrayList<>();
  private final PriorityQueue<Session> sessions = new PriorityQueue<>();

  private long events;
  private long begun;
  private long nextSession = BEGIN;

  SyntheticWorld(SyntheticOptions options) {
    this.options = options;
    random = new Random(options.seed());
    for (int i = 0; i < options.initialUsers(); i++) {
      addUser();
    }
    addItems();
  }

  @Override
  public boolean hasNext() {
    return events < options.events();
  }

  @Override
  public Action next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    addItems();
    for (int i = 0; i < FRUITLESS; i++) {
      while (sessions.isEmpty() || nextSession <= sessions.element().time) {
        begin();
      }
      Session session = sessions.remove();
      Action action = act(session);
      goOn(session, action != null && random.nextDouble() >= 1 / EVENTS_PER_SESSION);
      if (action != null) {
        events++;
        return action;
      }
    }
    throw new IllegalStateException(
        "synthetic stream: after %d events nobody finds an item that is new to them; it takes more users or items, or fewer events"
            .formatted(events));
  }

  /** How many have arrived by now. */
  private long arrived(int initially, double perThousand) {
    return initially + (long) (events * perThousand / 1000);
  }

  private void addItems() {
    while (catalogue.size() < arrived(options.initialItems(), options.newItemsPerThousand())) {
      catalogue.add(random);
    }
  }

  private User addUser() {
    int[] favourites = new int[TASTE.length];
    for (int i = 0; i < favourites.length; i++) {
      favourites[i] = anyTheme();
    }
    User user = new User(users.size(), favourites);
    users.add(user);
    return user;
  }

  /** Begins a session of somebody who has just arrived, or else of anyone who isn't in one. */
  private void begin() {
    long time = nextSession;
    nextSession += exponential(MILLIS_BETWEEN_SESSIONS);
    User user =
        users.size() < arrived(options.initialUsers(), options.newUsersPerThousand())
            ? addUser()
            : users.get((int) (users.size() * StrictMath.pow(random.nextDouble(), ACTIVITY_SKEW)));
    if (user.active) {
      return;
    }
    user.active = true;
    if (random.nextDouble() < DRIFT) {
      System.arraycopy(user.favourites, 0, user.favourites, 1, TASTE.length - 1);
      user.favourites[0] = anyTheme();
    }
    sessions.add(new Session(begun++, user, favourite(user), time));
  }

  private void goOn(Session session, boolean more) {
    if (more) {
      session.time += MILLIS_AT_LEAST + exponential(MILLIS_BETWEEN_EVENTS);
      sessions.add(session);
    } else {
      session.user.active = false;
    }
  }

  /** The session's next action, null where its user finds nothing new. */
  private Action act(Session session) {
    User user = session.user;
    for (int i = 0; i < TRIES; i++) {
      Item item = pick(session);
      if (item != null) {
        user.taken.set(item.id());
        if (item.theme() == session.theme) {
          session.last = item;
        }
        return new Action(user.id, item, session.time, rating(user, item.theme()));
      }
    }
    return null;
  }

  private Item pick(Session session) {
    User user = session.user;
    double where = random.nextDouble();
    if (where < NEAR && session.last != null) {
      return catalogue.pickNear(session.last, user.taken, random);
    }
    int theme =
        where < NEAR + SAME_THEME
            ? session.theme
            : where < NEAR + SAME_THEME + FAVOURITE ? favourite(user) : anyTheme();
    return catalogue.pick(theme, user.taken, random);
  }

  /** 5 or 4 within the favourite theme, one less for each place after it; at least 1. */
  private int rating(User user, int theme) {
    int place = 0;
    while (place < TASTE.length && user.favourites[place] != theme) {
      place++;
    }
    return Math.max(1, 5 - place - random.nextInt(2));
  }

  private int favourite(User user) {
    double mark = random.nextDouble();
    int place = 0;
    while (place < TASTE.length - 1 && mark >= TASTE[place]) {
      mark -= TASTE[place++];
    }
    return user.favourites[place];
  }

  private int anyTheme() {
    return (int) (Theme.ALL.size() * StrictMath.pow(random.nextDouble(), THEME_SKEW));
  }

  private long exponential(double mean) {
    return (long) (-mean * StrictMath.log(1 - random.nextDouble()));
  }
}
