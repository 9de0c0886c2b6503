package io.towerflow.message;

import java.util.Arrays;
import java.util.Objects;

/**
 * What an event says of its item, or of the moment: the values of the spec's category fields and
 * number fields. Two are equal if their contents are.
 *
 * @param categories the values of each category field, in the order of the spec; none where the
 *     event has none
 * @param numbers the value of each number field, in the order of the spec; NaN where the event has
 *     none
 */
public record Attributes(String[][] categories, double[] numbers) {

  /** Of an event of a spec without such fields. */
  public static final Attributes NONE = new Attributes(new String[0][], new double[0]);

  /** These, and where a field has no value here, its value of an earlier event. */
  public Attributes orElse(Attributes earlier) {
    if (isNone() || earlier.isNone()) {
      return this;
    }
    String[][] latestCategories = categories.clone();
    for (int i = 0; i < latestCategories.length; i++) {
      if (latestCategories[i].length == 0) {
        latestCategories[i] = earlier.categories[i];
      }
    }
    double[] latestNumbers = numbers.clone();
    for (int i = 0; i < latestNumbers.length; i++) {
      if (Double.isNaN(latestNumbers[i])) {
        latestNumbers[i] = earlier.numbers[i];
      }
    }
    return new Attributes(latestCategories, latestNumbers);
  }

  private boolean isNone() {
    return categories.length + numbers.length == 0;
  }

  /** Roughly what they take in memory, in bytes. */
  public int bytes() {
    int bytes = isNone() ? 0 : 64 + Double.BYTES * numbers.length;
    for (String[] values : categories) {
      for (String value : values) {
        bytes += 64 + value.length();
      }
    }
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Attributes that
        && Arrays.deepEquals(categories, that.categories)
        && Arrays.equals(numbers, that.numbers);
  }

  @Override
  public int hashCode() {
    return Objects.hash(Arrays.deepHashCode(categories), Arrays.hashCode(numbers));
  }

  @Override
  public String toString() {
    return Arrays.deepToString(categories) + Arrays.toString(numbers);
  }
}
