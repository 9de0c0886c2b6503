package io.towerflow.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.towerflow.arithmetic.Arithmetic;
import io.towerflow.learn.Learner;
import io.towerflow.local.GrowthAxis.Point;
import io.towerflow.local.LearnCell.Coordinates;
import io.towerflow.message.Event;
import io.towerflow.profile.UserProfile;
import io.towerflow.spec.FeatureSpec;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * The cells of the page on growth. On each axis one thing grows; where it is not the axis, there
 * are two thousand items and five hundred users, and all else is as the spec says.
 */
final class GrowthBench implements AutoCloseable {

  private static final int ITEMS = 2_000;
  private static final int USERS = 500;
  private static final int FEW_USERS = 20;
  private static final int WARM_UP = 1024;
  private static final long SEED = 42;
  private static final int ROWS_WIDTH = 32;
  private static final YAMLMapper YAML = new YAMLMapper();

  /** The tables with a row an item. */
  private static final Pattern ITEM_TABLES =
      Pattern.compile("catalogue|popularity|rows\\.(member\\d+\\.)?item(_bias)?");

  private final String yaml;
  private final int events;
  private final Map<String, Axis> axes = new LinkedHashMap<>();
  private final List<LearnCell> cells = new ArrayList<>();
  private final StreamCell plain;

  /** An axis while it is put together: of each size its cell. */
  private record Axis(String what, Map<Long, LearnCell> cells) {}

  /**
   * @param yaml the spec's text
   * @param events of a round
   * @param scale the largest numbers are divided by it
   */
  GrowthBench(String yaml, int events, int scale) throws Exception {
    this.yaml = yaml;
    this.events = Math.max(events, ModelSpecs.parse(yaml).batch().size());
    for (int items : new int[] {ITEMS, 20_000 / scale, 100_000 / scale}) {
      add("catalogue", "items", items, shop(yaml, items, USERS));
    }
    for (int rows : new int[] {1_000, 30_000 / scale, 300_000 / scale}) {
      add("rows", "rows of a table of the tutorial's", rows, rows(rows));
    }
    if (hasHistory()) {
      for (int length : new int[] {10, 30, 100, 300}) {
        add("history", "items of a history", length, shop(history(length), ITEMS, FEW_USERS));
      }
    }
    for (int users : new int[] {USERS, 10_000, 250_000 / scale}) {
      add("users", "users", users, shop(yaml, ITEMS, users));
    }
    for (int size : new int[] {16, 64, 256, 1024}) {
      add("batch", "events of a batch", size, shop(batch(size), ITEMS, USERS));
    }
    plain = shop(yaml, ITEMS, USERS);
  }

  private void add(String key, String what, long size, LearnCell cell) {
    LearnCell before =
        axes.computeIfAbsent(key, k -> new Axis(what, new LinkedHashMap<>()))
            .cells
            .putIfAbsent(size, cell);
    if (before == null) {
      cells.add(cell);
    } else {
      cell.close();
    }
  }

  /** What is to be measured. */
  List<LearnCell> cells() {
    return List.copyOf(cells);
  }

  /**
   * The page.
   *
   * @param measured the cells, in their order
   * @param frontier presets over a data set
   */
  GrowthReport report(List<LearnFigures> measured, List<LearnFigures> frontier) throws Exception {
    List<GrowthAxis> told = new ArrayList<>();
    axes.forEach(
        (key, axis) -> {
          List<Point> points = new ArrayList<>();
          axis.cells.forEach(
              (size, cell) ->
                  points.add(
                      new Point(
                          size,
                          1e6 / measured.get(cells.indexOf(cell)).eventsPerProcessorSecond())));
          points.sort(Comparator.comparingLong(Point::size));
          told.add(new GrowthAxis(key, axis.what, points));
        });
    return new GrowthReport(
        Machine.description(),
        ModelSpecs.parse(yaml).name(),
        told,
        new GrowthReport.State(bytesOfItem(), bytesOfUser()),
        frontier.stream()
            .sorted(Comparator.comparingDouble(LearnFigures::eventsPerSecond))
            .toList());
  }

