package io.towerflow.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The tokens of one text field and their indices: 1 for the first token seen, and so on up to a
 * limit. Tokens that come later share index 0, out-of-vocabulary. Not thread safe.
 */
public final class TokenVocabulary {

  /** Receives the tokens that are new. */
  @FunctionalInterface
  public interface TokenSink {
    /** Receives one token's index and its UTF-8 bytes. */
    void put(int index, byte[] token) throws Exception;
  }

  private final int limit;
  private final Map<String, Integer> indices = new HashMap<>();
  private final List<String> tokens = new ArrayList<>();
  private int drained;

  /** An empty vocabulary of at most {@code limit} tokens, out-of-vocabulary not counted. */
  public TokenVocabulary(int limit) {
    this.limit = limit;
  }

  /** The indices of a text's tokens; tokens never seen before get one while there is room. */
  public int[] indices(List<String> text) {
    int[] found = new int[text.size()];
    for (int i = 0; i < found.length; i++) {
      found[i] = index(text.get(i));
    }
    return found;
  }

  /** The indices of tokens as they stand: one never seen before has index 0 and gets none. */
  public int[] known(List<String> text) {
    return text.stream().mapToInt(token -> indices.getOrDefault(token, 0)).toArray();
  }

  private int index(String token) {
    Integer index = indices.get(token);
    if (index != null) {
      return index;
    }
    if (tokens.size() == limit) {
      return 0;
    }
    tokens.add(token);
    indices.put(token, tokens.size());
    return tokens.size();
  }

  /** Tokens that have an index of their own. */
  public int size() {
    return tokens.size();
  }

  /** Hands over every token that is new since the last call, by rising index. */
  public void drainNew(TokenSink sink) throws Exception {
    for (int i = drained; i < tokens.size(); i++) {
      sink.put(i + 1, tokens.get(i).getBytes(StandardCharsets.UTF_8));
    }
    drained = tokens.size();
  }

  /**
   * Takes over a snapshot.
   *
   * @param byIndex every token by its index, in any order
   * @throws IllegalStateException if an index is missing
   */
  public void restore(Map<Integer, byte[]> byIndex) {
    for (int index = 1; index <= byIndex.size(); index++) {
      byte[] token = byIndex.get(index);
      if (token == null) {
        throw new IllegalStateException(
            "The snapshot has %d tokens but none with index %d".formatted(byIndex.size(), index));
      }
      tokens.add(new String(token, StandardCharsets.UTF_8));
      indices.put(tokens.get(index - 1), index);
    }
    drained = tokens.size();
  }

  /** The tokens by rising index, the first having index 1. */
  public List<String> tokens() {
    return List.copyOf(tokens);
  }
}
