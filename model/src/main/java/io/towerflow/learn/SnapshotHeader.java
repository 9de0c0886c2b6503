package io.towerflow.learn;

import io.towerflow.spec.CanonicalSpec;
import io.towerflow.spec.ModelSpec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a snapshot says of itself: the version of its layout, the spec that it was taken under, and
 * what computed the model. A table of its own with a row for each, written with a learner's first
 * snapshot.
 *
 * @param format the version of the layout; {@value #UNVERSIONED} before there were versions
 * @param spec as {@link CanonicalSpec} writes it; nothing before there were versions
 * @param arithmetic what computed the last step, see {@link io.towerflow.arithmetic.Passes#name};
 *     nothing before there was a choice
 */
record SnapshotHeader(int format, Optional<String> spec, Optional<String> arithmetic) {

  /** The layout that this version writes. Raise it when a row's bytes or its meaning change. */
  static final int FORMAT = 2;

  private static final int UNVERSIONED = 0;
  private static final String TABLE = "header";
  private static final int FORMAT_ROW = 0;
  private static final int SPEC_ROW = 1;
  private static final int ARITHMETIC_ROW = 2;

  /** The header of snapshots that this version takes under a spec. */
  static SnapshotHeader of(ModelSpec spec, String arithmetic) {
    return new SnapshotHeader(
        FORMAT, Optional.of(CanonicalSpec.text(spec)), Optional.of(arithmetic));
  }

  /**
   * Reads a snapshot's header.
   *
   * @throws IllegalArgumentException if a later version took the snapshot
   */
  static SnapshotHeader read(StateStore.Reader snapshot) throws Exception {
    Map<Integer, byte[]> rows = new HashMap<>();
    snapshot.forEach(TABLE, rows::put);
    byte[] format = rows.get(FORMAT_ROW);
    if (format == null) {
      return new SnapshotHeader(UNVERSIONED, Optional.empty(), Optional.empty());
    }
    int version = ByteBuffer.wrap(format).getInt();
    if (version > FORMAT) {
      throw new IllegalArgumentException(
          "The snapshot's layout is of version %d, and this program knows versions up to %d: a later program took it. Go on with that one, or start without the snapshot."
              .formatted(version, FORMAT));
    }
    return new SnapshotHeader(version, text(rows.get(SPEC_ROW)), text(rows.get(ARITHMETIC_ROW)));
  }

  private static Optional<String> text(byte[] bytes) {
    return Optional.ofNullable(bytes).map(text -> new String(text, StandardCharsets.UTF_8));
  }

  void write(StateStore.Writer writer) throws Exception {
    writer.put(TABLE, FORMAT_ROW, ByteBuffer.allocate(Integer.BYTES).putInt(format).array());
    writer.put(TABLE, SPEC_ROW, spec.orElse("").getBytes(StandardCharsets.UTF_8));
    writer.put(TABLE, ARITHMETIC_ROW, arithmetic.orElse("").getBytes(StandardCharsets.UTF_8));
  }
}
