package io.towerflow.learn;

import io.towerflow.profile.AttributeMapping;
import io.towerflow.profile.FieldMapping;
import io.towerflow.spec.FeatureSpec;
import io.towerflow.spec.InputBlocks;
import io.towerflow.spec.LossSpec;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.SpecChange;
import io.towerflow.table.RowTable;
import io.towerflow.tower.EncodedAttributes;
import io.towerflow.tower.TwoTowers;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A snapshot that was taken under one spec, as a learner of another one reads it. Tables that are
 * the same under both are read as they are. Of the others this has the rows as the new spec has
 * them, and writes them, in place of the old ones, with the next snapshot.
 *
 * <p>What the new spec has no use for is gone for good: a feature that is dropped and comes back
 * later starts fresh.
 */
final class Migration implements StateStore.Reader {

  private final StateStore.Reader snapshot;
  private final ModelSpec before;
  private final ModelSpec after;
  private final FieldMapping fields;

  /** By table: the rows in place of those in the snapshot. */
  private final Map<String, Map<Integer, byte[]>> rewritten = new LinkedHashMap<>();

  /** By table: rows in the snapshot in whose place there are none. */
  private final Map<String, Set<Integer>> gone = new LinkedHashMap<>();

  private Migration(StateStore.Reader snapshot, ModelSpec before, ModelSpec after) {
    this.snapshot = snapshot;
    this.before = before;
    this.after = after;
    fields = FieldMapping.between(before, after);
  }

  /**
   * Reads a snapshot anew.
   *
   * @param before the spec that it was taken under
   * @param after the spec to go on with
   * @throws io.towerflow.spec.SpecException if that cannot be gone on with
   */
  static Migration of(StateStore.Reader snapshot, ModelSpec before, ModelSpec after)
      throws Exception {
    SpecChange.between(before, after).required();
    Migration migration = new Migration(snapshot, before, after);
    migration.dropTables();
    migration.moveInputs();
    migration.moveNumbers(Tables.ITEM_NUMBERS, migration.fields.items(), before.candidate());
    migration.moveNumbers(Tables.CONTEXT_NUMBERS, migration.fields.context(), before.query());
    migration.carryCatalogue();
    migration.carryPopularity();
    migration.carryMemory();
    return migration;
  }

  @Override
  public void forEach(String table, StateStore.RowVisitor visitor) throws Exception {
    Map<Integer, byte[]> rows = rewritten.get(table);
    if (rows == null) {
      snapshot.forEach(table, visitor);
      return;
    }
    for (Map.Entry<Integer, byte[]> row : rows.entrySet()) {
      visitor.row(row.getKey(), row.getValue());
    }
  }

  /** Puts the rewritten rows in place of the snapshot's. */
  void write(StateStore.Writer writer) throws Exception {
    for (Map.Entry<String, Set<Integer>> table : gone.entrySet()) {
      for (int row : table.getValue()) {
        writer.remove(table.getKey(), row);
      }
    }
    for (Map.Entry<String, Map<Integer, byte[]>> table : rewritten.entrySet()) {
      for (Map.Entry<Integer, byte[]> row : table.getValue().entrySet()) {
        writer.put(table.getKey(), row.getKey(), row.getValue());
      }
    }
  }

  /** An example that was not trained when the snapshot was taken. */
  Example carried(Example example) {
    boolean silent = example.texts() == null;
    return new Example(
        example.user(),
        fields.carried(example.before()),
        example.newUser(),
        example.item(),
        example.itemIndex(),
        example.newItem(),
        silent ? null : fields.carriedTexts(example.texts()),
        silent ? null : fields.items().carried(example.attributes()),
        fields.context().carried(example.context()),
        example.time(),
        example.value(),
        example.weight(),
        example.positive(),
        example.record());
  }

  /** A query that was not published when the snapshot was taken. */
  PendingQuery carried(PendingQuery query) {
    return new PendingQuery(query.user(), fields.carried(query.profile()), query.time());
  }

