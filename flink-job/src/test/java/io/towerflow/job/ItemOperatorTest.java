package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.towerflow.job.Harness.Subtask;
import io.towerflow.message.Attributes;
import io.towerflow.message.Event;
import io.towerflow.message.RawRecord;
import io.towerflow.profile.IndexSpace;
import io.towerflow.spec.Lifetime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

class ItemOperatorTest {

  private static final String SPEC =
      """
      event: {user: u, item: i, time: t, label: title}
      query: {features: [{kind: id}]}
      candidate: {features: [{kind: id}]}
      """;

  @Test
  void aShardCountsItsItemsFromOneInTheOrderTheyCome() throws Exception {
    List<String> sameShard = idsOfOneShard(3);
    int shard = IndexSpace.shardOf(sameShard.get(0));
    try (var items = operator()) {
      for (String id : sameShard) {
        items.process(event(id, "a title"));
      }
      items.process(event(sameShard.get(1), "a title"));

      assertThat(items.output())
          .extracting(IndexedEvent::itemIndex, IndexedEvent::newItem)
          .containsExactly(
              tuple(128 + shard, true),
              tuple(256 + shard, true),
              tuple(384 + shard, true),
              tuple(256 + shard, false));
    }
  }

  @Test
  void textsGoOnOnlyWhereTheyAreNews() throws Exception {
    try (var items = operator()) {
      items.process(event("7", "Heat"));
      items.process(event("7", "Heat"));
      items.process(event("7", "Heat (1995)"));
      items.process(event("7", "Heat (1995)"));

      assertThat(items.output())
          .extracting(IndexedEvent::texts)
          .containsExactly(new String[] {"Heat"}, null, new String[] {"Heat (1995)"}, null);
    }
  }

  @Test
  void theRestOfTheEventPassesUnchanged() throws Exception {
    RawRecord record = TwoTastes.record(1);
    try (var items = operator()) {
      items.process(
          new SequencedEvent(
              9,
              8,
              false,
              0,
              0,
              new Event(
                  "u",
                  "7",
                  1234L,
                  4.5,
                  0.25,
                  false,
                  new String[] {"Heat"},
                  Attributes.NONE,
                  Attributes.NONE,
                  "",
                  record)));

      List<IndexedEvent> passed = items.output();
      assertThat(passed)
          .extracting(
              IndexedEvent::sequence,
              IndexedEvent::previous,
              IndexedEvent::user,
              IndexedEvent::item,
              IndexedEvent::time,
              IndexedEvent::value,
              IndexedEvent::weight,
              IndexedEvent::positive)
          .containsExactly(tuple(9L, 8L, "u", "7", 1234L, 4.5, 0.25, false));
      assertThat(passed.get(0).record()).usingRecursiveComparison().isEqualTo(record);
    }
  }

  @Test
  void indicesAndTextsSurviveRescalingUpAndDown() throws Exception {
    List<String> ids = IntStream.range(0, 300).mapToObj(i -> "item-" + i).toList();
    Map<String, Integer> indices = new HashMap<>();
    OperatorSubtaskState one;
    try (var items = operator()) {
      for (String id : ids) {
        items.process(event(id, id));
      }
      items.output().forEach(event -> indices.put(event.item(), event.itemIndex()));
      one = items.snapshot();
    }
    assertThat(indices.values()).doesNotHaveDuplicates();

    OperatorSubtaskState[] two = new OperatorSubtaskState[2];
    int knownAgain = 0;
    for (int i = 0; i < 2; i++) {
      Subtask half = new Subtask(i, 2);
      try (var items = operator(half, one)) {
        for (String id : ids) {
          if (half.owns(ShardKeys.keyOf(id))) {
            items.process(event(id, id));
          }
        }
        List<IndexedEvent> again = items.output();
        assertKnown(again, indices);
        knownAgain += again.size();
        two[i] = items.snapshot();
      }
    }
    assertThat(knownAgain).isEqualTo(300);

    try (var items = operator(Subtask.ONLY, two)) {
      for (String id : ids) {
        items.process(event(id, id));
      }
      assertKnown(items.output(), indices);

      List<String> newcomers = IntStream.range(300, 400).mapToObj(i -> "item-" + i).toList();
      for (String id : newcomers) {
        items.process(event(id, id));
      }
      assertThat(items.output())
          .allMatch(IndexedEvent::newItem)
          .extracting(IndexedEvent::itemIndex)
          .doesNotHaveDuplicates()
          .doesNotContainAnyElementsOf(indices.values());
    }
  }

