package io.towerflow.learn;

import io.towerflow.spec.ModelSpec;

/** What the tables of a snapshot are called, and the rows of the one of things there is one of. */
final class Tables {

  static final String ROWS = "rows.";
  static final String TOKENS = "tokens.";
  static final String CATEGORIES = "categories.";
  static final String CONTEXT_CATEGORIES = "context_categories.";
  static final String ITEM_NUMBERS = "item_numbers";
  static final String CONTEXT_NUMBERS = "context_numbers";
  static final String CATALOGUE = "catalogue";
  static final String POPULARITY = "popularity";
  static final String GONE = "gone";

  /** The table of things that there is one of; its rows: */
  static final String SINGLES = "singles";

  static final int SCALARS = 0;
  static final int PREQUENTIAL = 1;
  static final int TIMES = 2;
  static final int POPULARITY_TOTAL = 3;
  static final int POPULARITY_PREQUENTIAL = 4;
  static final int RATING_PREQUENTIAL = 5;
  static final int NON_POSITIVES = 6;
  static final int SKIPPED = 7;
  static final int PUBLISHED_EVENTS = 8;

  private static final String REPLAY = "replay";
  private static final String WEIGHED = ".weighed";
  private static final String RATED = ".rated";

  private Tables() {}

  /** The table of events to be replayed, which are kept with what the spec replays of them. */
  static String replay(ModelSpec spec) {
    return REPLAY
        + (spec.event().isWeighed() ? WEIGHED : "")
        + (spec.rating().isLearnt() ? RATED : "");
  }
}
