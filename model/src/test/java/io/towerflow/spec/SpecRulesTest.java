package io.towerflow.spec;

import static io.towerflow.spec.ModelSpecsTest.problemsOf;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Specs whose keys are all fine by themselves. */
class SpecRulesTest {

  private static final String EVENT = "event: {user: u, item: i, time: t}\n";
  private static final String IDS =
      EVENT + "query: {features: [{kind: id}]}\ncandidate: {features: [{kind: id}]}\n";

  @Test
  void featuresThatAreAddedUpHaveOneWidth() {
    assertThat(
            problemsOf(
                EVENT
                    + """
                    query: {features: [{kind: id, width: 8}]}
                    candidate:
                      features: [{kind: id, width: 8}, {kind: text, field: x, width: 16}]
                    towers: {combine: sum}
                    """))
        .containsExactly(
            "candidate.features[1].width: with towers.combine: sum all features of a side have one"
                + " width; candidate.features[0] is 8 wide and this one 16; make them equal or"
                + " combine by concat");
  }

  @Test
  void aHistoryIsAsWideAsTheCandidatesIds() {
    assertThat(
            problemsOf(
                EVENT
                    + """
                    query: {features: [{kind: history}, {kind: id, width: 8}]}
                    candidate: {features: [{kind: id, width: 16}]}
                    """))
        .containsExactly(
            "query.features[1].width: with towers.combine: sum all features of a side have one"
                + " width; query.features[0] is 16 wide (as the candidates' id is) and this one 8;"
                + " make them equal or combine by concat");
  }

  @Test
  void positivesAreToldByTheValue() {
    String sides = IDS.substring(EVENT.length());
    String other = "event: {user: u, item: i, time: t, value: v, positive_when: stars >= 4}\n";
    assertThat(problemsOf(other + sides))
        .containsExactly(
            "event.positive_when: it is about the field stars, and event.value is v; it takes a"
                + " condition on the value, so event.value: stars or a condition on v");
    String none = "event: {user: u, item: i, time: t, positive_when: stars >= 4}\n";
    assertThat(problemsOf(none + sides))
        .containsExactly(
            "event.positive_when: it is about the field stars, and event.value is not there; it"
                + " takes a condition on the value, so event.value: stars");
    String vague = "event: {user: u, item: i, time: t, value: v, positive_when: v is 4}\n";
    assertThat(problemsOf(vague + sides))
        .singleElement()
        .asString()
        .startsWith("event.positive_when: it is \"v is 4\", but takes a condition");
    String weight = "event: {user: u, item: i, time: t, value: v, weight: v}\n";
    assertThat(problemsOf(weight + sides))
        .containsExactly("event.weight: it is the field v, which is event.value already");
  }

  @Test
  void onlyEventsWithAnIdCanBeToldToBeTheSame() {
    String sides = IDS.substring(EVENT.length());
    assertThat(problemsOf("event: {user: u, item: i, time: t, deduplicate_within: 1h}\n" + sides))
        .containsExactly(
            "event.deduplicate_within: events without an id can't be told apart; it takes event.id,"
                + " the name of the field that holds it, or nothing");
    assertThat(problemsOf("event: {user: u, item: i, time: t, id: u}\n" + sides))
        .containsExactly("event.id: it is the field u, which is event.user already");
  }

  @Test
  void aNormalizedTimeCannotBeAddedToEmbeddings() {
    assertThat(
            problemsOf(
                EVENT
                    + """
                    query: {features: [{kind: id, width: 8}, {kind: normalized_time}]}
                    candidate: {features: [{kind: id, width: 8}]}
                    """))
        .containsExactly(
            "query.features[1]: with towers.combine: sum all features of a side have one width;"
                + " query.features[0] is 8 wide and this one 1 (it is one number); make them equal"
                + " or combine by concat");
  }

  @Test
  void aCyclicTimeIsAddedToEmbeddingsByItsWidthAndJoinedWithoutOne() {
    String sides =
        EVENT
            + """
            query: {features: [{kind: id, width: 8}, {kind: cyclic_time, cycles: [week]%s}]}
            candidate: {features: [{kind: id, width: %s}]}
            towers: {combine: %s}
            """;

    assertThat(problemsOf(sides.formatted("", "8", "sum")))
        .containsExactly(
            "query.features[1]: with towers.combine: sum all features of a side have one width;"
                + " query.features[0] is 8 wide and this one 2 (two numbers a cycle, unless it has"
                + " a width); make them equal or combine by concat");
    assertThat(problemsOf(sides.formatted(", width: 4", "8", "sum")))
        .singleElement()
        .asString()
        .startsWith("query.features[1].width: ")
        .contains("this one 4;");
    assertThat(ModelSpecs.parse(sides.formatted(", width: 8", "8", "sum")).query()).hasSize(2);
    assertThat(ModelSpecs.parse(sides.formatted("", "10", "concat")).query()).hasSize(2);
  }

