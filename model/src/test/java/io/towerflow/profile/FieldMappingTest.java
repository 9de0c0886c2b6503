package io.towerflow.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.message.Attributes;
import io.towerflow.message.Event;
import io.towerflow.message.RawRecord;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;
import org.junit.jupiter.api.Test;

class FieldMappingTest {

  private static final String NAN = "[NaN, 3.0]";

  private static ModelSpec spec(String event, String query, String candidate) {
    return ModelSpecs.parse(
        """
        event: {user: u, item: i, time: t%s}
        query: {features: [{kind: id}%s]}
        candidate: {features: [{kind: id}%s]}
        towers: {combine: concat, layers: [4]}
        """
            .formatted(event, query, candidate));
  }

  private static final ModelSpec OLD =
      spec(
          ", label: brand",
          ", {kind: category, field: device}, {kind: number, field: age}",
          ", {kind: text, field: title, max_tokens: 8}, {kind: text, field: blurb, max_tokens: 8},"
              + " {kind: category, field: genre}, {kind: number, field: price}");

  private static final ModelSpec NEW =
      spec(
          "",
          ", {kind: category, field: page}, {kind: category, field: device},"
              + " {kind: number, field: hour}, {kind: number, field: age}",
          ", {kind: text, field: brand}, {kind: text, field: blurb, max_tokens: 9},"
              + " {kind: text, field: title, max_tokens: 7}, {kind: number, field: stock},"
              + " {kind: number, field: price}, {kind: category, field: genre}");

  private static final FieldMapping MAPPING = FieldMapping.between(OLD, NEW);

  private static final Attributes ITEM =
      new Attributes(new String[][] {{"drama", "war"}}, new double[] {3});

  private static final Attributes MOMENT =
      new Attributes(new String[][] {{"tv"}}, new double[] {40});

  @Test
  void anItemKeepsItsTextsByNameAndThoseOfWhichMoreIsReadAreUnknown() {
    ItemProfile item = new ItemProfile(7, new String[] {"Heat", "A heist.", "WB"}, ITEM);

    ItemProfile carried = MAPPING.carried(item);

    assertThat(carried.index()).isEqualTo(7);
    assertThat(carried.texts())
        .as("brand was a label, of the blurb 8 tokens were read and now are 9, of the title 7")
        .containsExactly(null, null, "Heat");
    assertThat(carried.attributes()).hasToString("[[drama, war]]" + NAN);
    assertThat(carried.has(new String[] {"", "A heist.", "Heat"}, carried.attributes()))
        .as("no event tells what is unknown, so the next one is news")
        .isFalse();
  }

  @Test
  void aUserKeepsTheLastKnownValuesByName() {
    UserProfile user = new UserProfile(7, new int[] {1}, new int[] {1}, new long[] {5}, MOMENT);

    UserProfile carried = MAPPING.carried(user);

    assertThat(carried.context()).hasToString("[[], [tv]][NaN, 40.0]");
    assertThat(carried.seen()).containsExactly(1);
    assertThat(carried.recentItems()).containsExactly(1);
    assertThat(carried.recentTimes()).containsExactly(5);
  }

  @Test
  void aUserOfWhomNothingIsKnownHasNoValueOfAnyField() {
    assertThat(MAPPING.carried(UserProfile.fresh(7)).context()).hasToString("[[], []][NaN, NaN]");
  }

  @Test
  void anEventThatWaitsHasTheNewFieldsAndEmptyTextsWhereItWasNotAsked() {
    Event event =
        new Event(
            "u",
            "i",
            9,
            4.5,
            0.5,
            true,
            new String[] {"Heat", "A heist.", "WB"},
            ITEM,
            MOMENT,
            "e",
            new RawRecord(
                new byte[] {1},
                new byte[] {2},
                "ratings",
                1,
                2,
                9,
                new String[] {"h"},
                new byte[][] {null}));

    assertThat(FieldMapping.between(NEW, OLD).carried(MAPPING.carried(event)))
        .as("there and back, nothing that both have is lost")
        .usingRecursiveComparison()
        .isEqualTo(event);
    assertThat(
            FieldMapping.between(spec(", label: brand", "", ""), OLD)
                .carriedTexts(new String[] {"WB"}))
        .containsExactly("", "", "WB");
  }

  @Test
  void whatReadsTheSameIsKeptAsItIs() {
    FieldMapping same = FieldMapping.between(OLD, OLD);

    assertThat(same.keepsItems()).isTrue();
    assertThat(same.keepsUsers()).isTrue();
    assertThat(same.keepsEvents()).isTrue();
    assertThat(MAPPING.keepsItems()).isFalse();
    assertThat(MAPPING.keepsUsers()).isFalse();
    assertThat(MAPPING.keepsEvents()).isFalse();
  }
}