  /** The rows of a table in the snapshot, by rising number. */
  private Map<Integer, byte[]> rows(String table) throws Exception {
    Map<Integer, byte[]> rows = new TreeMap<>();
    snapshot.forEach(table, rows::put);
    return rows;
  }

  private void rewrite(String table, Map<Integer, byte[]> rows) throws Exception {
    rewritten.put(table, rows);
    Set<Integer> old = new TreeSet<>();
    snapshot.forEach(
        table,
        (row, value) -> {
          if (!rows.containsKey(row)) {
            old.add(row);
          }
        });
    gone.put(table, old);
  }

  private void dropTables() throws Exception {
    Set<String> kept = tables(after);
    for (String table : tables(before)) {
      if (!kept.contains(table)) {
        rewrite(table, Map.of());
      }
    }
  }

  /** The tables of rows and of vocabularies that a spec has. */
  private static Set<String> tables(ModelSpec spec) {
    Set<String> tables = new HashSet<>();
    try (TwoTowers towers = new TwoTowers(spec, () -> 0)) {
      for (RowTable table : towers.tables()) {
        tables.add(Tables.ROWS + table.name());
      }
    }
    for (FeatureSpec feature : spec.candidate()) {
      if (feature instanceof FeatureSpec.Text text) {
        tables.add(Tables.TOKENS + text.field());
      }
    }
    for (String field : spec.event().itemAttributes().categories()) {
      tables.add(Tables.CATEGORIES + field);
    }
    for (String field : spec.event().context().categories()) {
      tables.add(Tables.CONTEXT_CATEGORIES + field);
    }
    return tables;
  }

  /** The weights of a first layer have a row for each input. */
  private void moveInputs() throws Exception {
    for (int member = 0; member < after.towers().members().size(); member++) {
      if (!after.towers().layers().isEmpty()) {
        moveInputs(member, "query.dense0.weights", InputBlocks.ofQuery(before, after));
        moveInputs(member, "candidate.dense0.weights", InputBlocks.ofCandidate(before, after));
      }
      if (before.rating().isLearnt() && after.rating().isLearnt()) {
        moveInputs(member, "rating.dense0.weights", InputBlocks.ofRating(before, after));
      }
    }
  }

  private void moveInputs(int member, String layer, InputBlocks blocks) throws Exception {
    String table = Tables.ROWS + TwoTowers.tableOf(member, layer);
    Map<Integer, byte[]> was = rows(table);
    Map<Integer, byte[]> moved = new TreeMap<>();
    was.forEach(
        (input, weights) -> {
          int to = blocks.after(input);
          if (to >= 0) {
            moved.put(to, weights);
          }
        });
    if (!moved.keySet().equals(was.keySet()) || !blocks.stayInPlace()) {
      rewrite(table, moved);
    }
  }

  private void moveNumbers(String table, AttributeMapping mapping, List<FeatureSpec> features)
      throws Exception {
    if (mapping.unchanged() || features.stream().noneMatch(FeatureSpec.Numeric.class::isInstance)) {
      return;
    }
    Map<Integer, byte[]> was = rows(table);
    Map<Integer, byte[]> moved = new TreeMap<>();
    for (int i = 0; i < mapping.numbers().length; i++) {
      byte[] statistics = was.get(mapping.numbers()[i]);
      if (statistics != null) {
        moved.put(i, statistics);
      }
    }
    rewrite(table, moved);
  }

  private void carryCatalogue() throws Exception {
    Set<String> tokenized = textsOf(before);
    tokenized.retainAll(textsOf(after));
    int[] texts = fields.texts();
    for (int i = 0; i < texts.length; i++) {
      // A label has no tokens, and one that is no longer read has none any more.
      texts[i] = tokenized.contains(after.event().texts().get(i)) ? texts[i] : -1;
    }
    boolean textsUnchanged =
        before.event().texts().equals(after.event().texts())
            && textsOf(before).equals(textsOf(after));
    if (textsUnchanged && fields.items().unchanged()) {
      return;
    }
    Map<Integer, byte[]> entries = rows(Tables.CATALOGUE);
    entries.replaceAll(
        (position, entry) ->
            Catalogue.rewritten(
                entry,
                tokens ->
                    IntStream.of(texts)
                        .mapToObj(at -> at >= 0 ? tokens[at] : new int[0])
                        .toArray(int[][]::new),
                attributes -> carried(fields.items(), attributes)));
    rewrite(Tables.CATALOGUE, entries);
  }