  @Test
  void everyMemberLearnsAtARateThatSinglePrecisionKnows() {
    String members = IDS + "optimizer: {learning_rate: 1.0e-20}\ntowers: {members: [1, 1.0e-30]}";

    assertThat(problemsOf(members))
        .containsExactly(
            "towers.members: a member of 1.0E-30 learns at a rate of 1.0E-50, which single"
                + " precision takes for 0.0; it takes a number nearer to 1");
    assertThat(ModelSpecs.parse(IDS + "towers: {members: [1, 0.5]}").towers().members())
        .containsExactly(1.0, 0.5);
    assertThat(problemsOf(IDS + "towers: {members: []}")).hasSize(1);
  }

  @Test
  void aCycleIsNamedOnce() {
    assertThat(
            problemsOf(
                EVENT
                    + """
                    query: {features: [{kind: cyclic_time, cycles: [day, week, day]}]}
                    candidate: {features: [{kind: id}]}
                    towers: {layers: [4], combine: concat}
                    """))
        .containsExactly(
            "query.features[0].cycles: a cycle is named twice; leave out the second one");
  }

  @Test
  void aHistoryNeedsTheCandidatesIds() {
    assertThat(
            problemsOf(
                EVENT
                    + """
                    query: {features: [{kind: history}]}
                    candidate: {features: [{kind: text, field: x}]}
                    """))
        .containsExactly(
            "query.features[0]: a history reads the embeddings of the candidates' ids, and"
                + " candidate.features has no feature of kind id");
  }

  @Test
  void everyDecayOfAHistoryNeedsADimension() {
    assertThat(
            problemsOf(
                EVENT
                    + """
                    query: {features: [{kind: history, decays: [0.2, 0.5, 0.9]}]}
                    candidate: {features: [{kind: id, width: 2}]}
                    """))
        .containsExactly(
            "query.features[0].decays: each of the 3 decays needs a dimension to begin with, and"
                + " the candidates' id is only 2 wide");
  }

  @Test
  void withoutLayersBothTowersComeOutEquallyWide() {
    String sides =
        EVENT
            + """
            query: {features: [{kind: id, width: 8}, {kind: normalized_time}]}
            candidate: {features: [{kind: id, width: 8}]}
            """;

    // 8 + 1 against 8
    assertThat(problemsOf(sides + "towers: {combine: concat, layers: []}"))
        .containsExactly(
            "towers.layers: without layers both towers have to come out equally wide, but the query"
                + " is 9 wide and the candidate 8; change the widths of the features or add a"
                + " layer");
    assertThat(ModelSpecs.parse(sides + "towers: {combine: concat, layers: [4]}").towers().layers())
        .containsExactly(4);
  }

  @Test
  void withoutLayersSummedSidesComeOutEquallyWideToo() {
    assertThat(
            problemsOf(
                EVENT
                    + """
                    query: {features: [{kind: id, width: 8}]}
                    candidate: {features: [{kind: id, width: 16}]}
                    """))
        .singleElement()
        .asString()
        .contains("the query is 8 wide and the candidate 16");
  }

  @Test
  void popularityIsNotPartOfATowersWidth() {
    for (String combine : new String[] {"sum", "concat"}) {
      ModelSpec spec =
          ModelSpecs.parse(
              EVENT
                  + """
                  query: {features: [{kind: id, width: 8}]}
                  candidate: {features: [{kind: popularity}, {kind: id, width: 8}]}
                  """
                  + "towers: {combine: "
                  + combine
                  + "}");

      // three half-lives and the age
      assertThat(spec.popularity().orElseThrow().width()).isEqualTo(4);
    }
  }

  @Test
  void popularityAloneIsNoCandidate() {
    assertThat(
            problemsOf(
                EVENT
                    + """
                    query: {features: [{kind: id}]}
                    candidate: {features: [{kind: popularity}]}
                    """))
        .containsExactly(
            "candidate.features: popularity alone leaves the candidate tower nothing to read; it"
                + " takes an id or a text beside it");
  }

