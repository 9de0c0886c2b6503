package io.towerflow.connectors.data;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The items of a synthetic stream. Every item belongs to one circle of one {@link Theme}, which its
 * title tells, and is picked there in proportion to its popularity: {@code rank^-0.9}, the rank
 * drawn from the first 50.
 */
final class SyntheticCatalogue {

  private static final double ZIPF_EXPONENT = -.9;
  private static final int RANKS = 50;

  /** Numbered from 0 in the order of arrival; no two titles are the same. */
  record Item(int id, String title, Theme theme, double popularity) {}

  private final List<List<List<Item>>> circles = new ArrayList<>();
  private final Map<String, Integer> titles = new HashMap<>();
  private int size;

  SyntheticCatalogue() {
    for (Theme theme : Theme.ALL) {
      List<List<Item>> ofTheme = new ArrayList<>();
      theme.circles().forEach(nouns -> ofTheme.add(new ArrayList<>()));
      circles.add(ofTheme);
    }
  }

  int size() {
    return size;
  }

  /** Adds one item to a random circle. */
  void add(Random random) {
    int themeIndex = random.nextInt(Theme.ALL.size());
    int circle = random.nextInt(Theme.CIRCLES);
    Theme theme = Theme.ALL.get(themeIndex);
    String title =
        word(theme.adjectives(), random) + " " + word(theme.circles().get(circle), random);
    int copies = titles.merge(title, 1, Integer::sum);
    double popularity = StrictMath.pow(1 + random.nextInt(RANKS), ZIPF_EXPONENT);
    circles
        .get(themeIndex)
        .get(circle)
        .add(new Item(size++, copies == 1 ? title : title + " " + copies, theme, popularity));
  }

  /** An item of a circle that isn't in {@code taken}, null where there is none left. */
  Item pick(int theme, int circle, BitSet taken, Random random) {
    List<Item> items = circles.get(theme).get(circle);
    double sum = 0;
    for (Item item : items) {
      sum += taken.get(item.id) ? 0 : item.popularity;
    }
    double mark = random.nextDouble() * sum;
    Item last = null;
    for (Item item : items) {
      if (!taken.get(item.id)) {
        last = item;
        mark -= item.popularity;
        if (mark < 0) {
          break;
        }
      }
    }
    return last;
  }

  private static String word(List<String> words, Random random) {
    return words.get(random.nextInt(words.size()));
  }
}
