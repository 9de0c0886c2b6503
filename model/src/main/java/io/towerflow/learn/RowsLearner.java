package io.towerflow.learn;

import io.towerflow.optimizer.Adagrad;
import io.towerflow.table.CounterRandom;
import io.towerflow.table.Initializer;
import io.towerflow.table.RowTable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A learner that holds one table of rows and nothing else, to measure what it costs to keep rows:
 * the table, its dirty set and its snapshots are those of a model, but a step is one update of one
 * row by an invented gradient. To fill a table of ten million rows by gradients of a model would
 * take an hour.
 *
 * <p>What an example says does not matter. The first {@code rows} of them touch one row each, in
 * order; from then on they come in rounds, and each round touches distinct random rows.
 */
public class RowsLearner implements Learner {

  /** Indices below are never given away, see {@link io.towerflow.profile.IndexSpace}. */
  private static final int FIRST_ROW = 128;

  private static final String ROWS = "rows.bench";
  private static final String SINGLES = "singles";
  private static final int STEP = 0;
  private static final Adagrad OPTIMIZER = new Adagrad(0.1f, 0.1f, 1, 1e-7f);

  /** Enough of them for a permutation that looks random (Luby and Rackoff, 1988). */
  private static final int FEISTEL_ROUNDS = 4;

  private final int rows;
  private final int rowsOfRound;
  private final long seed;
  private final RowTable table;
  private final float[] weights;
  private final float[][] slots;
  private final float[] gradient;
  private long step;

  /**
   * A learner whose table is empty.
   *
   * @param rows rows that the table is to have
   * @param rowsOfRound rows that each round touches, at most {@code rows}
   * @param width weights of a row, which has as many slots
   */
  public RowsLearner(int rows, int rowsOfRound, int width, long seed) {
    if (rowsOfRound < 1 || rowsOfRound > rows) {
      throw new IllegalArgumentException(
          "A round touches 1 to %d rows, not %d".formatted(rows, rowsOfRound));
    }
    this.rows = rows;
    this.rowsOfRound = rowsOfRound;
    this.seed = seed;
    table = new RowTable("bench", width, Initializer.uniform(0.05), OPTIMIZER, seed);
    weights = new float[width];
    slots = new float[OPTIMIZER.slots()][width];
    gradient = new float[width];
  }

  @Override
  public void learn(Example example, Listener listener) {
    int touched = rowOf(step);
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = CounterRandom.uniform(seed, step, i) - 0.5f;
    }
    step++;
    int place = table.place(touched);
    table.read(place, weights);
    table.readSlots(place, slots);
    OPTIMIZER.update(weights, slots, gradient, gradient.length, step);
    table.put(place, weights, slots);
  }

  /** The row that the example of a number touches, which counts from 0. */
  int rowOf(long example) {
    if (example < rows) {
      return FIRST_ROW + (int) example;
    }
    long round = (example - rows) / rowsOfRound;
    return FIRST_ROW + permuted((int) ((example - rows) % rowsOfRound), round);
  }

  /** The place of a row in the round's permutation of all rows: a Feistel network, cycled. */
  private int permuted(int number, long round) {
    int half = (Integer.SIZE - Integer.numberOfLeadingZeros(rows - 1) + 1) / 2;
    int mask = (1 << half) - 1;
    int place = number;
    do {
      int left = place >>> half;
      int right = place & mask;
      for (int i = 0; i < FEISTEL_ROUNDS; i++) {
        int mixed = left ^ ((int) CounterRandom.bits(seed + i, round, right) & mask);
        left = right;
        right = mixed;
      }
      place = left << half | right;
    } while (place >= rows);
    return place;
  }

  /** Bytes of memory that the table takes. */
  public long bytes() {
    return table.bytes();
  }

  /** Rows that the table has. */
  public int size() {
    return table.size();
  }

  @Override
  public void evict(Evictions evictions, Listener listener) {
    throw new IllegalStateException("Nothing leaves a table that is only measured");
  }

  @Override
  public void finish(Listener listener) {
    throw new IllegalStateException("A stream that is only measured does not end");
  }

  @Override
  public boolean publicationDue() {
    return false;
  }

  @Override
  public Optional<Publication> publish() {
    return Optional.empty();
  }

  @Override
  public long step() {
    return step;
  }

  @Override
  public List<Example> untrained() {
    return List.of();
  }

  @Override
  public List<PendingQuery> pendingQueries() {
    return List.of();
  }

  @Override
  public int unwritten() {
    return table.unwritten();
  }

  @Override
  public void snapshot(StateStore.Writer writer) throws Exception {
    table.drainDirty((number, value) -> writer.put(ROWS, number, value));
    writer.put(SINGLES, STEP, ByteBuffer.allocate(Long.BYTES).putLong(step).array());
  }

  @Override
  public void restore(
      StateStore.Reader reader, List<Example> untrained, List<PendingQuery> pendingQueries)
      throws Exception {
    reader.forEach(ROWS, table::restore);
    reader.forEach(SINGLES, (number, value) -> step = ByteBuffer.wrap(value).getLong());
  }

  @Override
  public String arithmetic() {
    return "java";
  }

  @Override
  public String digest() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      table.digest(digest);
      digest.update(String.valueOf(step).getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  @Override
  public void close() {}
}
