package io.towerflow.job;

import io.towerflow.profile.Sighting;
import io.towerflow.spec.Lifetime;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.metrics.Counter;

/**
 * Which ids of a shard are in its vocabulary: keyed state of the shard that the current key stands
 * for. An id is noted under each period that it was seen in, and looked up once that period is
 * over: by then it is gone, or noted under a later one, or has to leave. So an event costs the same
 * however many ids there are, and ids leave in the order of the notes.
 */
final class Vocabulary {

  private final Lifetime lifetime;
  private final IndexCounter indices;
  private final Counter unadmitted;
  private final Counter evicted;

  /** These three are null where nothing needs to be kept. */
  private MapState<String, Sighting> sightings;

  /** How many notes a period has. */
  private MapState<Long, Integer> notes;

  /** By period, and counted from 0 within it. */
  private MapState<Tuple2<Long, Integer>, String> noted;

  Vocabulary(Lifetime lifetime, RuntimeContext context) {
    this.lifetime = lifetime;
    indices = new IndexCounter(context);
    unadmitted = context.getMetricGroup().counter("unadmittedEvents");
    evicted = context.getMetricGroup().counter("evictions");
    if (lifetime.needsAccount()) {
      sightings =
          context.getMapState(
              new MapStateDescriptor<>(
                  "sightings", Types.STRING, TypeInformation.of(Sighting.class)));
      notes = context.getMapState(new MapStateDescriptor<>("notes", Types.LONG, Types.INT));
      noted =
          context.getMapState(
              new MapStateDescriptor<>("noted", Types.TUPLE(Types.LONG, Types.INT), Types.STRING));
    }
  }

  /**
   * Takes note of an event of an id.
   *
   * @param clock the time of the stream, milliseconds since the epoch
   * @return whether the id is admitted by now
   */
  boolean see(String id, long clock) throws Exception {
    if (!lifetime.needsAccount()) {
      return true;
    }
    Sighting before = sightings.get(id);
    Sighting now = Sighting.after(before, clock, lifetime);
    if (!now.equals(before)) {
      sightings.put(id, now);
    }
    if (lifetime.ends() && (before == null || before.period() != now.period())) {
      Integer count = notes.get(now.period());
      int next = count == null ? 0 : count;
      noted.put(Tuple2.of(now.period(), next), id);
      notes.put(now.period(), next + 1);
    }
    boolean admitted = now.isAdmitted(lifetime);
    if (!admitted) {
      unadmitted.inc();
    }
    return admitted;
  }

  /** The index of an id that is admitted and has none. */
  int nextIndex(String id) throws IOException {
    return indices.next(id);
  }

  /** Lets go of the ids whose time is over, admitted or not, and gives them in a defined order. */
  List<String> expire(long clock) throws Exception {
    List<String> expired = new ArrayList<>();
    if (!lifetime.ends()) {
      return expired;
    }
    List<Long> over = new ArrayList<>();
    for (long period : notes.keys()) {
      if (lifetime.isOver(period, clock)) {
        over.add(period);
      }
    }
    Collections.sort(over);
    for (long period : over) {
      for (int i = 0; i < notes.get(period); i++) {
        Tuple2<Long, Integer> note = Tuple2.of(period, i);
        String id = noted.get(note);
        noted.remove(note);
        Sighting last = sightings.get(id);
        if (last != null && last.period() == period) {
          sightings.remove(id);
          expired.add(id);
        }
      }
      notes.remove(period);
    }
    evicted.inc(expired.size());
    return expired;
  }
}
