package io.towerflow.connectors.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The MovieLens ratings in the order of time, read into memory (about 60 bytes a rating). The data
 * is for research and may not be passed on.
 */
final class MovieLens implements DataSet {

  static final String OLD_RATINGS = "u.data";
  static final String OLD_ITEMS = "u.item";
  static final String RATINGS = "ratings.csv";
  static final String ITEMS = "movies.csv";

  private static final String USER = "user_id";
  private static final String ITEM = "movie_id";
  private static final String TITLE = "movie_title";
  private static final String TIME = "timestamp";
  private static final String VALUE = "rating";

  /** One line of a ratings file; the time is in seconds since the epoch. */
  private record Rating(String user, String item, String title, long time, double value) {}

  private final String name;
  private final List<Rating> ratings;

  private MovieLens(String name, List<Rating> ratings) {
    this.name = name;
    // A stable sort: ratings of one second stay in the order of the file.
    ratings.sort(Comparator.comparingLong(Rating::time));
    this.ratings = ratings;
  }

  /** MovieLens 100k: {@code u.data} and {@code u.item}, in Latin-1. */
  static MovieLens readOld(Path folder) {
    Ratings ratings = new Ratings(OLD_ITEMS);
    DelimitedFile.plain(folder.resolve(OLD_ITEMS), ISO_8859_1, '|')
        .forEach(row -> ratings.title(row.text(0, "movie id"), row.text(1, "movie title")));
    DelimitedFile.plain(folder.resolve(OLD_RATINGS), ISO_8859_1, '\t')
        .forEach(
            row ->
                ratings.add(
                    row,
                    row.text(0, "user id"),
                    row.text(1, "movie id"),
                    row.number(2, "rating"),
                    row.integer(3, "timestamp")));
    return new MovieLens("MovieLens 100k", ratings.all);
  }

  /** The later sets: {@code ratings.csv} and {@code movies.csv}, in UTF-8, with headers. */
  static MovieLens read(Path folder) {
    Ratings ratings = new Ratings(ITEMS);
    DelimitedFile.commaSeparated(folder.resolve(ITEMS), UTF_8)
        .forEachAfterHeader(
            List.of("movieId", "title"),
            row -> ratings.title(row.text(0, "movieId"), row.text(1, "title")));
    DelimitedFile.commaSeparated(folder.resolve(RATINGS), UTF_8)
        .forEachAfterHeader(
            List.of("userId", "movieId", "rating", "timestamp"),
            row ->
                ratings.add(
                    row,
                    row.text(0, "userId"),
                    row.text(1, "movieId"),
                    row.number(2, "rating"),
                    row.integer(3, "timestamp")));
    return new MovieLens("MovieLens", ratings.all);
  }

  /** Ratings while they are read; each id and title is kept once. */
  private static final class Ratings {
    private final String itemsFile;
    private final Map<String, String> ids = new HashMap<>();
    private final Map<String, String> titles = new HashMap<>();
    private final List<Rating> all = new ArrayList<>();

    Ratings(String itemsFile) {
      this.itemsFile = itemsFile;
    }

    void title(String item, String title) {
      titles.put(item, title);
    }

    void add(DelimitedFile.Row row, String user, String item, double value, long time) {
      String title = titles.get(item);
      if (title == null) {
        throw row.wrong("movie '%s' is not in %s".formatted(item, itemsFile));
      }
      all.add(new Rating(once(user), once(item), title, time, value));
    }

    private String once(String id) {
      return ids.computeIfAbsent(id, same -> same);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long size() {
    return ratings.size();
  }

  @Override
  public Set<String> fields() {
    return Set.of(USER, ITEM, TITLE, TIME, VALUE);
  }

  @Override
  public String keyField() {
    return USER;
  }

  @Override
  public Stream<Map<String, Object>> events() {
    return ratings.stream().map(MovieLens::event);
  }

  private static Map<String, Object> event(Rating rating) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put(USER, rating.user);
    event.put(ITEM, rating.item);
    event.put(TITLE, rating.title);
    event.put(TIME, rating.time);
    event.put(VALUE, rating.value);
    return event;
  }
}
