package io.towerflow.message;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AttributesTest {

  private static Attributes of(String[] first, String[] second, double... numbers) {
    return new Attributes(new String[][] {first, second}, numbers);
  }

  private static String[] values(String... values) {
    return values;
  }

  @Test
  void whereAFieldHasNoValueItsEarlierOneIsTheLastKnown() {
    Attributes earlier = of(values("phone"), values("de", "at"), 1, Double.NaN);
    Attributes latest = of(values(), values("fr"), Double.NaN, 7);

    assertThat(latest.orElse(earlier)).isEqualTo(of(values("phone"), values("fr"), 1, 7));
    assertThat(latest.orElse(Attributes.NONE)).isEqualTo(latest);
    assertThat(latest).isEqualTo(of(values(), values("fr"), Double.NaN, 7));
  }

  @Test
  void equalContentsAreEqual() {
    Attributes one = of(values("a"), values(), Double.NaN);

    assertThat(one).isEqualTo(of(values("a"), values(), Double.NaN));
    assertThat(one).hasSameHashCodeAs(of(values("a"), values(), Double.NaN));
    assertThat(one).isNotEqualTo(of(values(), values("a"), Double.NaN));
    assertThat(one).isNotEqualTo(of(values("a"), values(), 0));
  }
}
