package io.towerflow.connectors.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSetsTest {

  private static final String ITEMS =
      """
      1|Café "Noir" (1995)|01-Jan-1995||http://a|0|1
      2|Pier, The (1996)|01-Jan-1996||http://b|1|0
      """;

  private static final String MOVIES =
      """
      movieId,title,genres
      1,"Pier, The (1996)",Drama
      2,"Café ""Noir"" (1995)",Comedy|Drama
      3,Reef (1997),(no genres listed)
      """;

  private static final String HEADER = "userId,movieId,rating,timestamp\n";

  @TempDir private Path folder;

  private void write(String file, String text, Charset charset) throws IOException {
    Files.writeString(folder.resolve(file), text, charset);
  }

  private DataSet old(String ratings) throws IOException {
    write("u.item", ITEMS, ISO_8859_1);
    write("u.data", ratings, ISO_8859_1);
    return DataSets.open(folder);
  }

  private DataSet later(String ratings) throws IOException {
    Files.deleteIfExists(folder.resolve("u.data"));
    write("movies.csv", MOVIES, UTF_8);
    write("ratings.csv", ratings, UTF_8);
    return DataSets.open(folder);
  }

  private static List<Map<String, Object>> events(DataSet data) {
    try (Stream<Map<String, Object>> events = data.events()) {
      return events.toList();
    }
  }

  private static List<String> pairs(DataSet data) {
    return events(data).stream()
        .map(event -> event.get("user_id") + "-" + event.get("movie_id"))
        .toList();
  }

  @Test
  void movieLens100kIsReadWithItsTitles() throws IOException {
    DataSet data = old("7\t1\t3\t881250949\n");

    assertThat(data.name()).isEqualTo("MovieLens 100k");
    assertThat(data.size()).isEqualTo(1);
    assertThat(data.keyField()).isEqualTo("user_id");
    assertThat(events(data).get(0))
        .containsExactly(
            entry("user_id", "7"),
            entry("movie_id", "1"),
            entry("movie_title", "Café \"Noir\" (1995)"),
            entry("genres", List.of()),
            entry("timestamp", 881_250_949L),
            entry("rating", 3.0));
    assertThat(data.fields()).isEqualTo(events(data).get(0).keySet());
  }

  @Test
  void theLaterLayoutIsReadWithQuotedTitlesAndHalfStars() throws IOException {
    DataSet data = later(HEADER + "7,2,3.5,881250949\n8,1,4,881250950\n9,3,.5,881250951\n");

    assertThat(data.name()).isEqualTo("MovieLens");
    assertThat(events(data))
        .extracting(event -> event.get("movie_title"))
        .containsExactly("Café \"Noir\" (1995)", "Pier, The (1996)", "Reef (1997)");
    assertThat(events(data))
        .extracting(event -> event.get("rating"))
        .containsExactly(3.5, 4.0, 0.5);
  }

  @Test
  void usersAreDescribedByAgeGroupGenderAndOccupation() throws IOException {
    write(
        "u.user", "7|17|F|student|55105\n8|18|M|writer|90210\n9|60|M|retired|T8H1N\n", ISO_8859_1);
    DataSet data = old("7\t1\t3\t10\n8\t1\t3\t20\n9\t1\t3\t30\n6\t1\t3\t40\n");

    assertThat(events(data).subList(0, 3))
        .extracting(event -> event.get("user_age_group"))
        .containsExactly("under 18", "18-24", "56+");
    assertThat(events(data).get(0))
        .contains(entry("user_gender", "F"), entry("user_occupation", "student"));
    assertThat(events(data).get(0).keySet()).isEqualTo(data.fields());
    assertThat(events(data).get(3)).doesNotContainKeys("user_age_group", "user_gender");
  }

  @Test
  void anAgeThatIsNoneIsNamed() throws IOException {
    write("u.user", "7|17|F|student|55105\n8|-1|M|writer|90210\n", ISO_8859_1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> old("7\t1\t3\t10\n"))
        .withMessageContaining("u.user, line 2: 'age' is '-1', which is no age");
  }

  @Test
  void genresAreReadByTheirNames() throws IOException {
    write("u.genre", "unknown|0\nCrime|1\nDrama|2\n\n", ISO_8859_1);
    write(
        "u.item",
        "1|Pier, The (1996)|01-Jan-1996||http://a|0|1|1\n2|Reef (1997)|||http://b|0|0|0\n",
        ISO_8859_1);
    write("u.data", "1\t1\t3\t10\n1\t2\t3\t20\n", ISO_8859_1);
    assertThat(events(DataSets.open(folder)))
        .extracting(event -> event.get("genres"))
        .containsExactly(List.of("Crime", "Drama"), List.of());

    assertThat(events(later(HEADER + "7,1,3,1\n7,2,3,2\n7,3,3,3\n")))
        .extracting(event -> event.get("genres"))
        .containsExactly(List.of("Drama"), List.of("Comedy", "Drama"), List.of());
  }

  @Test
  void moviesNeedNoGenres() throws IOException {
    write("movies.csv", "movieId,title\n2,Reef (1997)\n", UTF_8);
    write("ratings.csv", HEADER + "7,2,3.5,1\n", UTF_8);

    assertThat(events(DataSets.open(folder)))
        .extracting(event -> event.get("genres"))
        .containsExactly(List.of());
  }

  @Test
  void eventsComeInTheOrderOfTimeAndThenOfTheFile() throws IOException {
    assertThat(pairs(old("3\t1\t3\t30\n1\t2\t3\t10\n2\t1\t3\t20\n1\t1\t3\t10\n")))
        .containsExactly("1-2", "1-1", "2-1", "3-1");
  }

  @Test
  void eventsCanBeReadAgain() throws IOException {
    DataSet data = old("3\t1\t3\t30\n1\t2\t3\t10\n");

    assertThat(events(data)).isEqualTo(events(data));
  }

  @Test
  void emptyLinesAndWindowsLineEndsDoNotMatter() throws IOException {
    assertThat(pairs(old("3\t1\t3\t10\r\n\r\n1\t2\t3\t20\r\n"))).containsExactly("3-1", "1-2");
  }

  @Test
  void furtherColumnsAreAllowed() throws IOException {
    write("movies.csv", MOVIES, UTF_8);
    write("ratings.csv", "userId,movieId,rating,timestamp,tag\n7,2,3.5,1,x\n", UTF_8);

    assertThat(pairs(DataSets.open(folder))).containsExactly("7-2");
  }

  @Test
  void aLineWithTooFewColumnsIsNamed() throws IOException {
    write("u.item", ITEMS, ISO_8859_1);
    write("u.data", "1\t1\t3\t10\n1\t2\t3\n", ISO_8859_1);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> DataSets.open(folder))
        .withMessage(
            folder.resolve("u.data") + ", line 2: has 3 columns; 'timestamp' would be column 4");
  }

  @Test
  void aLineWithoutANumberIsNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> old("1\t1\tgood\t10\n"))
        .withMessage(folder.resolve("u.data") + ", line 1: 'rating' is 'good', which is no number");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> old("1\t1\tNaN\t10\n"))
        .withMessageContaining("'rating' is 'NaN', which is no number");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> later(HEADER + "1,1,4,10\n\n1,2,4,1.5\n"))
        .withMessage(
            folder.resolve("ratings.csv")
                + ", line 4: 'timestamp' is '1.5', which is no whole number");
  }

  @Test
  void aRatingOfAMovieThatNobodyKnowsIsNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> old("1\t1\t3\t10\n1\t9\t3\t10\n"))
        .withMessage(folder.resolve("u.data") + ", line 2: movie '9' is not in u.item");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> later(HEADER + "1,9,3,10\n"))
        .withMessage(folder.resolve("ratings.csv") + ", line 2: movie '9' is not in movies.csv");
  }

  @Test
  void anotherHeaderIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> later("user,movie,rating,time\n1,1,4,10\n"))
        .withMessage(
            folder.resolve("ratings.csv")
                + ", line 1: the header is 'user,movie,rating,time'; it takes"
                + " 'userId,movieId,rating,timestamp'");
  }

  @Test
  void aFileInAnotherCharacterSetIsNamed() throws IOException {
    write("movies.csv", MOVIES, ISO_8859_1);
    write("ratings.csv", HEADER, UTF_8);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> DataSets.open(folder))
        .withMessage(folder.resolve("movies.csv") + " is not in UTF-8");
  }

  @Test
  void aFolderWithoutADataSetIsToldWhatWasLookedFor() throws IOException {
    write("u.data", "", UTF_8);
    write("movies.csv", MOVIES, UTF_8);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> DataSets.open(folder))
        .withMessageContaining("'" + folder + "'")
        .withMessageContaining("'u.data' with 'u.item'")
        .withMessageContaining("'ratings.csv' with 'movies.csv'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DataSets.open(folder.resolve("none")))
        .withMessage("data set: no folder '" + folder.resolve("none") + "'");
  }
}
