package io.towerflow.connectors.data;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds out which data set a folder holds. */
public final class DataSets {

  private DataSets() {}

  /**
   * Reads the data set in {@code folder}: MovieLens 100k ({@code u.data} with {@code u.item}), or
   * the layout of the later MovieLens sets ({@code ratings.csv} with {@code movies.csv}).
   *
   * @throws IllegalArgumentException if the folder holds neither, or a line is not as it should be;
   *     then the message names the file and the line
   */
  public static DataSet open(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException("data set: no folder '%s'".formatted(folder));
    }
    if (holds(folder, MovieLens.OLD_RATINGS, MovieLens.OLD_ITEMS)) {
      return MovieLens.readOld(folder);
    }
    if (holds(folder, MovieLens.RATINGS, MovieLens.ITEMS)) {
      return MovieLens.read(folder);
    }
    throw new IllegalArgumentException(
        "data set: folder '%s' holds neither '%s' with '%s' (MovieLens 100k) nor '%s' with '%s' (later MovieLens sets)"
            .formatted(
                folder,
                MovieLens.OLD_RATINGS,
                MovieLens.OLD_ITEMS,
                MovieLens.RATINGS,
                MovieLens.ITEMS));
  }

  private static boolean holds(Path folder, String ratings, String items) {
    return Files.isRegularFile(folder.resolve(ratings))
        && Files.isRegularFile(folder.resolve(items));
  }
}
