package io.towerflow.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpecChangeTest {

  private static final String SPEC =
      """
      seed: 1
      event: {user: u, item: i, time: t, value: stars}
      query:
        features:
          - {kind: id, width: 8}
          - {kind: bucketized_time, width: 4, period: 1d}
          - {kind: cyclic_time, cycles: [day]}
          - {kind: number, field: age, clamp: 3}
      candidate:
        features:
          - {kind: id, width: 8}
          - {kind: text, field: title, width: 8, tokens: 100, max_tokens: 8}
          - {kind: popularity, half_lives: [10], age: true}
      towers: {combine: concat, layers: [16]}
      rating: {weight: 0.5, layers: [4]}
      optimizer: {kind: adagrad, learning_rate: 0.1}
      replay: {memory: 100}
      """;

  private static SpecChange change(String from, String to) {
    assertThat(SPEC).contains(from);
    return SpecChange.between(ModelSpecs.parse(SPEC), ModelSpecs.parse(SPEC.replace(from, to)));
  }

  @Test
  void everyKeyIsEitherFreeOrFixedOrMayGrow() {
    List<Key<?>> undecided = new ArrayList<>();
    Set<String> structure =
        Set.of(
            "kind",
            "field",
            "features",
            "event",
            "vocabulary",
            "users",
            "items",
            "query",
            "candidate",
            "towers",
            "loss",
            "rating",
            "optimizer",
            "batch",
            "replay",
            "publication",
            "evaluation");
    for (Shape shape : Schema.SHAPES) {
      for (Key<?> key : shape.keys()) {
        int decisions =
            (SpecChange.FREE.contains(key) ? 1 : 0)
                + (SpecChange.FIXED.containsKey(key) ? 1 : 0)
                + (SpecChange.GROWING.contains(key) ? 1 : 0)
                + (SpecChange.CONDITIONAL.contains(key) ? 1 : 0);
        assertThat(decisions).as(key.name()).isLessThan(2);
        if (decisions == 0 && !structure.contains(key.name())) {
          undecided.add(key);
        }
      }
    }

    assertThat(undecided).as("say in SpecChange what a change of these means for state").isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "learning_rate: 0.1 | learning_rate: 0.01",
        "memory: 100 | memory: 7",
        "max_tokens: 8 | max_tokens: 4",
        "tokens: 100 | tokens: 200",
        "clamp: 3 | clamp: 5",
        "weight: 0.5 | weight: 2",
        "layers: [16] | layers: [16], temperature: 1, normalize: false, dropout: 0.1, members: [3]",
        "time: t | time: at",
        "replay: | 'batch: {size: 7}\nreplay:'",
      })
  void whatNoStateDependsOnMayChange(String from, String to) {
    assertThat(change(from, to)).isEqualTo(new SpecChange(List.of(), List.of(), List.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "replay: | 'vocabulary: {items: {time_to_live: 30d}}\n"
            + "replay:' | vocabulary.items.time_to_live: it was never and is 2592000000ms,",
        "replay: | 'vocabulary: {users: {admit_after: 2}}\n"
            + "replay:' | vocabulary.users.admit_after: it was 1 and is 2,",
        "seed: 1 | seed: 2 | seed: it was 1 and is 2, but rows that were never updated are a"
            + " function of it. Keep 1, or start without the snapshot.",
        "user: u | user: v | event.user: it was u and is v, but users' rows and histories belong to"
            + " the ids of that field. Keep u, or start without the snapshot.",
        "item: i | item: j | event.item: it was i and is j,",
        "period: 1d | period: 2d | query.features[1].period: it was 86400000ms and is 172800000ms,"
            + " but a row would stand for another time.",
        "cycles: [day] | cycles: [day, week] | query.features[2].cycles: it was [\"day\"] and is"
            + " [\"day\",\"week\"],",
        "clamp: 3 | log: true | query.features[3].log: it was false and is true,",
        "clamp: 3 | width: 3 | query.features[3].width: it was none and is 3,",
        "tokens: 100 | tokens: 50 | candidate.features[1].tokens: it was 100 and is 50, but more"
            + " than that may have a row by now. Make it 100 or more, or start without the"
            + " snapshot.",
        "half_lives: [10] | half_lives: [20] | candidate.features[2].half_lives:",
        "age: true | age: false | candidate.features[2].age:",
        "layers: [16] | layers: [16, 8] | towers.layers: it was [16] and is [16,8],",
        "layers: [16] | 'layers: [16], members: [1, 2]' | towers.members: it was [1.0] and is"
            + " [1.0,2.0], but a member that has learnt nothing would be heard as much as one that"
            + " has. Keep as many as in [1.0], or start without the snapshot.",
        "layers: [4] | layers: [] | rating.layers: it was [4] and is [],",
        "kind: adagrad | kind: sgd | optimizer.kind: it was adagrad and is sgd, but a row keeps"
            + " what its own optimizer remembers of it. Keep adagrad",
        "replay: | 'loss: {frequency_estimate: gap}\n"
            + "replay:' | loss.frequency_estimate: it was decayed and is gap,",
      })
  void whatStateDependsOnIsRefusedWithKeyValuesReasonAndCure(
      String from, String to, String refusal) {
    SpecChange change = change(from, to);

    assertThat(change.refusals()).singleElement().asString().startsWith(refusal);
    assertThatThrownBy(change::required)
        .isInstanceOf(SpecException.class)
        .hasMessage(
            "Going on from the snapshot with this model spec cannot work:\n  "
                + change.refusals().get(0));
  }

  @Test
  void featuresComeAndGoByWhatTheyRead() {
    SpecChange change =
        SpecChange.between(
            ModelSpecs.parse(SPEC),
            ModelSpecs.parse(
                SPEC.replace("- {kind: number, field: age, clamp: 3}", "- {kind: normalized_time}")
                    .replace(
                        "- {kind: text,", "- {kind: category, field: title}\n    - {kind: text,")));

    assertThat(change.fresh()).containsExactly("query normalized_time", "candidate category title");
    assertThat(change.dropped()).containsExactly("query number age");
    assertThatCode(change::required).doesNotThrowAnyException();
  }

  @Test
  void aHeadMayComeWithAnyLayersAndGo() {
    ModelSpec with = ModelSpecs.parse(SPEC);
    ModelSpec without = ModelSpecs.parse(SPEC.replace("weight: 0.5, layers: [4]", "layers: [9]"));

    assertThat(SpecChange.between(without, with).refusals()).isEmpty();
    assertThat(SpecChange.between(with, without).refusals()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void withoutLayersFeaturesKeepTheirPlaces(boolean last) {
    String spec =
        """
        event: {user: u, item: i, time: t}
        query: {features: [{kind: id, width: %d}]}
        candidate: {features: [%s]}
        towers: {combine: concat}
        """;
    String id = "{kind: id, width: 8}";
    String text = "{kind: text, field: title, width: 4}";
    ModelSpec before = ModelSpecs.parse(spec.formatted(8, id).replace("%d", "8"));
    ModelSpec after =
        ModelSpecs.parse(
            spec.formatted(8, last ? id + ", " + text : text + ", " + id)
                .replace(
                    "{kind: id, width: 8}]}\ncandidate",
                    "{kind: id, width: 8}, {kind: category, field: c, width: 4}]}\ncandidate"));

    List<String> refusals = SpecChange.between(before, after).refusals();

    if (last) {
      assertThat(refusals).isEmpty();
    } else {
      assertThat(refusals)
          .containsExactly(
              "candidate.features: the numbers of id began at 0 and begin at 4, but without layers"
                  + " a number of the query meets the candidate's of the same place. List the"
                  + " features as they were, new ones last, and leave none out before it, or start"
                  + " without the snapshot.");
    }
  }

  @Test
  void inputsFollowTheirFeaturesAndNewOnesComeFromNowhere() {
    // Query before: id 0-7, period 8-11, cycle 12-13, age 14.
    ModelSpec before = ModelSpecs.parse(SPEC);
    // After: period 0-3, a new category 4-6, age 7, id 8-15; the cycle is gone.
    ModelSpec after =
        ModelSpecs.parse(
            SPEC.replace(
                """
                    - {kind: id, width: 8}
                    - {kind: bucketized_time, width: 4, period: 1d}
                    - {kind: cyclic_time, cycles: [day]}
                    - {kind: number, field: age, clamp: 3}
                """
                    .indent(0),
                """
                    - {kind: bucketized_time, width: 4, period: 1d}
                    - {kind: category, field: device, width: 3}
                    - {kind: number, field: age, clamp: 3}
                    - {kind: id, width: 8}
                """
                    .indent(0)));

    InputBlocks blocks = InputBlocks.ofQuery(before, after);

    int[] moved = new int[15];
    for (int input = 0; input < moved.length; input++) {
      moved[input] = blocks.after(input);
    }
    assertThat(moved).containsExactly(8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, -1, -1, 7);
    assertThat(blocks.stayInPlace()).isFalse();
  }
}
