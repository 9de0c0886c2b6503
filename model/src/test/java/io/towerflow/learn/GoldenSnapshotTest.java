package io.towerflow.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.spec.CanonicalSpec;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Snapshots as each version of the layout wrote them, kept for good: whoever reads them still reads
 * what users have.
 *
 * <p>To renew after the layout was changed on purpose: raise {@link SnapshotHeader#FORMAT}, make
 * the learner read the version before, leave its file where it is and in these tests, and run
 *
 * <pre>mvn -pl model test -Dtest=GoldenSnapshotTest -Dgolden.write=true</pre>
 *
 * which writes {@code snapshot-FORMAT.bin.gz} beside it, with the model's digest inside.
 */
class GoldenSnapshotTest {

  private static final String SPEC =
      """
      name: golden
      event: {user: u, item: i, time: t, value: v, weight: w, positive_when: v >= 1, label: brand}
      query:
        features:
          - {kind: history, items: 3, decays: [0.2, 0.9], age_gate: false, mean_gate: false,
             moment: false, content: 0, hidden: 0}
          - {kind: bucketized_time, width: 2, period: 1d}
          - {kind: normalized_time}
          - {kind: category, field: device, width: 2}
          - {kind: number, field: age}
      candidate:
        features:
          - {kind: id, width: 2}
          - {kind: text, field: title, width: 2, tokens: 9}
          - {kind: category, field: genre, width: 2}
          - {kind: number, field: price}
          - {kind: popularity, half_lives: [5]}
      towers: {combine: concat, layers: [2], temperature: 0.13}
      loss: {uniform_negatives: 3, frequency_estimate: gap}
      rating: {weight: 0.1, layers: [2]}
      optimizer: {accumulator_decay: 1}
      batch: {size: 8}
      replay: {ratio: 1, memory: 20}
      evaluation: {every_events: 10}
      """;

  private static final Path FOLDER = Path.of("src/test/resources/io/towerflow/learn");

  /** A snapshot, and the digest of the model that it was taken of. */
  private record Golden(String digest, MemoryStore store) {

    static Golden read(int format) throws IOException {
      try (InputStream file =
          GoldenSnapshotTest.class.getResourceAsStream("snapshot-" + format + ".bin.gz")) {
        assertThat(file).as("the golden snapshot of format %d", format).isNotNull();
        DataInputStream in =
            new DataInputStream(new ByteArrayInputStream(new GZIPInputStream(file).readAllBytes()));
        String digest = in.readUTF();
        MemoryStore store = new MemoryStore();
        for (int tables = in.readInt(); tables > 0; tables--) {
          String table = in.readUTF();
          for (int rows = in.readInt(); rows > 0; rows--) {
            store.put(table, in.readInt(), in.readNBytes(in.readInt()));
          }
        }
        return new Golden(digest, store);
      }
    }

    byte[] bytes() throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(bytes))) {
        out.writeUTF(digest);
        out.writeInt(store.tables.size());
        for (Map.Entry<String, Map<Integer, byte[]>> table : store.tables.entrySet()) {
          out.writeUTF(table.getKey());
          out.writeInt(table.getValue().size());
          for (Map.Entry<Integer, byte[]> row : table.getValue().entrySet()) {
            out.writeInt(row.getKey());
            out.writeInt(row.getValue().length);
            out.write(row.getValue());
          }
        }
      }
      return bytes.toByteArray();
    }
  }

  /** 48 events make 6 batches and leave nothing that is not in the tables. */
  private static Golden taken() throws Exception {
    ModelSpec spec = ModelSpecs.parse(SPEC);
    MemoryStore store = new MemoryStore();
    try (TwoTowerLearner learner = new TwoTowerLearner(spec)) {
      new Shop(spec).next(48).forEach(example -> learner.learn(example, progress -> {}));
      learner.publish();
      learner.snapshot(store);
      return new Golden(learner.digest(), store);
    }
  }

  @Test
  void thisVersionWritesWhatTheGoldenSnapshotHolds() throws Exception {
    Golden now = taken();
    Path file = FOLDER.resolve("snapshot-" + SnapshotHeader.FORMAT + ".bin.gz");
    if (Boolean.getBoolean("golden.write")) {
      Files.createDirectories(FOLDER);
      Files.write(file, now.bytes());
      return;
    }

    // Weights may differ in their last digits from processor to processor; sizes may not.
    assertThat(sizes(now.store))
        .as(
            "tables, rows and their bytes; if this change is meant, raise SnapshotHeader.FORMAT and"
                + " follow the comment of this class")
        .isEqualTo(sizes(Golden.read(SnapshotHeader.FORMAT).store));
  }

  private static Map<String, Map<Integer, Integer>> sizes(MemoryStore store) {
    Map<String, Map<Integer, Integer>> sizes = new TreeMap<>();
    store.tables.forEach(
        (table, rows) -> {
          // A new key of the spec makes its text longer, and no snapshot unreadable.
          if (!table.equals("header")) {
            Map<Integer, Integer> bytes = new TreeMap<>();
            rows.forEach((row, value) -> bytes.put(row, value.length));
            sizes.put(table, bytes);
          }
        });
    return sizes;
  }

  @ParameterizedTest(name = "format {0}")
  @ValueSource(ints = {1, 2})
  void theGoldenSnapshotIsRestoredToItsDigestAndGoesOn(int format) throws Exception {
    Golden golden = Golden.read(format);
    ModelSpec spec = ModelSpecs.parse(SPEC);
    try (TwoTowerLearner learner = new TwoTowerLearner(spec)) {
      learner.restore(golden.store, List.of(), List.of());

      assertThat(learner.step()).isEqualTo(6);
      assertThat(learner.digest())
          .as("the model of the golden snapshot; what it holds is read as something else now")
          .isEqualTo(golden.digest);
      Shop shop = new Shop(spec);
      shop.next(48);
      shop.next(16).forEach(example -> learner.learn(example, progress -> {}));
      assertThat(learner.step()).isEqualTo(8);
    }
  }

  @Test
  void theGoldenSnapshotsSpecIsStillReadAsItWas() throws Exception {
    String text = new String(Golden.read(1).store.rows("header").get(1), StandardCharsets.UTF_8);

    assertThat(CanonicalSpec.read(text)).isEqualTo(ModelSpecs.parse(SPEC));
  }
}
