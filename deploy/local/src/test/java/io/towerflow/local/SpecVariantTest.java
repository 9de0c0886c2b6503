package io.towerflow.local;

import static io.towerflow.local.SpecVariant.Without.TEXT;
import static io.towerflow.local.SpecVariant.Without.TIME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.towerflow.spec.FeatureSpec;
import io.towerflow.spec.ModelSpec;
import io.towerflow.spec.ModelSpecs;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpecVariantTest {

  private static final String TUTORIAL = ModelSpecs.text("tutorial");

  @Test
  void aSpecWithoutChangesIsTheOneThatWasWritten() {
    List<SpecVariant> variants = SpecVariant.of(TUTORIAL, List.of(), List.of(), 1);
    assertThat(variants).hasSize(1);
    assertThat(variants.get(0).spec()).isEqualTo(ModelSpecs.load("tutorial"));
    assertThat(variants.get(0).name()).isEqualTo("64-32");
  }

  @Test
  void eachChoiceOfLayersIsFollowedByItselfWithoutFeatures() {
    List<SpecVariant> variants =
        SpecVariant.of(TUTORIAL, List.of(List.of(32), List.of(128, 64)), List.of(TIME, TEXT), 1);
    assertThat(variants)
        .extracting(SpecVariant::name)
        .containsExactly(
            "32",
            "32 without time",
            "32 without text",
            "128-64",
            "128-64 without time",
            "128-64 without text");
    assertThat(variants.get(3).spec().towers().layers()).containsExactly(128, 64);
  }

  @Test
  void eachVariantRunsUnderTheSpecsSeedAndThoseAfterIt() {
    List<SpecVariant> variants = SpecVariant.of(TUTORIAL, List.of(List.of(32)), List.of(TIME), 3);
    assertThat(variants)
        .extracting(SpecVariant::name)
        .containsExactly(
            "32 seed 1",
            "32 seed 2",
            "32 seed 3",
            "32 without time seed 1",
            "32 without time seed 2",
            "32 without time seed 3");
    assertThat(variants)
        .extracting(variant -> variant.spec().seed())
        .containsExactly(1L, 2L, 3L, 1L, 2L, 3L);
    assertThat(variants.get(4).kind()).isEqualTo("32 without time");
    assertThat(variants.get(4).spec().query())
        .isEqualTo(variants.get(3).spec().query())
        .isNotEqualTo(variants.get(1).spec().query());
  }

  @Test
  void onlyTheNamedFeaturesAreLeftOut() {
    List<SpecVariant> variants = SpecVariant.of(TUTORIAL, List.of(), List.of(TIME, TEXT), 1);
    ModelSpec full = ModelSpecs.load("tutorial");
    ModelSpec noTime = variants.get(1).spec();
    assertThat(noTime.query()).extracting(FeatureSpec::kind).containsExactly("id");
    assertThat(noTime.candidate()).isEqualTo(full.candidate());
    ModelSpec noText = variants.get(2).spec();
    assertThat(noText.query()).isEqualTo(full.query());
    assertThat(noText.candidate()).extracting(FeatureSpec::kind).containsExactly("id");
    assertThat(noText.loss()).isEqualTo(full.loss());
  }

  @Test
  void towersMayHaveNoLayersWhereTheyComeOutEquallyWide() {
    String sums =
        """
        event: {user: u, item: i, time: t}
        query: {features: [{kind: id, width: 8}]}
        candidate: {features: [{kind: id, width: 8}]}
        """;
    SpecVariant variant = SpecVariant.of(sums, List.of(List.of()), List.of(), 1).get(0);
    assertThat(variant.spec().towers().layers()).isEmpty();
    assertThat(variant.name()).isEqualTo("no layers");
  }

  @Test
  void featuresThatAreNotThereCannotBeLeftOut() {
    String ids =
        """
        event: {user: u, item: i, time: t}
        query: {features: [{kind: id, width: 8}]}
        candidate: {features: [{kind: id, width: 8}]}
        """;
    assertThatThrownBy(() -> SpecVariant.of(ids, List.of(), List.of(TIME), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("--without time: the spec has no such features");
  }
}