  @Test
  void aSingleNumberIsNotNormalized() {
    assertThat(problemsOf(IDS + "towers: {layers: [8, 1]}"))
        .singleElement()
        .asString()
        .startsWith("towers.normalize: ");
    assertThat(ModelSpecs.parse(IDS + "towers: {layers: [1], normalize: false}").towers().layers())
        .containsExactly(1);
  }

  @Test
  void gapsAreCountedForACorrectionAlone() {
    String gap = IDS + "loss: {frequency_estimate: gap, sampling_correction: %s}";
    assertThat(problemsOf(gap.formatted("0")))
        .containsExactly(
            "loss.frequency_estimate: gaps are counted for the sampling correction alone, and"
                + " loss.sampling_correction is 0; make that greater than 0 or leave out"
                + " frequency_estimate");
    assertThat(ModelSpecs.parse(gap.formatted("0.5")).loss().frequencyEstimate())
        .isEqualTo(LossSpec.FrequencyEstimate.GAP);
  }

  @Test
  void aRatingHeadHasAValueToLearn() {
    assertThat(problemsOf(IDS + "rating: {weight: 0.5}"))
        .containsExactly(
            "rating.weight: a rating head learns event.value, which is not there; name the field"
                + " that holds it or leave out rating");
    String valued = IDS.replace("time: t", "time: t, value: v");
    assertThat(ModelSpecs.parse(valued + "rating: {weight: 0.5, layers: [8]}").rating())
        .isEqualTo(new RatingSpec(0.5, List.of(8)));
    assertThat(ModelSpecs.parse(IDS + "rating: {layers: [8]}").rating().isLearnt()).isFalse();
  }

  @Test
  void aBatchOfOneNeedsNegativesFromElsewhere() {
    assertThat(problemsOf(IDS + "batch: {size: 1}\nloss: {uniform_negatives: 0}"))
        .containsExactly(
            "batch.size: a batch of one has no other items to learn against; it takes at least 2,"
                + " or loss.uniform_negatives above 0");
    assertThat(
            ModelSpecs.parse(IDS + "batch: {size: 1}\nloss: {uniform_negatives: 1}").batch().size())
        .isEqualTo(1);
  }

  @Test
  void theScoresOfABatchFitAnArray() {
    // 65 536 * 65 536 = 2^32
    assertThat(problemsOf(IDS + "batch: {size: 65536}\nloss: {uniform_negatives: 0}"))
        .singleElement()
        .asString()
        .contains("makes 4294967296 scores, more than an array holds (2147483647)");
    assertThat(problemsOf(IDS + "batch: {size: 4096}\nloss: {full_catalogue_until: 1000000}"))
        .containsExactly(
            "batch.size: a batch of 4096 against 1000000 items makes 4096000000 scores, more than"
                + " an array holds (2147483647); make the batch or loss.full_catalogue_until"
                + " smaller");
  }

  @Test
  void adagradHasSomethingToDivideBy() {
    assertThat(problemsOf(IDS + "optimizer: {initial_accumulator: 0, epsilon: 0}"))
        .singleElement()
        .asString()
        .startsWith("optimizer.epsilon: with an initial_accumulator of 0");
    assertThat(ModelSpecs.parse(IDS + "optimizer: {epsilon: 0}").optimizer())
        .isEqualTo(new OptimizerSpec.Adagrad(0.1, 0.1, 0.9999, 0));
  }

  @Test
  void aFieldMeansOneThing() {
    assertThat(
            problemsOf(
                """
                event: {user: id, item: id, time: t, value: t}
                query: {features: [{kind: id}]}
                candidate: {features: [{kind: id}]}
                """))
        .containsExactly(
            "event.item: it is the field id, which is event.user already",
            "event.value: it is the field t, which is event.time already");
  }

  @Test
  void theItemsIdMayBeItsLabelAndItsText() {
    ModelSpec spec =
        ModelSpecs.parse(
            """
            event: {user: u, item: title, time: t, label: title}
            query: {features: [{kind: id}]}
            candidate: {features: [{kind: text, field: title}]}
            """);

    assertThat(spec.event().texts()).containsExactly("title");
  }

