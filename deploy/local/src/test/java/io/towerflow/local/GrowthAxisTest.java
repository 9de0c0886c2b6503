package io.towerflow.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.local.GrowthAxis.Point;
import java.util.List;
import org.junit.jupiter.api.Test;

class GrowthAxisTest {

  @Test
  void whatGrowsIsToldWithTheSpeedThatIsLeft() {
    // 250 microseconds an event are 4,000 events a second.
    assertThat(axis(100, 250).sentence())
        .startsWith("From 10 to 1,000 items an event goes from 100 to 250 microseconds, 2.50 times")
        .endsWith("at the most of them a core learns 4,000 events a second.");
  }

  @Test
  void whatIsFlatOrFallsIsToldAsThat() {
    assertThat(axis(100, 129).sentence()).endsWith("speed need not be planned by them.");
    assertThat(axis(100, 50).sentence()).endsWith("the more, the less an event costs.");
  }

  private static GrowthAxis axis(double first, double last) {
    return new GrowthAxis(
        "catalogue", "items", List.of(new Point(10, first), new Point(1000, last)));
  }
}
