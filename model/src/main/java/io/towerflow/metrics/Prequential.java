package io.towerflow.metrics;

import io.towerflow.message.Accuracy;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Adds up how well the events of a stream were foreseen by one ranking, each event scored before it
 * was learnt. Windows are cut by the events' ordinal alone: an event that was not scored takes its
 * place in a window but counts in no accuracy. Not thread safe.
 */
public final class Prequential {

  /** The rank of an item that has none, because item or user are seen for the first time. */
  public static final int MISS = Integer.MAX_VALUE;

  private static final int ACCURACY_BYTES = 3 * Long.BYTES + Double.BYTES;

  private final int windowEvents;
  private int eventsInWindow;
  private Accuracy window = Accuracy.NONE;
  private Accuracy total = Accuracy.NONE;
  private final Map<Cohort, Accuracy> cohorts = new EnumMap<>(Cohort.class);

  /**
   * Nothing scored yet.
   *
   * @param windowEvents events in a window
   * @throws IllegalArgumentException if that is not positive
   */
  public Prequential(int windowEvents) {
    if (windowEvents <= 0) {
      throw new IllegalArgumentException("A window of " + windowEvents + " events never completes");
    }
    this.windowEvents = windowEvents;
    for (Cohort cohort : Cohort.values()) {
      cohorts.put(cohort, Accuracy.NONE);
    }
  }

  /**
   * The rank of an item among the items it was scored against; ties count half.
   *
   * @param greater how many of the others scored higher
   * @param ties how many of the others scored the same; the item itself is not one of them
   * @return 1 for the best
   */
  public static int rank(int greater, int ties) {
    return 1 + greater + ties / 2;
  }

  /**
   * Counts a scored event.
   *
   * @param rank the rank of the event's item, or {@link #MISS}
   * @return whether the window is complete; then {@link #nextWindow} is due
   * @throws IllegalArgumentException if the rank is not positive
   */
  public boolean add(int rank, Cohort cohort) {
    Accuracy accuracy = accuracyOf(rank);
    window = window.plus(accuracy);
    total = total.plus(accuracy);
    cohorts.merge(cohort, accuracy, Accuracy::plus);
    return addUnscored();
  }

  /**
   * Passes over an event that was not scored.
   *
   * @return whether the window is complete; then {@link #nextWindow} is due
   */
  public boolean addUnscored() {
    eventsInWindow++;
    return eventsInWindow >= windowEvents;
  }

  /** Begins the next window. */
  public void nextWindow() {
    eventsInWindow = 0;
    window = Accuracy.NONE;
  }

  /** The accuracy over this window's events so far. */
  public Accuracy window() {
    return window;
  }

  /** The accuracy since the first event. */
  public Accuracy total() {
    return total;
  }

  /**
   * The accuracy since the first event by {@link Cohort#key}; every cohort is there, and {@code
   * returning}, which is head, torso and tail together.
   */
  public Map<String, Accuracy> cohorts() {
    Map<String, Accuracy> byKey = new LinkedHashMap<>();
    cohorts.forEach((cohort, accuracy) -> byKey.put(cohort.key(), accuracy));
    byKey.put(
        "returning",
        cohorts.get(Cohort.HEAD).plus(cohorts.get(Cohort.TORSO)).plus(cohorts.get(Cohort.TAIL)));
    return byKey;
  }

  /**
   * The state: the events in the window, then the accuracies (window, total, the cohorts in the
   * order of {@link Cohort}), big-endian.
   */
  public byte[] toBytes() {
    ByteBuffer buffer = ByteBuffer.allocate(stateBytes()).putInt(eventsInWindow);
    put(buffer, window);
    put(buffer, total);
    cohorts.values().forEach(accuracy -> put(buffer, accuracy));
    return buffer.array();
  }

  /**
   * Goes on where {@link #toBytes} was called, with windows of perhaps another size from then on.
   *
   * @throws IllegalArgumentException if the bytes are not such a state
   */
  public static Prequential fromBytes(int windowEvents, byte[] bytes) {
    if (bytes.length != stateBytes()) {
      throw new IllegalArgumentException(
          "Prequential metrics are " + stateBytes() + " bytes, not " + bytes.length);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    Prequential prequential = new Prequential(windowEvents);
    prequential.eventsInWindow = buffer.getInt();
    prequential.window = get(buffer);
    prequential.total = get(buffer);
    prequential.cohorts.replaceAll((cohort, none) -> get(buffer));
    return prequential;
  }

  private static Accuracy accuracyOf(int rank) {
    if (rank <= 0) {
      throw new IllegalArgumentException("Ranks count from 1: " + rank + " is none");
    }
    boolean hitAt100 = rank <= 100;
    return new Accuracy(1, rank <= 10 ? 1 : 0, hitAt100 ? 1 : 0, hitAt100 ? 1.0 / rank : 0);
  }

  private static int stateBytes() {
    return Integer.BYTES + (2 + Cohort.values().length) * ACCURACY_BYTES;
  }

  private static void put(ByteBuffer buffer, Accuracy accuracy) {
    buffer
        .putLong(accuracy.events())
        .putLong(accuracy.hitsAt10())
        .putLong(accuracy.hitsAt100())
        .putDouble(accuracy.reciprocalRanks());
  }

  private static Accuracy get(ByteBuffer buffer) {
    return new Accuracy(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getDouble());
  }
}
