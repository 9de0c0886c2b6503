package io.towerflow.job;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Puts links that come by several ways back in order: each is held until the one before it has
 * left. Holding never blocks, so the missing link, which was sent earlier and is on its way, is
 * sure to come.
 */
final class Chain<T extends Linked> {

  /** By the sequence number that each waits for. */
  private final Map<Long, T> held = new TreeMap<>();

  private long last;

  /** Whether the snapshot that the job goes on from has no such chain, and no link has come. */
  private boolean unknown;

  /**
   * A chain that goes on where another was.
   *
   * @param last the sequence number of the last link that left, 0 if none has
   * @param held what was held
   */
  Chain(long last, Iterable<T> held) {
    this.last = last;
    held.forEach(this::hold);
  }

  /** The chain of an operator that the snapshot which the job goes on from knows nothing of. */
  static <T extends Linked> Chain<T> unknown() {
    Chain<T> chain = new Chain<>(0, List.of());
    chain.unknown = true;
    return chain;
  }

  boolean isUnknown() {
    return unknown;
  }

  /**
   * Takes the next link to come.
   *
   * @return what leaves now, in order
   * @throws IllegalStateException if the chain has it already, or another in its place, or if what
   *     comes before it is in a snapshot that does not know this chain: it would wait for ever
   */
  List<T> offer(T link) {
    if (unknown && link.continued()) {
      throw new IllegalStateException(
          "Event %d goes on from a snapshot that holds the order of events, but not this operator's state: the order, the vocabularies and the model are of use together only. Start from a snapshot that holds all of them (not one of another version or spec, read with --allowNonRestoredState), or without a snapshot and with --start earliest."
              .formatted(link.sequence()));
    }
    unknown = false;
    if (link.previous() != last) {
      hold(link);
      return List.of();
    }
    List<T> leaving = new ArrayList<>(1);
    for (T next = link; next != null; next = held.remove(last)) {
      leaving.add(next);
      last = next.sequence();
    }
    return leaving;
  }

  private void hold(T link) {
    if (link.previous() < last || held.putIfAbsent(link.previous(), link) != null) {
      throw new IllegalStateException(
          "Event %d follows event %d, but another has followed it; the last one was %d"
              .formatted(link.sequence(), link.previous(), last));
    }
  }

  /** The sequence number of the last link that left, 0 if none has. */
  long last() {
    return last;
  }

  /** What is held, in order. */
  Collection<T> held() {
    return held.values();
  }
}