  /** Of the rows that an item has in a snapshot, the mean of each table. */
  private double bytesOfItem() throws Exception {
    SnapshotMemory memory = new SnapshotMemory();
    try (Learner learner = plain.learner()) {
      ExampleFeed feed = plain.feed();
      plain.events().forEach(event -> learner.learn(feed.next(event), progress -> {}));
      learner.snapshot(memory);
    }
    // What is known from the start is in the stock's snapshot.
    SnapshotMemory stock = plain.stock().orElseThrow().snapshot();
    double bytes = 0;
    for (SnapshotMemory each : List.of(memory, stock)) {
      for (Map.Entry<String, Integer> table : each.rows().entrySet()) {
        boolean counted = each == stock && memory.rows().containsKey(table.getKey());
        if (ITEM_TABLES.matcher(table.getKey()).matches() && !counted) {
          bytes += (double) each.bytes(table.getKey()) / table.getValue();
        }
      }
    }
    return bytes;
  }

  /** As Flink writes it, of somebody who has taken a hundred items. */
  private double bytesOfUser() throws IOException {
    ModelSpec spec = ModelSpecs.parse(yaml);
    UserProfile user = UserProfile.fresh(1);
    for (int item = 1; item <= GrowthReport.State.TAKEN; item++) {
      user = user.after(item, 1000L * item, spec.historyItems());
    }
    DataOutputSerializer out = new DataOutputSerializer(1024);
    TypeInformation.of(UserProfile.class)
        .createSerializer(new SerializerConfigImpl())
        .serialize(user, out);
    return out.length();
  }

  private boolean hasHistory() {
    return ModelSpecs.parse(yaml).query().stream().anyMatch(FeatureSpec.History.class::isInstance);
  }

  private String history(int length) {
    ObjectNode spec = tree("history of " + length);
    spec.withObject("/query")
        .withArray("features")
        .forEach(
            feature -> {
              if (feature.path("kind").asText().equals("history")) {
                ((ObjectNode) feature).put("items", length);
              }
            });
    return spec.toString();
  }

  private String batch(int size) {
    ObjectNode spec = tree("batches of " + size);
    spec.withObject("/batch").put("size", size);
    return spec.toString();
  }

  private ObjectNode tree(String variant) {
    try {
      ObjectNode spec = (ObjectNode) YAML.readTree(yaml);
      return spec.put("name", spec.path("name").asText() + ", " + variant);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("A spec that works is YAML", e);
    }
  }

  private StreamCell shop(String text, int items, int users) throws Exception {
    ModelSpec spec = ModelSpecs.parse(text);
    ShopStream shop = new ShopStream(items, users, Math.max(events, spec.batch().size()), SEED);
    List<Event> stream = new ArrayList<>();
    Events.read(shop, spec.event(), stream::add);
    Stock stock = Stock.of(text, reader -> Events.read(shop.stock(), spec.event(), reader));
    return new StreamCell(
        new Coordinates(
            String.format(Locale.ROOT, "%s, %,d users", spec.name(), users),
            OptionalLong.of(items),
            OptionalLong.empty(),
            OptionalLong.empty(),
            Arithmetic.AUTO),
        spec,
        stream,
        WARM_UP,
        Optional.of(stock));
  }

  private LearnCell rows(int rows) {
    return new RowsCell(
        new Coordinates(
            RowsCell.PRESET,
            OptionalLong.empty(),
            OptionalLong.of(rows),
            OptionalLong.of(ROWS_WIDTH),
            Arithmetic.AUTO),
        Math.max(1, events / RowsCell.BATCH));
  }

  @Override
  public void close() {
    cells.forEach(LearnCell::close);
  }
}
