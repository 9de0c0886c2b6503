package io.towerflow.local;

import io.towerflow.baseline.Bpr;
import io.towerflow.baseline.DecayedPopularity;
import io.towerflow.baseline.ItemKnn;
import io.towerflow.baseline.MostPopular;
import io.towerflow.baseline.PrequentialBaselines;
import io.towerflow.message.Event;
import io.towerflow.spec.ModelSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Has baselines foresee a stream, event by event. Where the catalogue is large the job scores some
 * of its batches alone; the baselines are then asked about the same events, so that figures can be
 * compared and cost no more than they must.
 */
final class BaselineRun {

  private final ModelSpec spec;
  private final PrequentialBaselines baselines;
  private final Set<String> items = new HashSet<>();
  private final List<Event> batch = new ArrayList<>();
  private long batches;
  private long events;

  /**
   * @param spec the model's: it says how events are cut into batches and windows
   */
  BaselineRun(ModelSpec spec) {
    this.spec = spec;
    this.baselines =
        new PrequentialBaselines(
            List.of(
                new MostPopular(),
                new DecayedPopularity(DecayedPopularity.DEFAULT_HALF_LIFE),
                new ItemKnn(ItemKnn.Parameters.DEFAULT),
                new Bpr(Bpr.Parameters.DEFAULT)),
            spec.evaluation().everyEvents());
  }

  /** Takes the next event. */
  void add(Event event) {
    if (!batch.isEmpty() && spec.batch().closesBefore(batch.get(0).time(), event.time())) {
      closeBatch();
    }
    events++;
    items.add(event.item());
    batch.add(event);
    if (batch.size() >= spec.batch().size()) {
      closeBatch();
    }
  }

  /** Events taken so far. */
  long events() {
    return events;
  }

  /** How each baseline did, after the last event. */
  List<Ranking> finish() {
    if (!batch.isEmpty()) {
      closeBatch();
    }
    return baselines.standings().stream()
        .map(standing -> Ranking.of(standing, spec.evaluation().everyEvents(), events))
        .toList();
  }

  private void closeBatch() {
    boolean scored = spec.evaluation().scores(batches, items.size());
    for (Event event : batch) {
      if (!spec.event().isPositive(event.value())) {
        baselines.addUnwanted(event.user(), event.item());
      } else if (scored) {
        baselines.add(event.user(), event.item());
      } else {
        baselines.addUnscored(event.user(), event.item());
      }
    }
    batches++;
    batch.clear();
  }
}
