package io.towerflow.connectors.data;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The items of a synthetic stream. Every item belongs to one circle of one {@link Theme}, which its
 * title tells, and is picked in proportion to its popularity, which follows Zipf's law: {@code
 * rank^-0.8}, the rank drawn from the first thousand.
 */
final class SyntheticCatalogue {

  private static final double ZIPF_EXPONENT = -.8;
  private static final int RANKS = 1_000;

  /** Numbered from 0 in the order of arrival; no two titles are the same. */
  record Item(int id, String title, int theme, int circle, double popularity) {}

  private final List<List<Item>> byTheme = new ArrayList<>();
  private final List<List<List<Item>>> byCircle = new ArrayList<>();
  private final Map<String, Integer> titles = new HashMap<>();
  private int size;

  SyntheticCatalogue() {
    for (Theme theme : Theme.ALL) {
      byTheme.add(new ArrayList<>());
      List<List<Item>> circles = new ArrayList<>();
      theme.circles().forEach(nouns -> circles.add(new ArrayList<>()));
      byCircle.add(circles);
    }
  }

  int size() {
    return size;
  }

  /** Adds one item to a random circle. */
  void add(Random random) {
    int theme = random.nextInt(Theme.ALL.size());
    List<List<String>> circles = Theme.ALL.get(theme).circles();
    int circle = random.nextInt(circles.size());
    String title =
        word(Theme.ALL.get(theme).adjectives(), random) + " " + word(circles.get(circle), random);
    int copies = titles.merge(title, 1, Integer::sum);
    Item item =
        new Item(
            size++,
            copies == 1 ? title : title + " " + copies,
            theme,
            circle,
            StrictMath.pow(1 + random.nextInt(RANKS), ZIPF_EXPONENT));
    byTheme.get(theme).add(item);
    byCircle.get(theme).get(circle).add(item);
  }

  /** An item of the theme that isn't in {@code taken}, null where there is none left. */
  Item pick(int theme, BitSet taken, Random random) {
    return pick(byTheme.get(theme), taken, random);
  }

  /**
   * An item of {@code last}'s circle that isn't in {@code taken}, null where there is none left.
   */
  Item pickNear(Item last, BitSet taken, Random random) {
    return pick(byCircle.get(last.theme).get(last.circle), taken, random);
  }

  private static Item pick(List<Item> items, BitSet taken, Random random) {
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
