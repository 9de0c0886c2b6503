package io.towerflow.learn;

import io.towerflow.table.IndexMap;
import io.towerflow.table.RowSet;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A learner's rows as a log, so that what a snapshot writes follows what has changed, whatever the
 * store makes of it.
 *
 * <p>What has changed is appended in segments: blocks of rows under rising keys. A store that sorts
 * by key and merges files, as RocksDB does, has nothing to merge then: a new file lies behind the
 * others, where a file of as many random rows would lie across them all, and the larger the table
 * the more would be written again and again.
 *
 * <p>A row that is appended again makes its former entry garbage. Where that would be more than
 * three fifths of the log, the oldest segments are cleaned: the rows that are still alive there are
 * appended once more, and the segments let go. That is the cleaning of log-structured file systems
 * (Rosenblum and Ousterhout, 1992). Most rows have moved on by then. Where they change uniformly at
 * random a share p of the oldest segment is alive, p = exp(-2.5 (1 - p)) = .107, and a commit
 * appends 1 / (1 - p) = 1.12 times what has changed, at any size of the table.
 *
 * <p>What is let go is the oldest, and what is appended the newest: in one file they would lie
 * across all others again. So segments lie on two sides, and while one side is appended to, the
 * other lets go of what it is to lose. {@link #turn} changes sides.
 *
 * <p>Memory: a cell of 8 bytes and some room, 13 to 32 bytes, a row. Not thread safe.
 */
public final class RowLog implements StateStore.Reader, StateStore.Writer {

  /**
   * Where the log lies: blocks of bytes by segment and number, and a description a segment. Blocks
   * of segments with even numbers, of those with odd ones, and descriptions are to lie in three
   * sets of files.
   */
  public interface Store {

    /** Keeps a block. */
    void putBlock(int segment, int block, byte[] bytes) throws Exception;

    /** Gives a block, null if there is none. */
    byte[] block(int segment, int block) throws Exception;

    /** Lets go of a block. */
    void removeBlock(int segment, int block) throws Exception;

    /** Keeps a segment's description. */
    void putDescription(int segment, byte[] description) throws Exception;

    /** Lets go of a segment's description. */
    void removeDescription(int segment) throws Exception;

    /** Gives all descriptions by segment. */
    Iterable<Map.Entry<Integer, byte[]>> descriptions() throws Exception;
  }

  /** A block is full with so many bytes; only a row that is larger alone makes a larger one. */
  static final int BLOCK_BYTES = 64 << 10;

  /** A segment is full with so many bytes, or a block more: what is cleaned is cleaned whole. */
  static final int SEGMENT_BYTES = 1 << 20;

  /** Bytes of the log in those of what is alive, from which on it is cleaned ... */
  private static final double MOST_BYTES = 2.5;

  /** ... and so many more, so that a small log is left alone. */
  private static final long SLACK_BYTES = SEGMENT_BYTES;

  /** What is read to clean in one commit, in the bytes of what has changed: nobody is to wait. */
  private static final int MOST_CLEANED = 3;

  /** That much of a turn is let go of before all of it is cleaned. */
  private static final long LONG_TURN_BYTES = 32 << 20;

  private static final int FORMAT = 1;
  private static final int ENTRY_BYTES = 2 * Integer.BYTES;
  private static final int REMOVED = -1;
  private static final byte[] GONE = new byte[0];

  /** Blocks of one table that follow each other: they begin where the part's before end. */
  private static final class Part {
    final String table;
    final int firstBlock;
    int blocks;
    int entries;
    long bytes;

    Part(String table, int firstBlock) {
      this.table = table;
      this.firstBlock = firstBlock;
    }
  }

  /** Of a row it has one entry at most. Newer ones have larger numbers. */
  private record Segment(int number, List<Part> parts) {
    int blocks() {
      return parts.stream().mapToInt(part -> part.blocks).sum();
    }

    long bytes() {
      return parts.stream().mapToLong(part -> part.bytes).sum();
    }

    /** The part that the next block belongs to. */
    Part partOf(String table) {
      Part last = parts.isEmpty() ? null : parts.get(parts.size() - 1);
      if (last == null || !last.table.equals(table)) {
        last = new Part(table, blocks());
        parts.add(last);
      }
      return last;
    }
  }

  /** What is known of a table. */
  private static final class Table {
    final String name;

    /** The segment of each row that is alive. */
    final IndexMap alive = new IndexMap();

    /** Entries in the log, alive or not. */
    long entries;

    long bytes;

    /**
     * Whether {@link #alive} is complete: in a log that was there, it is not until rows are read.
     */
    boolean read;

    /** Rows that the open segment has an entry of, null if there are none. */
    RowSet appended;

    /** How many of them {@link #alive} knows of, the first so many. */
    int settled;

    /** The block that is being filled, null if there is none, and how many entries it has. */
    ByteBuffer block;

    int blockEntries;

    Table(String name) {
      this.name = name;
    }

    /**
     * Lets {@link #alive} know of what was appended, all of it in a loop that does nothing else: of
     * a large table it is in no cache, and such a loop waits for many rows at once.
     */
    void settle(Segment open) {
      if (appended != null) {
        while (settled < appended.size()) {
          alive.put(appended.row(settled++), open.number());
        }
      }
    }

    double bytesAlive() {
      return entries == 0 ? 0 : (double) bytes / entries * alive.size();
    }
  }

  private final Store store;
  private final Map<String, Table> tables = new TreeMap<>();

  /** Oldest first. */
  private final ArrayDeque<Segment> segments = new ArrayDeque<>();

  /** Those that are still to be let go of. */
  private final List<Segment> cleaned = new ArrayList<>();

  /** The number of the open segment, or the next one; that it is even or odd is the side. */
  private int next;

  /** What is appended to, null if that is nothing yet. */
  private Segment open;

  private long openBytes;

  /** Bytes appended since the last commit, but to clean. */
  private long changedBytes;

  /** Bytes that may be read to clean. */
  private long allowance;

  /**
   * Opens the log of a store, which is empty where the store is.
   *
   * @throws IllegalStateException if a description can't be read
   */
  public RowLog(Store store) throws Exception {
    this.store = store;
    Map<Integer, byte[]> descriptions = new TreeMap<>();
    for (Map.Entry<Integer, byte[]> description : store.descriptions()) {
      descriptions.put(description.getKey(), description.getValue());
    }
    for (Map.Entry<Integer, byte[]> description : descriptions.entrySet()) {
      read(description.getKey(), description.getValue());
      next = description.getKey() + 1;
    }
  }

  /** Whether there is nothing in it that was ever committed. */
  public boolean isEmpty() {
    return segments.isEmpty();
  }

  /** Bytes of memory that it takes to know where rows lie. */
  public long bytes() {
    return tables.values().stream().mapToLong(table -> table.alive.bytes()).sum();
  }

  /** Bytes of the log, dead or alive, but for what is not committed. */
  long logBytes() {
    return segments.stream().mapToLong(Segment::bytes).sum();
  }

  /** Appends a row, which is in the store with the next commit at the latest. */
  @Override
  public void put(String table, int row, byte[] value) throws Exception {
    changedBytes += append(table(table), row, value);
  }

  /** Appends that a row is gone, as {@link #put} does a row. */
  @Override
  public void remove(String table, int row) throws Exception {
    Table rows = table(table);
    rows.settle(open);
    if (rows.alive.get(row) != IndexMap.NONE) {
      changedBytes += append(rows, row, GONE);
    }
  }

  /**
   * Commits what was appended since the last time.
   *
   * @throws IllegalStateException if a block is missing or broken
   */
  public void commit() throws Exception {
    if (changedBytes > 0) {
      clean();
      letGo();
      finish();
      changedBytes = 0;
    }
  }

  /**
   * Changes sides: what is committed from now on goes to other files than what was before.
   *
   * @throws IllegalStateException if there is something to commit
   */
  public void turn() {
    if (open != null) {
      throw new IllegalStateException("The log changes sides between commits");
    }
    next++;
  }

  /**
   * Visits the rows of a table that were committed, but for those with a change that is not. The
   * first visit finds out which entries are alive; what is in a log that was there and is not
   * visited before the next commit is dead.
   */
  @Override
  public void forEach(String name, StateStore.RowVisitor visitor) throws Exception {
    Table table = table(name);
    table.settle(open);
    boolean first = !table.read;
    table.read = true;
    RowSet removed = new RowSet();
    // The newest entry of a row comes first: older ones are dead.
    for (Iterator<Segment> newestFirst = segments.descendingIterator(); newestFirst.hasNext(); ) {
      Segment segment = newestFirst.next();
      for (Part part : segment.parts()) {
        if (!part.table.equals(name)) {
          continue;
        }
        forEachEntry(
            segment,
            part,
            (row, value) -> {
              if (first && table.alive.get(row) == IndexMap.NONE && removed.find(row) < 0) {
                if (value == GONE) {
                  removed.add(row);
                } else {
                  table.alive.put(row, segment.number());
                }
              }
              if (value != GONE && table.alive.get(row) == segment.number()) {
                visitor.row(row, value);
              }
            });
      }
    }
  }

  private Table table(String name) {
    return tables.computeIfAbsent(name, Table::new);
  }

  /** Brings what is alive in the oldest segments to the next one, where there is much garbage. */
  private void clean() throws Exception {
    allowance += MOST_CLEANED * changedBytes;
    settle();
    while (!segments.isEmpty() && isTooLarge() && allowance >= segments.getFirst().bytes()) {
      Segment oldest = segments.removeFirst();
      for (Part part : oldest.parts()) {
        Table table = table(part.table);
        forEachEntry(
            oldest,
            part,
            (row, value) -> {
              if (value != GONE && table.alive.get(row) == oldest.number()) {
                append(table, row, value);
              }
            });
        table.entries -= part.entries;
        table.bytes -= part.bytes;
      }
      allowance -= oldest.bytes();
      cleaned.add(oldest);
      store.putDescription(oldest.number(), description(oldest, true));
      settle();
    }
    if (!segments.isEmpty()) {
      allowance = Math.min(allowance, segments.getFirst().bytes());
    }
  }

  private void settle() {
    tables.values().forEach(table -> table.settle(open));
  }

  /** Lets go of what was cleaned and is on the side that nothing is appended to. */
  private void letGo() throws Exception {
    for (Iterator<Segment> each = cleaned.subList(0, whole()).iterator(); each.hasNext(); ) {
      Segment segment = each.next();
      if ((segment.number() - next) % 2 != 0) {
        for (int block = 0; block < segment.blocks(); block++) {
          store.removeBlock(segment.number(), block);
        }
        store.removeDescription(segment.number());
        each.remove();
      }
    }
  }

  /**
   * The number of cleaned segments that are not of one turn with segments that are alive: the store
   * has probably one file a turn, which it would have to write again without them. A long turn is
   * not waited for.
   */
  private int whole() {
    int whole = cleaned.size();
    long bytes = 0;
    int follower = segments.isEmpty() ? next : segments.getFirst().number();
    while (whole > 0 && cleaned.get(whole - 1).number() == follower - 2) {
      whole--;
      follower -= 2;
      bytes += cleaned.get(whole).bytes();
    }
    return bytes < LONG_TURN_BYTES ? whole : cleaned.size();
  }

  private boolean isTooLarge() {
    double alive = 0;
    long all = 0;
    for (Table table : tables.values()) {
      alive += table.bytesAlive();
      all += table.bytes;
    }
    return all > MOST_BYTES * alive + SLACK_BYTES;
  }

  /**
   * @param value {@link #GONE} for a row that is removed
   * @return bytes of the entry
   */
  private int append(Table table, int row, byte[] value) throws Exception {
    boolean isThere = table.appended != null && table.appended.find(row) >= 0;
    if (open != null && (openBytes >= SEGMENT_BYTES || isThere)) {
      finish();
    }
    if (open == null) {
      open = new Segment(next, new ArrayList<>());
      openBytes = 0;
    }
    if (table.appended == null) {
      table.appended = new RowSet();
      table.settled = 0;
    }
    if (value == GONE) {
      table.settle(open);
      table.alive.remove(row);
      table.appended.add(row);
      table.settled++;
    } else {
      table.appended.add(row);
    }
    int bytes = ENTRY_BYTES + value.length;
    ByteBuffer block = blockFor(table, bytes);
    block.putInt(row).putInt(value == GONE ? REMOVED : value.length).put(value);
    table.blockEntries++;
    table.entries++;
    table.bytes += bytes;
    openBytes += bytes;
    return bytes;
  }

  private ByteBuffer blockFor(Table table, int bytes) throws Exception {
    if (table.block != null && table.block.remaining() < bytes) {
      putBlock(table);
    }
    if (table.block == null) {
      table.block = ByteBuffer.allocate(Math.max(bytes, BLOCK_BYTES));
    }
    return table.block;
  }

  private void putBlock(Table table) throws Exception {
    Part part = open.partOf(table.name);
    byte[] bytes = new byte[table.block.position()];
    table.block.flip().get(bytes);
    store.putBlock(open.number(), part.firstBlock + part.blocks, bytes);
    part.blocks++;
    part.entries += table.blockEntries;
    part.bytes += bytes.length;
    table.block = null;
    table.blockEntries = 0;
  }

  /** Ends the segment that is appended to. */
  private void finish() throws Exception {
    for (Table table : tables.values()) {
      if (table.block != null) {
        putBlock(table);
      }
      table.settle(open);
      table.appended = null;
    }
    store.putDescription(open.number(), description(open, false));
    segments.addLast(open);
    next = open.number() + 2;
    open = null;
  }

  private void forEachEntry(Segment segment, Part part, StateStore.RowVisitor visitor)
      throws Exception {
    int entries = 0;
    for (int i = 0; i < part.blocks; i++) {
      byte[] bytes = store.block(segment.number(), part.firstBlock + i);
      if (bytes == null) {
        throw broken(segment, "has no block " + (part.firstBlock + i));
      }
      ByteBuffer block = ByteBuffer.wrap(bytes);
      while (block.hasRemaining()) {
        int row = block.getInt();
        int length = block.getInt();
        byte[] value = GONE;
        if (length != REMOVED) {
          value = new byte[length];
          block.get(value);
        }
        visitor.row(row, value);
        entries++;
      }
    }
    if (entries != part.entries) {
      throw broken(
          segment, "has %d rows of %s, not %d".formatted(entries, part.table, part.entries));
    }
  }

  private static IllegalStateException broken(Segment segment, String how) {
    return new IllegalStateException(
        "The snapshot is broken: segment %d of the model's log %s. Restore an earlier one."
            .formatted(segment.number(), how));
  }

  /**
   * @param isCleaned whether its rows are garbage: what says that they were removed may be gone
   */
  private static byte[] description(Segment segment, boolean isCleaned) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeByte(FORMAT);
    out.writeBoolean(isCleaned);
    out.writeInt(segment.parts().size());
    for (Part part : segment.parts()) {
      out.writeUTF(part.table);
      out.writeInt(part.blocks);
      out.writeInt(part.entries);
      out.writeLong(part.bytes);
    }
    return bytes.toByteArray();
  }

  private void read(int number, byte[] description) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(description));
    int format = in.readByte();
    if (format != FORMAT) {
      throw new IllegalStateException(
          "The snapshot's log has layout %d, and this version reads %d. Restore with the version that wrote it, or a later one."
              .formatted(format, FORMAT));
    }
    boolean isCleaned = in.readBoolean();
    Segment segment = new Segment(number, new ArrayList<>());
    int parts = in.readInt();
    for (int i = 0; i < parts; i++) {
      Part part = new Part(in.readUTF(), segment.blocks());
      part.blocks = in.readInt();
      part.entries = in.readInt();
      part.bytes = in.readLong();
      segment.parts().add(part);
    }
    if (isCleaned) {
      cleaned.add(segment);
    } else {
      segments.addLast(segment);
      for (Part part : segment.parts()) {
        Table table = table(part.table);
        table.entries += part.entries;
        table.bytes += part.bytes;
      }
    }
  }
}