  @Test
  void aFeatureIsDeclaredOnce() {
    assertThat(
            problemsOf(
                EVENT
                    + """
                    query: {features: [{kind: id}, {kind: id, width: 8}]}
                    candidate:
                      features:
                        - {kind: text, field: x}
                        - {kind: text, field: y}
                        - {kind: text, field: x}
                    towers: {combine: concat, layers: [4]}
                    """))
        .containsExactly(
            "query.features[1]: query.features[0] reads the same already, and a second one has no"
                + " rows of its own",
            "candidate.features[2]: candidate.features[0] reads the same already, and a second one"
                + " has no rows of its own");
  }

  @Test
  void timeMayBeCutBothWays() {
    ModelSpec spec =
        ModelSpecs.parse(
            EVENT
                + """
                query:
                  features:
                    - {kind: bucketized_time, period: 1h}
                    - {kind: bucketized_time, from: 2020-01-01, to: 2030-01-01}
                candidate: {features: [{kind: id}]}
                """);

    assertThat(spec.query())
        .hasExactlyElementsOfTypes(FeatureSpec.RollingTime.class, FeatureSpec.BucketizedTime.class);
  }

  @Test
  void timeBucketsTakeEitherAPeriodOrBounds() {
    String rest = "candidate: {features: [{kind: id}]}\n";

    assertThat(
            problemsOf(
                EVENT
                    + "query: {features: [{kind: bucketized_time, period: 1h, from: 1, to: 2}]}\n"
                    + rest))
        .singleElement()
        .asString()
        .startsWith("query.features[0]: there is no use for both period and from, to and buckets");
    assertThat(problemsOf(EVENT + "query: {features: [{kind: bucketized_time}]}\n" + rest))
        .singleElement()
        .asString()
        .startsWith("query.features[0]: there is neither period nor from, to and buckets");
  }

  @Test
  void timeBucketsLieBetweenTwoTimes() {
    String spec =
        EVENT
            + "query: {features: [{kind: bucketized_time, from: %s, to: %s, buckets: %d}]}\n"
            + "candidate: {features: [{kind: id}]}\n";

    assertThat(problemsOf(spec.formatted("2020-01-02", "2020-01-01", 10)))
        .containsExactly(
            "query.features[0].to: it is 2020-01-01T00:00:00Z, which is not after from"
                + " (2020-01-02T00:00:00Z)");
    // One second is 1000 milliseconds
    assertThat(problemsOf(spec.formatted("1", "2", 1001)))
        .singleElement()
        .asString()
        .startsWith("query.features[0].buckets: there are more buckets than milliseconds");
    assertThat(ModelSpecs.parse(spec.formatted("1", "2", 1000)).query()).hasSize(1);
  }

  @Test
  void aFieldMayBeReadByManyFeaturesButNotTwiceByOneKind() {
    String sides =
        EVENT
            + """
            query: {features: [{kind: category, field: x}, {kind: number, field: x, width: 32}%s]}
            candidate: {features: [{kind: category, field: x}, {kind: text, field: x}]}
            """;
    ModelSpec spec = ModelSpecs.parse(sides.formatted(""));

    assertThat(spec.event().context()).isEqualTo(new AttributeFields(List.of("x"), List.of("x")));
    assertThat(spec.event().itemAttributes())
        .isEqualTo(new AttributeFields(List.of("x"), List.of()));
    assertThat(spec.event().texts()).containsExactly("x");
    assertThat(problemsOf(sides.formatted(", {kind: category, field: x}")))
        .containsExactly(
            "query.features[2]: query.features[0] reads the same already, and a second one has no"
                + " rows of its own");
  }

  @Test
  void idsAndTheTimeAreNoCategoriesOrNumbers() {
    assertThat(
            problemsOf(
                EVENT
                    + """
                    query: {features: [{kind: category, field: u}, {kind: number, field: t, width: 32}]}
                    candidate: {features: [{kind: id}, {kind: category, field: i}]}
                    """))
        .containsExactly(
            "query.features[0].field: it is event.user already, which a category cannot read; take"
                + " another field",
            "query.features[1].field: it is event.time already, which a number cannot read; take"
                + " another field",
            "candidate.features[1].field: it is event.item already, which a category cannot read;"
                + " take another field");
  }

  @Test
  void aNumberWithoutAWidthIsOneNumber() {
    assertThat(
            problemsOf(
                EVENT
                    + """
                    query: {features: [{kind: id, width: 8}, {kind: number, field: x}]}
                    candidate: {features: [{kind: id, width: 8}]}
                    """))
        .singleElement()
        .asString()
        .contains("this one 1 (it is one number, unless it has a width)");
  }
}