  private static Set<String> textsOf(ModelSpec spec) {
    return spec.candidate().stream()
        .filter(FeatureSpec.Text.class::isInstance)
        .map(feature -> ((FeatureSpec.Text) feature).field())
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static EncodedAttributes carried(AttributeMapping mapping, EncodedAttributes was) {
    if (mapping.unchanged()) {
      return was;
    }
    if (mapping.categories().length + mapping.numbers().length == 0) {
      return EncodedAttributes.NONE;
    }
    return new EncodedAttributes(
        IntStream.of(mapping.categories())
            .mapToObj(at -> at >= 0 ? was.categories()[at] : new int[0])
            .toArray(int[][]::new),
        mapping.numbers(was.numbers()));
  }

  /**
   * Counts that the new spec has more of begin at 0, by which all items are as popular as the
   * average.
   */
  private void carryPopularity() throws Exception {
    int was = Candidates.halfLives(before).size();
    int is = Candidates.halfLives(after).size();
    boolean losesGaps = estimatesGaps(before) && !estimatesGaps(after);
    if (was == is && !losesGaps) {
      return;
    }
    Map<Integer, byte[]> rows = rows(Tables.POPULARITY);
    rows.replaceAll((position, row) -> withDoubles(row, Popularity.COUNTS_AT, was, is, !losesGaps));
    rewrite(Tables.POPULARITY, rows);
    singles()
        .computeIfPresent(
            Tables.POPULARITY_TOTAL,
            (row, totals) -> withDoubles(totals, Popularity.TOTALS_AT, was, is, !losesGaps));
  }

  private static boolean estimatesGaps(ModelSpec spec) {
    return spec.loss().frequencyEstimate() == LossSpec.FrequencyEstimate.GAP;
  }

  /** Bytes that hold {@code was} doubles from an offset on, with {@code is} of them. */
  private static byte[] withDoubles(byte[] bytes, int at, int was, int is, boolean keepsRest) {
    int behind = at + was * Double.BYTES;
    int kept = at + Math.min(was, is) * Double.BYTES;
    int rest = keepsRest ? bytes.length - behind : 0;
    byte[] resized = Arrays.copyOf(Arrays.copyOf(bytes, kept), at + is * Double.BYTES + rest);
    System.arraycopy(bytes, behind, resized, resized.length - rest, rest);
    return resized;
  }

  /** Events may now be kept with more or less, or in another number. They are numbered anew. */
  private void carryMemory() throws Exception {
    String was = Tables.replay(before);
    String is = Tables.replay(after);
    if (was.equals(is)
        && fields.context().unchanged()
        && before.replay().memory() == after.replay().memory()) {
      return;
    }
    byte[] scalars = singles().get(Tables.SCALARS);
    if (scalars == null) {
      return;
    }
    ReplayMemory old = ReplayMemory.of(before);
    snapshot.forEach(was, old::restore);
    Scalars numbers = Scalars.of(scalars);
    old.relink(numbers.newestReplayed());
    ReplayMemory carried = ReplayMemory.of(after);
    old.copyTo(carried, context -> carried(fields.context(), context));
    rewrite(was, Map.of());
    Map<Integer, byte[]> chunks = new TreeMap<>();
    carried.drainDirty(chunks::put);
    rewrite(is, chunks);
    singles()
        .put(
            Tables.SCALARS,
            numbers.withReplay(carried.newest(), after.replay().memory()).toBytes());
  }

  private Map<Integer, byte[]> singles() throws Exception {
    if (!rewritten.containsKey(Tables.SINGLES)) {
      rewritten.put(Tables.SINGLES, rows(Tables.SINGLES));
    }
    return rewritten.get(Tables.SINGLES);
  }
}
