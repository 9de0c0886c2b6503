package io.towerflow.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalSpecTest {

  private static final String ALL_BOUNDS =
      """
      name: "everything: yes"
      seed: -9007199254740993
      event:
        {user: u, item: i, time: t, id: e, deduplicate_within: 90m, value: stars, weight: w,
         positive_when: stars >= 1e-5, label: l}
      order: time
      vocabulary: {users: {admit_after: 3, time_to_live: 30d}, items: {admit_after: 2}}
      query:
        features:
          - {kind: id, width: 3}
          - {kind: history, items: 7, decays: [0.1, 0.99], time_gate: false, age_gate: false,
             mean_gate: false, moment: false, content: 0.25, hidden: 5}
          - {kind: bucketized_time, width: 3, from: 1998-01-01, to: 1700000000001, buckets: 9}
          - {kind: bucketized_time, width: 4, period: 12h}
          - {kind: normalized_time, clamp: 2.5}
          - {kind: cyclic_time, cycles: [year, day]}
          - {kind: category, field: device, width: 5, values: 6, gain: 0.5}
          - {kind: number, field: age, clamp: 3, log: true, width: 2}
      candidate:
        features:
          - {kind: id, width: 3}
          - {kind: text, field: title, width: 3, tokens: 50, max_tokens: 6}
          - {kind: popularity, half_lives: [10, 1.0e6], age: false}
          - {kind: category, field: genre, width: 3}
          - {kind: number, field: price, width: 3}
      towers: {combine: concat, layers: [8, 4], dropout: 0.25, members: [1, 0.5]}
      loss: {reduction: mean, frequency_estimate: gap}
      rating: {weight: 0.5, layers: []}
      """;

  static List<String> specs() {
    List<String> specs =
        new ArrayList<>(ModelSpecs.presets().stream().map(ModelSpecs::text).toList());
    specs.add(ALL_BOUNDS + "optimizer: {kind: adam}\n");
    specs.add(ALL_BOUNDS + "optimizer: {kind: sgd, learning_rate: 0.3}\n");
    return specs;
  }

  @ParameterizedTest
  @MethodSource("specs")
  void aSpecComesBackFromItsTextAsItWas(String yaml) {
    ModelSpec spec = ModelSpecs.parse(yaml);

    assertThat(CanonicalSpec.read(CanonicalSpec.text(spec))).isEqualTo(spec);
  }

  @Test
  void everyKeyOfTheSchemaIsWritten() {
    Set<String> written = new TreeSet<>();
    for (String yaml : specs()) {
      collectNames(CanonicalSpec.tree(ModelSpecs.parse(yaml)), written);
    }

    Set<String> known = new TreeSet<>();
    Schema.SHAPES.forEach(shape -> shape.keys().forEach(key -> known.add(key.name())));
    assertThat(written).as("a key that isn't written is lost in a snapshot").isEqualTo(known);
  }

  private static void collectNames(JsonNode node, Set<String> names) {
    node.fieldNames().forEachRemaining(names::add);
    node.forEach(child -> collectNames(child, names));
  }

  @Test
  void defaultsAreWrittenOutSoThatALaterVersionMayHaveOthers() {
    String text = CanonicalSpec.text(ModelSpecs.load("online"));

    assertThat(text).contains("\"seed\":42").contains("\"temperature\":\"auto\"");
  }

  @Test
  void aHistoryOfAnEarlierTextDoesWhatItDidThen() {
    ModelSpec then =
        ModelSpecs.parse(
            """
            event: {user: u, item: i, time: t}
            query: {features: [{kind: history, age_gate: false, mean_gate: false, moment: false, content: 0, hidden: 0}]}
            candidate: {features: [{kind: id}]}
            """);
    String text =
        CanonicalSpec.text(then)
            .replace(",\"age_gate\":false,\"mean_gate\":false", "")
            .replace(",\"moment\":false,\"content\":0.0,\"hidden\":0", "");

    assertThat(text).doesNotContain("_gate\":false", "moment", "content", "hidden");
    assertThat(CanonicalSpec.read(text)).isEqualTo(then);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"sede\": 1}", "[]", "{", "\"online\""})
  void aTextThatAnotherVersionWroteIsRefused(String text) {
    assertThatThrownBy(() -> CanonicalSpec.read(text))
        .isInstanceOf(SpecException.class)
        .hasMessageStartingWith("The model spec in the snapshot cannot work:");
  }
}
