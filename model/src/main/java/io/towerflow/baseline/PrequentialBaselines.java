package io.towerflow.baseline;

import io.towerflow.message.Accuracy;
import io.towerflow.metrics.Cohort;
import io.towerflow.metrics.PopularityTier;
import io.towerflow.metrics.Prequential;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Measures baselines on a stream of events as the model is measured: each event's item is ranked
 * among the items known before it but those that its user has already taken, then the event is
 * learnt. First sightings of a user or an item are misses. Not thread safe.
 */
public final class PrequentialBaselines {

  /**
   * How a baseline stands.
   *
   * @param name the baseline's name
   * @param windows the accuracy over each window of events, oldest first; the last one may still be
   *     incomplete
   * @param total the accuracy over all events
   * @param cohorts the accuracy over all events by cohort, see {@link Prequential#cohorts}
   */
  public record Standing(
      String name, List<Accuracy> windows, Accuracy total, Map<String, Accuracy> cohorts) {}

  private record Entrant(Baseline baseline, Prequential prequential, List<Accuracy> windows) {

    void add(int rank, Cohort cohort) {
      closeWindow(prequential.add(rank, cohort));
    }

    void addUnscored() {
      closeWindow(prequential.addUnscored());
    }

    private void closeWindow(boolean complete) {
      if (complete) {
        windows.add(prequential.window());
        prequential.nextWindow();
      }
    }

    Standing standing() {
      List<Accuracy> all = new ArrayList<>(windows);
      if (prequential.window().events() > 0) {
        all.add(prequential.window());
      }
      return new Standing(baseline.name(), all, prequential.total(), prequential.cohorts());
    }
  }

  private final List<Entrant> entrants;
  private final Interactions past = new Interactions();
  private final Map<String, Integer> users = new HashMap<>();
  private final Map<String, Integer> items = new HashMap<>();
  private float[] scores = new float[64];

  /**
   * Nothing measured yet.
   *
   * @param baselines which have learnt nothing
   * @param windowEvents events in a window
   * @throws IllegalArgumentException if two baselines share a name or the window is not positive
   */
  public PrequentialBaselines(List<? extends Baseline> baselines, int windowEvents) {
    Set<String> names = new HashSet<>();
    entrants = new ArrayList<>();
    for (Baseline baseline : baselines) {
      if (!names.add(baseline.name())) {
        throw new IllegalArgumentException(
            "Two baselines are called " + baseline.name() + ": nobody could tell them apart");
      }
      entrants.add(new Entrant(baseline, new Prequential(windowEvents), new ArrayList<>()));
    }
  }

  /** Ranks an event's item by each baseline, then has it learnt. */
  public void add(String userId, String itemId) {
    Integer user = users.get(userId);
    Integer item = items.get(itemId);
    if (user == null || item == null) {
      Cohort cohort = Cohort.ofFirstSighting(user == null);
      entrants.forEach(entrant -> entrant.add(Prequential.MISS, cohort));
    } else {
      Cohort cohort = PopularityTier.of(item, past.items(), past::count);
      for (Entrant entrant : entrants) {
        entrant.add(rank(entrant.baseline, user, item), cohort);
      }
    }
    learn(userId, itemId);
  }

  /**
   * Has an event learnt that is not ranked; it takes its place in a window but counts in no
   * accuracy.
   */
  public void addUnscored(String userId, String itemId) {
    entrants.forEach(Entrant::addUnscored);
    learn(userId, itemId);
  }

  /**
   * Takes an event that is no wish for its item: user and item are known from then on, and the item
   * is not looked for again. It takes its place in a window but counts in no accuracy.
   */
  public void addUnwanted(String userId, String itemId) {
    entrants.forEach(Entrant::addUnscored);
    past.addUnwanted(user(userId), item(itemId));
  }

  /** How the baselines stand, in the order they were given. */
  public List<Standing> standings() {
    return entrants.stream().map(Entrant::standing).toList();
  }

  private int rank(Baseline baseline, int user, int item) {
    if (scores.length < past.items()) {
      scores = new float[2 * past.items()];
    }
    baseline.score(past, user, scores);
    float own = scores[item];
    int greater = 0;
    int ties = 0;
    for (int other = 0; other < past.items(); other++) {
      if (other == item || past.hasTaken(user, other)) {
        continue;
      }
      float score = scores[other];
      if (score == own) {
        ties++;
      } else if (!(score < own)) { // true for NaN as well: to have diverged is no merit
        greater++;
      }
    }
    return Prequential.rank(greater, ties);
  }

  private void learn(String userId, String itemId) {
    int user = user(userId);
    int item = item(itemId);
    for (Entrant entrant : entrants) {
      entrant.baseline.learn(past, user, item);
    }
    past.add(user, item);
  }

  private int user(String id) {
    return users.computeIfAbsent(id, name -> past.users());
  }

  private int item(String id) {
    return items.computeIfAbsent(id, name -> past.items());
  }
}
