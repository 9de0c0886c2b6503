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
 * <p>Rows lie in pages of {@value #PAGE_ROWS}, so a table costs the pages it uses. Not thread safe.
 */
public final class RowTable {

  /** Receives rows that changed. */
  @FunctionalInterface
  public interface RowSink {
    /** Receives one row: its weights, then its slots, as little-endian floats. */
    void put(int row, byte[] value) throws Exception;
  }

  private static final int PAGE_BITS = 6;
  private static final int PAGE_ROWS = 1 << PAGE_BITS;
  private static final int ROW_MASK = PAGE_ROWS - 1;

  /** {@value #PAGE_ROWS} rows and three sets of them, a bit a row. */
  private static final class Page {
    final float[] data;
    long present;
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
  private final float initialSlot;
  private final long seed;
  private Page[] pages = new Page[16];

  /**
   * Describes an empty table.
   *
   * @param name the table's name: part of the seed of its rows, and of what a snapshot calls it
   * @param width weights per row
   * @param optimizer whose slots the rows carry
   * @param modelSeed the model's seed
   */
  public RowTable(
      String name, int width, Initializer initializer, Optimizer optimizer, long modelSeed) {
    if (width <= 0) {
      throw new IllegalArgumentException("Table " + name + " needs a positive width, not " + width);
    }
    this.name = name;
    this.width = width;
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

  /** Copies a row's weights to {@code out[offset..offset + width)}. */
  public void read(int row, float[] out, int offset) {
    Page page = page(row);
    System.arraycopy(page.data, (row & ROW_MASK) * stride, out, offset, width);
  }

  /** Adds {@code factor} times a row's weights to {@code out[offset..offset + width)}. */
  public void addTo(int row, float factor, float[] out, int offset) {
    float[] data = page(row).data;
    int base = (row & ROW_MASK) * stride;
    for (int i = 0; i < width; i++) {
      out[offset + i] += factor * data[base + i];
    }
  }

  /** Weights and slots of a row together. */
  public int stride() {
    return stride;
  }

  /** Copies a row, weights and then slots, to {@code out[offset..offset + stride)}. */
  public void copy(int row, float[] out, int offset) {
    System.arraycopy(page(row).data, (row & ROW_MASK) * stride, out, offset, stride);
  }

  /** Updates a row to {@code values[offset..offset + stride)}, weights and then slots. */
  public void put(int row, float[] values, int offset) {
    Page page = page(row);
    System.arraycopy(values, offset, page.data, (row & ROW_MASK) * stride, stride);
    long bit = 1L << (row & ROW_MASK);
    page.updated |= bit;
    page.dirty |= bit;
  }

  /** Hands over every row that was updated since the last call, by rising index. */
  public void drainDirty(RowSink sink) throws Exception {
    for (int p = 0; p < pages.length; p++) {
      Page page = pages[p];
      if (page == null) {
        continue;
      }
      for (long rest = page.dirty; rest != 0; rest &= rest - 1) {
        int inPage = Long.numberOfTrailingZeros(rest);
        sink.put((p << PAGE_BITS) + inPage, bytes(page, inPage));
      }
      page.dirty = 0;
    }
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
    Page page = page(row);
    ByteBuffer.wrap(value)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(page.data, (row & ROW_MASK) * stride, stride);
    page.updated |= 1L << (row & ROW_MASK);
  }

  /** Adds the name, and index and contents of every row that was ever updated, to a digest. */
  public void digest(MessageDigest digest) {
    digest.update(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    ByteBuffer index = ByteBuffer.allocate(Integer.BYTES);
    for (int p = 0; p < pages.length; p++) {
      Page page = pages[p];
      if (page == null) {
        continue;
      }
      for (long rest = page.updated; rest != 0; rest &= rest - 1) {
        int inPage = Long.numberOfTrailingZeros(rest);
        digest.update(index.putInt(0, (p << PAGE_BITS) + inPage).array());
        digest.update(bytes(page, inPage));
      }
    }
  }

  private byte[] bytes(Page page, int inPage) {
    ByteBuffer buffer = ByteBuffer.allocate(stride * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(page.data, inPage * stride, stride);
    return buffer.array();
  }

  private Page page(int row) {
    int p = row >> PAGE_BITS;
    if (p >= pages.length) {
      pages = Arrays.copyOf(pages, Math.max(p + 1, pages.length + (pages.length >> 1)));
    }
    Page page = pages[p];
    if (page == null) {
      page = new Page(stride);
      pages[p] = page;
    }
    int inPage = row & ROW_MASK;
    if ((page.present & (1L << inPage)) == 0) {
      initialize(page, inPage, row);
    }
    return page;
  }

  private void initialize(Page page, int inPage, int row) {
    int base = inPage * stride;
    for (int i = 0; i < width; i++) {
      page.data[base + i] = initializer.weight(seed, row, i);
    }
    Arrays.fill(page.data, base + width, base + stride, initialSlot);
    page.present |= 1L << inPage;
  }
}
