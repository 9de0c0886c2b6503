package io.towerflow.table;

import io.towerflow.optimizer.Optimizer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * A table of rows, each {@code width} weights followed by the optimizer's slots of the row. Rows
 * are addressed by index and come into being when they are first read; until they are first updated
 * they are a pure function of seed and index and need not be kept anywhere.
 *
 * <p>An index is a name; where its row lies is the table's own affair. Rows lie in pages of {@value
 * #PAGE_ROWS}, close together, and the place of a row that was removed is the next new row's, so a
 * table costs as many rows as it ever held at once. Not thread safe.
 */
public final class RowTable {

  /** Receives rows that changed. */
  @FunctionalInterface
  public interface RowSink {
    /** Receives one row: its weights, then its slots, as little-endian floats. */
    void put(int row, byte[] value) throws Exception;
  }

  /** Receives rows that are gone. */
  @FunctionalInterface
  public interface RemovedSink {
    /** Receives the index of one row. */
    void remove(int row) throws Exception;
  }

  private static final int PAGE_BITS = 6;
  private static final int PAGE_ROWS = 1 << PAGE_BITS;
  private static final int ROW_MASK = PAGE_ROWS - 1;

  /** Weights and slots that {@link #drainDirty} reads before it hands them over. */
  private static final int DRAINED_FLOATS = 1 << 14;

  /** Of an object, where the heap is large. */
  private static final int REFERENCE_BYTES = 8;

  /** {@value #PAGE_ROWS} places for rows, the indices of those that lie there, and two sets. */
  private static final class Page {
    final float[] data;
    final int[] rows = new int[PAGE_ROWS];
    long updated;
    long dirty;

    Page(int stride) {
      data = new float[PAGE_ROWS * stride];
    }
  }

  private final String name;
  private final int width;
  private final int stride;
  private final Initializer initializer;
  private final Optimizer optimizer;
  private final float initialSlot;
  private final long seed;
  private final IndexMap places = new IndexMap();
  private Page[] pages = new Page[16];

  /** Places that were ever taken: all below it. */
  private int used;

  /** Places that are free again, the last one first. */
  private int[] free = new int[0];

  private int freed;

  /** Rows that a snapshot may hold and that are gone. */
  private int[] removed = new int[0];

  private int removals;

  /** Rows that {@link #drainDirty} would hand over. */
  private int dirty;

  /** Pages that became dirty since it was called, some perhaps twice or clean again. */
  private int[] dirtyPages = new int[0];

  private int dirtied;

  /**
   * Describes an empty table.
   *
   * @param name the table's name: part of the seed of its rows, and of what a snapshot calls it
   * @param width weights per row
   * @param optimizer moves the rows, which carry its slots
   * @param modelSeed the model's seed
   */
  public RowTable(
      String name, int width, Initializer initializer, Optimizer optimizer, long modelSeed) {
    if (width <= 0) {
      throw new IllegalArgumentException("Table " + name + " needs a positive width, not " + width);
    }
    this.name = name;
    this.width = width;
    this.optimizer = optimizer;
    this.stride = width * (1 + optimizer.slots());
    this.initializer = initializer;
    this.initialSlot = optimizer.initialSlot();
    this.seed = CounterRandom.seedOf(modelSeed, name);
  }

  public String name() {
    return name;
  }

  /** Weights per row. */
  public int width() {
    return width;
  }

  /** Rows that are held: read or updated, and not removed. */
  public int size() {
    return places.size();
  }

  /** Copies a row's weights to {@code out[offset..offset + width)}. */
  public void read(int row, float[] out, int offset) {
    int place = place(row);
    System.arraycopy(page(place).data, base(place), out, offset, width);
  }

  /** Adds {@code factor} times a row's weights to {@code out[offset..offset + width)}. */
  public void addTo(int row, float factor, float[] out, int offset) {
    int place = place(row);
    float[] data = page(place).data;
    int base = base(place);
    for (int i = 0; i < width; i++) {
      out[offset + i] += factor * data[base + i];
    }
  }

