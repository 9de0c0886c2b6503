package io.towerflow.spec;

import java.util.ArrayList;
import java.util.List;

/**
 * The event's fields that one side reads as categories or as numbers, in the order of its features.
 *
 * @param categories fields that hold one value or several
 * @param numbers fields that hold a number
 */
public record AttributeFields(List<String> categories, List<String> numbers) {

  /** Of a side without such features. */
  public static final AttributeFields NONE = new AttributeFields(List.of(), List.of());

  static AttributeFields of(List<FeatureSpec> features) {
    List<String> categories = new ArrayList<>();
    List<String> numbers = new ArrayList<>();
    for (FeatureSpec feature : features) {
      if (feature instanceof FeatureSpec.Category category) {
        categories.add(category.field());
      } else if (feature instanceof FeatureSpec.Numeric number) {
        numbers.add(number.field());
      }
    }
    return new AttributeFields(List.copyOf(categories), List.copyOf(numbers));
  }

  /** Whether there is no such field. */
  public boolean isNone() {
    return categories.isEmpty() && numbers.isEmpty();
  }
}
