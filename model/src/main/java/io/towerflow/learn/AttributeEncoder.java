package io.towerflow.learn;

import io.towerflow.message.Attributes;
import io.towerflow.spec.AttributeFields;
import io.towerflow.spec.FeatureSpec;
import io.towerflow.text.TokenVocabulary;
import io.towerflow.tower.EncodedAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The category fields of one side and the vocabularies of their values. */
final class AttributeEncoder {

  /** A category field. */
  record Field(String name, TokenVocabulary vocabulary) {}

  private final List<Field> fields = new ArrayList<>();
  private final boolean none;

  /**
   * Empty vocabularies.
   *
   * @param features of the side
   * @param fields what they read
   */
  AttributeEncoder(List<FeatureSpec> features, AttributeFields fields) {
    none = fields.isNone();
    for (FeatureSpec feature : features) {
      if (feature instanceof FeatureSpec.Category category) {
        this.fields.add(new Field(category.field(), new TokenVocabulary(category.values())));
      }
    }
  }

  List<Field> fields() {
    return fields;
  }

  /** Encodes the attributes of an event; new values get an index while there is room. */
  EncodedAttributes learn(Attributes attributes) {
    return encode(attributes, TokenVocabulary::indices);
  }

  /** Encodes attributes and learns nothing: values never learnt are out-of-vocabulary. */
  EncodedAttributes find(Attributes attributes) {
    return encode(attributes, TokenVocabulary::known);
  }

  private interface Lookup {
    int[] indices(TokenVocabulary vocabulary, List<String> values);
  }

  private EncodedAttributes encode(Attributes attributes, Lookup lookup) {
    if (none) {
      return EncodedAttributes.NONE;
    }
    int[][] categories = new int[fields.size()][];
    for (int i = 0; i < categories.length; i++) {
      List<String> values = Arrays.asList(attributes.categories()[i]);
      categories[i] = lookup.indices(fields.get(i).vocabulary, values);
    }
    return new EncodedAttributes(categories, attributes.numbers());
  }
}