  /** What moves the rows: it is given copies of them, which come back by {@link #put}. */
  public Optimizer optimizer() {
    return optimizer;
  }

  /** Weights and slots of a row together. */
  public int stride() {
    return stride;
  }

  /**
   * Copies a row.
   *
   * @param weights receives the weights
   * @param slots each receives one of the optimizer's slots of all weights
   */
  public void copy(int row, float[] weights, float[][] slots) {
    int place = place(row);
    float[] data = page(place).data;
    System.arraycopy(data, base(place), weights, 0, width);
    for (int s = 0; s < slots.length; s++) {
      System.arraycopy(data, base(place) + (s + 1) * width, slots[s], 0, width);
    }
  }

  /**
   * Updates a row.
   *
   * @param weights the weights
   * @param slots each one of the optimizer's slots of all weights
   */
  public void put(int row, float[] weights, float[][] slots) {
    int place = place(row);
    Page page = page(place);
    System.arraycopy(weights, 0, page.data, base(place), width);
    for (int s = 0; s < slots.length; s++) {
      System.arraycopy(slots[s], 0, page.data, base(place) + (s + 1) * width, width);
    }
    page.updated |= bit(place);
    if ((page.dirty & bit(place)) == 0) {
      if (page.dirty == 0) {
        dirtyPages = with(dirtyPages, dirtied++, place >> PAGE_BITS);
      }
      page.dirty |= bit(place);
      dirty++;
    }
  }

  /** Forgets a row: read again, it is as if it had never been updated. */
  public void remove(int row) {
    int place = places.remove(row);
    if (place == IndexMap.NONE) {
      return;
    }
    Page page = page(place);
    if ((page.updated & bit(place)) != 0) {
      removed = with(removed, removals++, row);
    }
    if ((page.dirty & bit(place)) != 0) {
      dirty--;
    }
    page.updated &= ~bit(place);
    page.dirty &= ~bit(place);
    free = with(free, freed++, place);
  }

  private static int[] with(int[] numbers, int at, int number) {
    int[] larger =
        at < numbers.length ? numbers : Arrays.copyOf(numbers, Math.max(16, 2 * numbers.length));
    larger[at] = number;
    return larger;
  }

  /** Rows that the drains below would hand over now. */
  public int unwritten() {
    return dirty + removals;
  }

  /** Bytes of memory that the table takes, but for the headers of its objects. */
  public long bytes() {
    long taken = ((long) used + PAGE_ROWS - 1) >> PAGE_BITS;
    long page = (long) PAGE_ROWS * (stride * Float.BYTES + Integer.BYTES) + 2 * Long.BYTES;
    long lists = (long) Integer.BYTES * (free.length + removed.length + dirtyPages.length);
    return taken * page + places.bytes() + lists + (long) REFERENCE_BYTES * pages.length;
  }

  /**
   * Hands over every row that was updated since the last call, in the order in which rows lie.
   * Takes as long as there are such rows, however large the table.
   */
  public void drainDirty(RowSink sink) throws Exception {
    int[] dirtyPlaces = takeDirtyPlaces();
    int most = Math.max(1, DRAINED_FLOATS / stride);
    int[] rows = new int[Math.min(most, dirtyPlaces.length)];
    float[] values = new float[rows.length * stride];
    for (int from = 0; from < dirtyPlaces.length; from += most) {
      int count = Math.min(most, dirtyPlaces.length - from);
      // Rows of a large table are not in the processor's caches. Loops that do nothing but read
      // wait for many of them at once; a loop that hands over as it reads waits for each.
      for (int i = 0; i < count; i++) {
        int place = dirtyPlaces[from + i];
        rows[i] = page(place).rows[place & ROW_MASK];
      }
      for (int i = 0; i < count; i++) {
        int place = dirtyPlaces[from + i];
        System.arraycopy(page(place).data, base(place), values, i * stride, stride);
      }
      for (int i = 0; i < count; i++) {
        sink.put(rows[i], bytes(values, i * stride));
      }
    }
  }

