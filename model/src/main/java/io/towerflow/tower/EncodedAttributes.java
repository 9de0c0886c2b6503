package io.towerflow.tower;

import io.towerflow.spec.AttributeFields;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What the towers read of {@link io.towerflow.message.Attributes}.
 *
 * @param categories of each category field the indices of its values, 0 being out-of-vocabulary;
 *     none where there is no value
 * @param numbers the value of each number field, NaN where there is none
 */
public record EncodedAttributes(int[][] categories, double[] numbers) {

  /** Where the spec has no such fields. */
  public static final EncodedAttributes NONE = new EncodedAttributes(new int[0][], new double[0]);

  /** Where no field has a value. */
  public static EncodedAttributes unknown(AttributeFields fields) {
    double[] numbers = new double[fields.numbers().size()];
    Arrays.fill(numbers, Double.NaN);
    return new EncodedAttributes(new int[fields.categories().size()][0], numbers);
  }

  /** Whether the spec has no such fields. */
  public boolean isNone() {
    return categories.length + numbers.length == 0;
  }

  /** How many bytes {@link #put} writes. */
  public int bytes() {
    int ints = 2 + categories.length;
    for (int[] field : categories) {
      ints += field.length;
    }
    return ints * Integer.BYTES + numbers.length * Double.BYTES;
  }

  /** Writes the state: counts, indices and numbers, big-endian. */
  public void put(ByteBuffer out) {
    out.putInt(categories.length);
    for (int[] field : categories) {
      out.putInt(field.length);
      for (int value : field) {
        out.putInt(value);
      }
    }
    out.putInt(numbers.length);
    for (double number : numbers) {
      out.putDouble(number);
    }
  }

  /** The attributes that {@link #put} was called on. */
  public static EncodedAttributes get(ByteBuffer in) {
    int[][] categories = new int[in.getInt()][];
    for (int i = 0; i < categories.length; i++) {
      categories[i] = new int[in.getInt()];
      for (int k = 0; k < categories[i].length; k++) {
        categories[i][k] = in.getInt();
      }
    }
    double[] numbers = new double[in.getInt()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = in.getDouble();
    }
    return new EncodedAttributes(categories, numbers);
  }
}
