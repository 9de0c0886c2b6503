package io.towerflow.profile;

import io.towerflow.message.Attributes;
import io.towerflow.spec.AttributeFields;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where the categories and numbers of one side lie after a spec was changed, by their fields'
 * names. A field that was not read before has no value yet.
 *
 * @param categories of each category field the place that it had, -1 where it was not read
 * @param numbers of each number field the place that it had, -1 where it was not read
 * @param unchanged whether the fields are those of before, in their order
 */
public record AttributeMapping(int[] categories, int[] numbers, boolean unchanged) {

  private static final String[] NO_VALUE = {};

  static AttributeMapping between(AttributeFields before, AttributeFields after) {
    return new AttributeMapping(
        places(before.categories(), after.categories()),
        places(before.numbers(), after.numbers()),
        before.equals(after));
  }

  static int[] places(List<String> before, List<String> after) {
    return after.stream().mapToInt(before::indexOf).toArray();
  }

  /** Attributes as the new spec's fields have them. */
  public Attributes carried(Attributes before) {
    if (unchanged) {
      return before;
    }
    String[][] values =
        IntStream.of(categories)
            // Of a user's first moment nothing is known, whatever the fields.
            .mapToObj(at -> at >= 0 && at < count(before) ? before.categories()[at] : NO_VALUE)
            .toArray(String[][]::new);
    return new Attributes(values, numbers(before.numbers()));
  }

  private static int count(Attributes attributes) {
    return attributes.categories().length;
  }

  /** Numbers as the new spec's fields have them; NaN where there is none yet. */
  public double[] numbers(double[] before) {
    return IntStream.of(numbers)
        .mapToDouble(at -> at >= 0 && at < before.length ? before[at] : Double.NaN)
        .toArray();
  }
}
