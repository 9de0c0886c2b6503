package io.towerflow.learn;

import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.spec.ModelSpec;
import io.towerflow.table.RowTable;
import io.towerflow.text.TokenVocabulary;
import io.towerflow.tower.QueryContext;
import io.towerflow.tower.TwoTowers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is known of users, items and their moments: weights, vocabularies, the catalogue and how
 * popular its items are, and the events to be replayed. Others decide when any of it is learnt.
 */
final class Model implements AutoCloseable {

  final ModelSpec spec;
  final TwoTowers towers;
  final Catalogue catalogue = new Catalogue();
  final Popularity popularity;
  final Candidates candidates;
  final Texts texts;
  final AttributeEncoder items;
  final AttributeEncoder contexts;
  final ReplayMemory memory;

  /**
   * Knows nothing.
   *
   * @throws ai.djl.engine.EngineException if the engine is needed and its native library cannot be
   *     loaded
   */
  Model(ModelSpec spec, Arithmetic arithmetic) {
    this.spec = spec;
    popularity = Popularity.of(spec);
    candidates = new Candidates(spec, catalogue, popularity);
    towers = new TwoTowers(spec, catalogue::size, candidates::content, arithmetic);
    texts = new Texts(spec);
    items = new AttributeEncoder(spec.candidate(), spec.event().itemAttributes());
    contexts = new AttributeEncoder(spec.query(), spec.event().context());
    memory = ReplayMemory.of(spec);
  }

  /**
   * Takes in the words and values of an example, and its item. Values get their indices here, in
   * the order of the stream; whatever reads them later finds them, so that scoring and publishing
   * change nothing.
   *
   * @param ordinal the example's, counted from 1
   * @throws IllegalStateException if the item is known upstream and not here
   */
  void meet(Example example, long ordinal) {
    if (example.texts() != null) {
      catalogue.put(
          example.itemIndex(),
          example.item(),
          ordinal,
          texts.tokens(example.texts()),
          items.learn(example.attributes()));
    }
    contexts.learn(example.context());
    if (example.itemIsKnown() && !catalogue.contains(example.itemIndex())) {
      throw new IllegalStateException(
          "Item %s comes without its texts, and the model has never seen it: the item's state and the model's are of different snapshots"
              .formatted(example.item()));
    }
  }

  /** What an example's query is built from: the user the moment before the event. */
  QueryContext query(Example example) {
    return QueryContext.of(example.before(), example.time(), contexts.find(example.context()))
        .among(catalogue::contains);
  }

  /** What the query of a user is built from. */
  QueryContext query(PendingQuery user) {
    return QueryContext.of(user.profile(), user.time(), contexts.find(user.profile().context()))
        .among(catalogue::contains);
  }

  /**
   * The id of an item that leaves.
   *
   * @throws IllegalStateException if the item is known upstream and not here
   */
  String idOfLeaving(int item) {
    if (!catalogue.contains(item)) {
      throw new IllegalStateException(
          "Item index %d leaves, and the model does not know it: the item's state and the model's are of different snapshots"
              .formatted(item));
    }
    return catalogue.id(catalogue.position(item));
  }

  /**
   * Forgets all that was learnt of an item alone; the last one takes its position.
   *
   * @return the position
   */
  int removeItem(int item) {
    int last = catalogue.size() - 1;
    int position = catalogue.remove(item);
    popularity.remove(position, last);
    towers.removeItem(item);
    return position;
  }

  /** Forgets all that was learnt of a user alone. */
  void removeUser(int user) {
    memory.forget(user);
    towers.removeUser(user);
  }

  /** The vocabularies of categories, the items' and then the moments', by the names of tables. */
  Map<String, TokenVocabulary> categories() {
    Map<String, TokenVocabulary> categories = new LinkedHashMap<>();
    items
        .fields()
        .forEach(field -> categories.put(Tables.CATEGORIES + field.name(), field.vocabulary()));
    contexts
        .fields()
        .forEach(
            field -> categories.put(Tables.CONTEXT_CATEGORIES + field.name(), field.vocabulary()));
    return categories;
  }

  /** Adds everything to a digest. */
  void digest(MessageDigest digest) {
    towers.tables().stream()
        .sorted(Comparator.comparing(RowTable::name))
        .forEach(table -> table.digest(digest));
    texts.fields().forEach(field -> digest(digest, field.vocabulary()));
    categories().values().forEach(vocabulary -> digest(digest, vocabulary));
    towers.itemNumbers().forEach(field -> digest.update(field.statistics().toBytes()));
    towers.contextNumbers().forEach(field -> digest.update(field.statistics().toBytes()));
    catalogue.digest(digest);
    popularity.digest(digest, catalogue.size());
    memory.digest(digest);
    digest.update(towers.times().toBytes());
  }

  private static void digest(MessageDigest digest, TokenVocabulary vocabulary) {
    for (String token : vocabulary.tokens()) {
      digest.update(token.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
    }
  }

  @Override
  public void close() {
    towers.close();
  }
}
