package io.towerflow.learn;

import io.towerflow.spec.FeatureSpec;
import io.towerflow.spec.ModelSpec;
import io.towerflow.text.TokenVocabulary;
import io.towerflow.text.Tokenizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The spec's text fields: how much of a text is read, and the vocabulary of its tokens. */
final class Texts {

  /** A text field. One that no feature reads, a label say, has no tokens. */
  record Field(String name, TokenVocabulary vocabulary, int maxTokens) {}

  private final List<Field> fields = new ArrayList<>();

  Texts(ModelSpec spec) {
    for (String name : spec.event().texts()) {
      fields.add(field(spec, name));
    }
  }

  private static Field field(ModelSpec spec, String name) {
    for (FeatureSpec feature : spec.candidate()) {
      if (feature instanceof FeatureSpec.Text text && text.field().equals(name)) {
        return new Field(name, new TokenVocabulary(text.tokens()), text.maxTokens());
      }
    }
    return new Field(name, new TokenVocabulary(0), 0);
  }

  List<Field> fields() {
    return fields;
  }

  /** Indices of the tokens of each field's text; new tokens get one while there is room. */
  int[][] tokens(String[] texts) {
    int[][] tokens = new int[fields.size()][];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = fields.get(i).vocabulary.indices(words(i, texts));
    }
    return tokens;
  }

  private List<String> words(int field, String[] texts) {
    return Tokenizer.tokens(texts[field], fields.get(field).maxTokens);
  }

  /**
   * Gives the most frequent tokens of a body of texts their indices first, as Keras'
   * TextVectorization does when it adapts; equally frequent ones in the order of their first sight
   * (Keras': backwards by their bytes).
   */
  void learnMostFrequent(List<String[]> body) {
    for (int i = 0; i < fields.size(); i++) {
      Map<String, Integer> counts = new LinkedHashMap<>();
      for (String[] texts : body) {
        words(i, texts).forEach(word -> counts.merge(word, 1, Integer::sum));
      }
      List<String> byFrequency =
          counts.entrySet().stream()
              .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
              .map(Map.Entry::getKey)
              .collect(Collectors.toList());
      fields.get(i).vocabulary.indices(byFrequency);
    }
  }
}