  /** The places of all dirty rows, ascending; none is dirty afterwards. */
  private int[] takeDirtyPlaces() {
    Arrays.sort(dirtyPages, 0, dirtied); // memory is slower the more it is jumped about
    int[] found = new int[dirty];
    int size = 0;
    for (int i = 0; i < dirtied; i++) {
      Page page = pages[dirtyPages[i]];
      for (long rest = page.dirty; rest != 0; rest &= rest - 1) {
        found[size++] = dirtyPages[i] << PAGE_BITS | Long.numberOfTrailingZeros(rest);
      }
      page.dirty = 0;
    }
    dirtyPages = new int[0];
    dirtied = 0;
    dirty = 0;
    return found;
  }

  /**
   * Hands over every row that was removed since the last call, whether it was handed over as dirty
   * before or not. One that has come back since is not gone.
   */
  public void drainRemoved(RemovedSink sink) throws Exception {
    for (int i = 0; i < removals; i++) {
      int place = places.get(removed[i]);
      if (place == IndexMap.NONE || (page(place).updated & bit(place)) == 0) {
        sink.remove(removed[i]);
      }
    }
    removed = new int[0];
    removals = 0;
  }

  /**
   * Takes a row back from a snapshot.
   *
   * @throws IllegalArgumentException if the bytes are not of this table's shape
   */
  public void restore(int row, byte[] value) {
    if (value.length != stride * Float.BYTES) {
      throw new IllegalArgumentException(
          "Row %d of table %s has %d bytes in the snapshot, and this spec's rows have %d: the width or the optimizer was changed. Restore with the old spec, or start without the snapshot."
              .formatted(row, name, value.length, stride * Float.BYTES));
    }
    int place = places.get(row);
    if (place == IndexMap.NONE) {
      place = take(row);
    }
    Page page = page(place);
    ByteBuffer.wrap(value)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(page.data, base(place), stride);
    page.updated |= bit(place);
  }

  /**
   * Adds the name, and by rising index the index and contents of every row that was ever updated
   * and not removed, to a digest.
   */
  public void digest(MessageDigest digest) {
    digest.update(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    ByteBuffer index = ByteBuffer.allocate(Integer.BYTES);
    for (int row : places.indices()) {
      int place = places.get(row);
      Page page = page(place);
      if ((page.updated & bit(place)) != 0) {
        digest.update(index.putInt(0, row).array());
        digest.update(bytes(page.data, base(place)));
      }
    }
  }

  private byte[] bytes(float[] values, int offset) {
    ByteBuffer buffer = ByteBuffer.allocate(stride * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(values, offset, stride);
    return buffer.array();
  }

  /** Where a row lies; a new one is given a place and its initial weights. */
  private int place(int row) {
    int place = places.get(row);
    if (place == IndexMap.NONE) {
      place = take(row);
      initialize(row, place);
    }
    return place;
  }

  /** Gives a row a place, whose weights and slots are whatever they were before. */
  private int take(int row) {
    int place = freed > 0 ? free[--freed] : append();
    places.put(row, place);
    page(place).rows[place & ROW_MASK] = row;
    return place;
  }

  private int append() {
    int p = used >> PAGE_BITS;
    if (p == pages.length) {
      pages = Arrays.copyOf(pages, p + (p >> 1));
    }
    if (pages[p] == null) {
      pages[p] = new Page(stride);
    }
    return used++;
  }

  private void initialize(int row, int place) {
    Page page = page(place);
    int base = base(place);
    for (int i = 0; i < width; i++) {
      page.data[base + i] = initializer.weight(seed, row, i);
    }
    Arrays.fill(page.data, base + width, base + stride, initialSlot);
  }

  private Page page(int place) {
    return pages[place >> PAGE_BITS];
  }

  private int base(int place) {
    return (place & ROW_MASK) * stride;
  }

  private static long bit(int place) {
    return 1L << (place & ROW_MASK);
  }
}
