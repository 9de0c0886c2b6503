package io.towerflow.learn;

import io.towerflow.statistics.RunningStatistics;
import io.towerflow.table.RowTable;
import io.towerflow.text.TokenVocabulary;
import io.towerflow.tower.NumberField;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A {@link Model} as tables of rows: writes what changed, and reads all. */
final class ModelSnapshot {

  private ModelSnapshot() {}

  /** Writes what changed since the last call. */
  static void write(Model model, StateStore.Writer writer) throws Exception {
    for (RowTable table : model.towers.tables()) {
      String name = Tables.ROWS + table.name();
      table.drainDirty((row, value) -> writer.put(name, row, value));
      table.drainRemoved(row -> writer.remove(name, row));
    }
    for (Texts.Field field : model.texts.fields()) {
      String name = Tables.TOKENS + field.name();
      field.vocabulary().drainNew((index, token) -> writer.put(name, index, token));
    }
    for (Map.Entry<String, TokenVocabulary> values : model.categories().entrySet()) {
      values.getValue().drainNew((index, value) -> writer.put(values.getKey(), index, value));
    }
    write(writer, Tables.ITEM_NUMBERS, model.towers.itemNumbers());
    write(writer, Tables.CONTEXT_NUMBERS, model.towers.contextNumbers());
    model.catalogue.drainDirty((position, value) -> writer.put(Tables.CATALOGUE, position, value));
    model.popularity.drainDirty(
        (position, value) -> writer.put(Tables.POPULARITY, position, value));
    model.catalogue.drainRemoved(
        position -> {
          writer.remove(Tables.CATALOGUE, position);
          writer.remove(Tables.POPULARITY, position);
        });
    model.memory.drainDirty((chunk, value) -> writer.put(Tables.replay(model.spec), chunk, value));
    writer.put(Tables.SINGLES, Tables.TIMES, model.towers.times().toBytes());
    writer.put(Tables.SINGLES, Tables.POPULARITY_TOTAL, model.popularity.totalBytes());
  }

  private static void write(StateStore.Writer writer, String table, List<NumberField> fields)
      throws Exception {
    for (int i = 0; i < fields.size(); i++) {
      writer.put(table, i, fields.get(i).statistics().toBytes());
    }
  }

  /** Reads all but the single rows into a model that knows nothing. */
  static void read(StateStore.Reader reader, Model model) throws Exception {
    for (RowTable table : model.towers.tables()) {
      reader.forEach(Tables.ROWS + table.name(), table::restore);
    }
    for (Texts.Field field : model.texts.fields()) {
      field.vocabulary().restore(rows(reader, Tables.TOKENS + field.name()));
    }
    for (Map.Entry<String, TokenVocabulary> values : model.categories().entrySet()) {
      values.getValue().restore(rows(reader, values.getKey()));
    }
    read(reader, Tables.ITEM_NUMBERS, model.towers.itemNumbers());
    read(reader, Tables.CONTEXT_NUMBERS, model.towers.contextNumbers());
    model.catalogue.restore(rows(reader, Tables.CATALOGUE).values().toArray(new byte[0][]));
    reader.forEach(Tables.POPULARITY, model.popularity::restore);
    reader.forEach(Tables.replay(model.spec), model.memory::restore);
  }

  /** Reads the single rows, after {@link #read(StateStore.Reader, Model)}. */
  static void read(Singles singles, Scalars scalars, Model model) {
    model.towers.times().merge(RunningStatistics.fromBytes(singles.required(Tables.TIMES)));
    model.popularity.restoreTotal(singles.required(Tables.POPULARITY_TOTAL));
    scalars.requireCapacity(model.spec.replay().memory());
    model.memory.relink(scalars.newestReplayed());
  }

  private static void read(StateStore.Reader reader, String table, List<NumberField> fields)
      throws Exception {
    reader.forEach(
        table, (i, bytes) -> fields.get(i).statistics().merge(RunningStatistics.fromBytes(bytes)));
  }

  /** The rows of a table by rising number. */
  static Map<Integer, byte[]> rows(StateStore.Reader reader, String table) throws Exception {
    Map<Integer, byte[]> rows = new TreeMap<>();
    reader.forEach(table, rows::put);
    return rows;
  }
}
