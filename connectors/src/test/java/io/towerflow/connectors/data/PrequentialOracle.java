package io.towerflow.connectors.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The simplest recommender that could learn from what was taken last, scored before it learns: an
 * item's score is the sum, over the user's last 20 items, newest first, of {@code .8^age} times how
 * often the two were taken together, over the root of how often the item was taken; or else its
 * popularity. First sightings are misses.
 */
final class PrequentialOracle {

  private static final int HISTORY = 20;
  private static final double DECAY = .8;

  private static final int MOST_ITEMS = 2048;

  private final boolean neighbours;
  private final Map<Object, Integer> items = new HashMap<>();
  private final Map<Object, List<Integer>> histories = new HashMap<>();
  private final int[] counts = new int[MOST_ITEMS];
  private final int[][] together = new int[MOST_ITEMS][MOST_ITEMS];

  PrequentialOracle(boolean neighbours) {
    this.neighbours = neighbours;
  }

  /** The fraction of events whose item was among the first ten that the user hadn't taken. */
  double hitAt10(List<Map<String, Object>> events) {
    int hits = 0;
    for (Map<String, Object> event : events) {
      boolean known =
          histories.containsKey(event.get("user")) && items.containsKey(event.get("item"));
      List<Integer> history =
          histories.computeIfAbsent(event.get("user"), user -> new ArrayList<>());
      int item = items.computeIfAbsent(event.get("item"), first -> items.size());
      if (known && rank(item, history) <= 10) {
        hits++;
      }
      learn(item, history);
    }
    return (double) hits / events.size();
  }

  private int rank(int item, List<Integer> history) {
    double[] scores = neighbours ? nearness(history) : popularity();
    history.forEach(taken -> scores[taken] = Double.NEGATIVE_INFINITY);
    int rank = 1;
    for (int other = 0; other < scores.length; other++) {
      boolean tied = scores[other] == scores[item] && other < item;
      rank += scores[other] > scores[item] || tied ? 1 : 0;
    }
    return rank;
  }

  private double[] popularity() {
    double[] scores = new double[items.size()];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = counts[i];
    }
    return scores;
  }

  private double[] nearness(List<Integer> history) {
    double[] scores = new double[items.size()];
    double weight = 1;
    for (int age = 0; age < Math.min(HISTORY, history.size()); age++) {
      int last = history.get(history.size() - 1 - age);
      for (int i = 0; i < scores.length; i++) {
        scores[i] += weight * together[last][i];
      }
      weight *= DECAY;
    }
    for (int i = 0; i < scores.length; i++) {
      scores[i] /= Math.sqrt(1.0 + counts[i]);
    }
    return scores;
  }

  private void learn(int item, List<Integer> history) {
    for (int last : history.subList(Math.max(0, history.size() - HISTORY), history.size())) {
      together[last][item]++;
      together[item][last]++;
    }
    counts[item]++;
    history.add(item);
  }
}
