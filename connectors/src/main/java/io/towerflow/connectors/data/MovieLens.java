package io.towerflow.connectors.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The MovieLens ratings in the order of time, read into memory (about 60 bytes a rating). The data
 * is for research and may not be passed on.
 */
final class MovieLens implements DataSet {

  static final String OLD_RATINGS = "u.data";
  static final String OLD_ITEMS = "u.item";
  static final String OLD_GENRES = "u.genre";
  static final String OLD_USERS = "u.user";
  static final String RATINGS = "ratings.csv";
  static final String ITEMS = "movies.csv";

  private static final String USER = "user_id";
  private static final String ITEM = "movie_id";
  private static final String TITLE = "movie_title";
  private static final String GENRES = "genres";
  private static final String TIME = "timestamp";
  private static final String VALUE = "rating";
  private static final String AGE_GROUP = "user_age_group";
  private static final String GENDER = "user_gender";
  private static final String OCCUPATION = "user_occupation";

  /** The columns of u.item before the genres, of which each has one that is 0 or 1. */
  private static final int OLD_COLUMNS_BEFORE_GENRES = 5;

  /** MovieLens 1M's groups of users, by the age in years that each begins with. */
  private static final NavigableMap<Long, String> AGE_GROUPS =
      new TreeMap<>(
          Map.of(
              0L,
              "under 18",
              18L,
              "18-24",
              25L,
              "25-34",
              35L,
              "35-44",
              45L,
              "45-49",
              50L,
              "50-55",
              56L,
              "56+"));

  /** What the later sets say of a movie without any. */
  private static final String NO_GENRES = "(no genres listed)";

  private record Movie(String title, List<String> genres) {}

  /** One line of a ratings file; the time is in seconds since the epoch. */
  private record Rating(String user, String item, Movie movie, long time, double value) {}

  private final String name;

  /** What is known of each user but for the id, by field. */
  private final Map<String, Map<String, Object>> users;

  private final List<Rating> ratings;

  private MovieLens(String name, Map<String, Map<String, Object>> users, List<Rating> ratings) {
    this.name = name;
    this.users = users;
    // A stable sort: ratings of one second stay in the order of the file.
    ratings.sort(Comparator.comparingLong(Rating::time));
    this.ratings = ratings;
  }

  /**
   * MovieLens 100k: {@code u.data} and {@code u.item}, in Latin-1; where {@code u.genre} is beside
   * them, it names the genres, and {@code u.user} describes the users.
   */
  static MovieLens readOld(Path folder) {
    List<String> genres = oldGenres(folder.resolve(OLD_GENRES));
    Ratings ratings = new Ratings(OLD_ITEMS);
    DelimitedFile.plain(folder.resolve(OLD_ITEMS), ISO_8859_1, '|')
        .forEach(
            row ->
                ratings.movie(
                    row.text(0, "movie id"),
                    new Movie(row.text(1, "movie title"), oldGenresOf(row, genres))));
    DelimitedFile.plain(folder.resolve(OLD_RATINGS), ISO_8859_1, '\t')
        .forEach(
            row ->
                ratings.add(
                    row,
                    row.text(0, "user id"),
                    row.text(1, "movie id"),
                    row.number(2, "rating"),
                    row.integer(3, "timestamp")));
    return new MovieLens("MovieLens 100k", oldUsers(folder.resolve(OLD_USERS)), ratings.all);
  }

  private static Map<String, Map<String, Object>> oldUsers(Path file) {
    Map<String, Map<String, Object>> users = new HashMap<>();
    if (Files.isRegularFile(file)) {
      DelimitedFile.plain(file, ISO_8859_1, '|')
          .forEach(
              row ->
                  users.put(
                      row.text(0, "user id"),
                      described(
                          ageGroupOf(row), row.text(2, "gender"), row.text(3, "occupation"))));
    }
    return users;
  }

  private static String ageGroupOf(DelimitedFile.Row row) {
    Map.Entry<Long, String> group = AGE_GROUPS.floorEntry(row.integer(1, "age"));
    if (group == null) {
      throw row.wrong("'age' is '%s', which is no age".formatted(row.text(1, "age")));
    }
    return group.getValue();
  }

  private static Map<String, Object> described(String ageGroup, String gender, String occupation) {
    Map<String, Object> user = new LinkedHashMap<>();
    user.put(AGE_GROUP, ageGroup);
    user.put(GENDER, gender);
    user.put(OCCUPATION, occupation);
    return user;
  }

  private static List<String> oldGenres(Path file) {
    List<String> names = new ArrayList<>();
    if (Files.isRegularFile(file)) {
      DelimitedFile.plain(file, ISO_8859_1, '|').forEach(row -> names.add(row.text(0, "genre")));
    }
    return names;
  }

  private static List<String> oldGenresOf(DelimitedFile.Row row, List<String> names) {
    List<String> genres = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      if (row.integer(OLD_COLUMNS_BEFORE_GENRES + i, names.get(i)) == 1) {
        genres.add(names.get(i));
      }
    }
    return genres;
  }

  /** The later sets: {@code ratings.csv} and {@code movies.csv}, in UTF-8, with headers. */
  static MovieLens read(Path folder) {
    Ratings ratings = new Ratings(ITEMS);
    DelimitedFile.commaSeparated(folder.resolve(ITEMS), UTF_8)
        .forEachAfterHeader(
            List.of("movieId", "title"),
            row ->
                ratings.movie(
                    row.text(0, "movieId"), new Movie(row.text(1, "title"), genresOf(row))));
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
    return new MovieLens("MovieLens", Map.of(), ratings.all);
  }

  /** Column 3, where there is one. */
  private static List<String> genresOf(DelimitedFile.Row row) {
    String listed = row.cells().length > 2 ? row.text(2, "genres") : "";
    return listed.isEmpty() || listed.equals(NO_GENRES) ? List.of() : List.of(listed.split("\\|"));
  }

  /** Ratings while they are read; each id and movie is kept once. */
  private static final class Ratings {
    private final String itemsFile;
    private final Map<String, String> ids = new HashMap<>();
    private final Map<String, Movie> movies = new HashMap<>();
    private final List<Rating> all = new ArrayList<>();

    Ratings(String itemsFile) {
      this.itemsFile = itemsFile;
    }

    void movie(String item, Movie movie) {
      movies.put(item, movie);
    }

    void add(DelimitedFile.Row row, String user, String item, double value, long time) {
      Movie movie = movies.get(item);
      if (movie == null) {
        throw row.wrong("movie '%s' is not in %s".formatted(item, itemsFile));
      }
      all.add(new Rating(once(user), once(item), movie, time, value));
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
    Set<String> fields = new LinkedHashSet<>(List.of(USER, ITEM, TITLE, GENRES, TIME, VALUE));
    if (!users.isEmpty()) {
      fields.addAll(List.of(AGE_GROUP, GENDER, OCCUPATION));
    }
    return fields;
  }

  @Override
  public String keyField() {
    return USER;
  }

  @Override
  public Stream<Map<String, Object>> events() {
    return ratings.stream().map(this::event);
  }

  private Map<String, Object> event(Rating rating) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put(USER, rating.user);
    event.put(ITEM, rating.item);
    event.put(TITLE, rating.movie.title);
    event.put(GENRES, rating.movie.genres);
    event.put(TIME, rating.time);
    event.put(VALUE, rating.value);
    event.putAll(users.getOrDefault(rating.user, Map.of()));
    return event;
  }
}