  private static void assertKnown(List<IndexedEvent> events, Map<String, Integer> indices) {
    assertThat(events)
        .isNotEmpty()
        .allSatisfy(
            event -> {
              assertThat(event.newItem()).as("%s is new", event.item()).isFalse();
              assertThat(event.texts()).as("news of %s", event.item()).isNull();
              assertThat(event.itemIndex())
                  .as("index of %s", event.item())
                  .isEqualTo(indices.get(event.item()));
            });
  }

  private static List<String> idsOfOneShard(int count) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; ids.size() < count; i++) {
      if (IndexSpace.shardOf("item-" + i) == IndexSpace.shardOf("item-0")) {
        ids.add("item-" + i);
      }
    }
    return ids;
  }

  private static SequencedEvent event(String item, String title) {
    return new SequencedEvent(
        2,
        1,
        false,
        0,
        0,
        new Event(
            "u",
            item,
            0L,
            Double.NaN,
            1,
            true,
            new String[] {title},
            Attributes.NONE,
            Attributes.NONE,
            "",
            RawRecord.at("ratings", 0, 0)));
  }

  private static Harness<Integer, SequencedEvent, IndexedEvent> operator() throws Exception {
    return operator(Subtask.ONLY);
  }

  private static Harness<Integer, SequencedEvent, IndexedEvent> operator(
      Subtask subtask, OperatorSubtaskState... snapshots) throws Exception {
    return operator(SPEC, subtask, snapshots);
  }

  private static Harness<Integer, SequencedEvent, IndexedEvent> operator(
      String spec, Subtask subtask, OperatorSubtaskState... snapshots) throws Exception {
    return Harness.of(
        new ItemOperator(Lifetime.UNBOUNDED, spec),
        sequenced -> ShardKeys.keyOf(sequenced.event().item()),
        subtask,
        snapshots);
  }

  @Test
  void attributesGoOnOnlyWhereTheyAreNewsAndTheContextAlways() throws Exception {
    Attributes cheap = new Attributes(new String[][] {{"crime"}}, new double[] {1});
    Attributes dear = new Attributes(new String[][] {{"crime"}}, new double[] {2});
    Attributes context = new Attributes(new String[][] {{"tv"}}, new double[0]);
    try (var items = operator()) {
      for (Attributes attributes : List.of(cheap, cheap, dear)) {
        items.process(
            new SequencedEvent(
                2,
                1,
                false,
                0,
                0,
                new Event(
                    "u",
                    "7",
                    0L,
                    1,
                    1,
                    true,
                    new String[0],
                    attributes,
                    context,
                    "",
                    RawRecord.at("ratings", 0, 0))));
      }

      List<IndexedEvent> events = items.output();
      assertThat(events).extracting(IndexedEvent::attributes).containsExactly(cheap, null, dear);
      assertThat(events).extracting(IndexedEvent::context).containsOnly(context);
    }
  }

  @Test
  void aTextThatWasNotReadForAWhileIsNewsToTheModelWhenItIsReadAgain() throws Exception {
    String read =
        SPEC.replace(
            "candidate: {features: [{kind: id}",
            "candidate: {features: [{kind: id}, {kind: text, field: title}");
    OperatorSubtaskState snapshot;
    try (var items = operator(read, Subtask.ONLY)) {
      items.process(event("7", "Heat"));
      snapshot = items.snapshot();
    }
    try (var items = operator(SPEC, Subtask.ONLY, snapshot)) { // a label alone, and no event
      snapshot = items.snapshot();
    }
    try (var items = operator(read, Subtask.ONLY, snapshot)) {
      items.process(event("7", "Heat"));
      items.process(event("7", "Heat"));

      assertThat(items.output())
          .extracting(IndexedEvent::newItem, event -> event.texts() != null)
          .containsExactly(tuple(false, true), tuple(false, false));
    }
  }
}
