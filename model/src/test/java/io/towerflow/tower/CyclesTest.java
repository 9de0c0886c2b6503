package io.towerflow.tower;

import static io.towerflow.spec.FeatureSpec.CyclicTime.Cycle.DAY;
import static io.towerflow.spec.FeatureSpec.CyclicTime.Cycle.WEEK;
import static io.towerflow.spec.FeatureSpec.CyclicTime.Cycle.YEAR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.towerflow.spec.FeatureSpec.CyclicTime.Cycle;
import java.time.Instant;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class CyclesTest {

  private static final Offset<Float> CLOSE = within(1e-6f);

  private static float[] numbers(String time, Cycle... cycles) {
    float[] out = new float[2 * cycles.length];
    Cycles.write(List.of(cycles), Instant.parse(time).toEpochMilli(), out, 0);
    return out;
  }

  @Test
  void aDayGoesRoundFromMidnight() {
    assertThat(numbers("2026-05-04T00:00:00Z", DAY)).containsExactly(new float[] {0, 1}, CLOSE);
    assertThat(numbers("2026-05-04T06:00:00Z", DAY)).containsExactly(new float[] {1, 0}, CLOSE);
    assertThat(numbers("2026-05-04T12:00:00Z", DAY)).containsExactly(new float[] {0, -1}, CLOSE);
    // 3 hours are an eighth of the way: sin and cos of 45 degrees are the root of a half.
    assertThat(numbers("2026-05-04T03:00:00Z", DAY))
        .containsExactly(new float[] {0.70710677f, 0.70710677f}, CLOSE);
  }

  @Test
  void aWeekGoesRoundFromThursday() {
    assertThat(numbers("2026-05-07T00:00:00Z", WEEK)).containsExactly(new float[] {0, 1}, CLOSE);
    // Monday, noon: 4.5 of 7 days, sin and cos of 231.43 degrees.
    assertThat(numbers("2026-05-04T12:00:00Z", WEEK))
        .containsExactly(new float[] {-0.7818315f, -0.6234898f}, CLOSE);
  }

  @Test
  void aYearGoesRoundFromTheEpoch() {
    // 1461 days after the epoch four years of 365.2425 days and 0.03 days have passed.
    assertThat(numbers("1974-01-01T00:00:00Z", YEAR))
        .containsExactly(new float[] {(float) Math.sin(2 * Math.PI * 0.03 / 365.2425), 1}, CLOSE);
  }

  @Test
  void theSameHourHasTheSameNumbersInAnyWeek() {
    assertThat(numbers("2099-12-28T17:30:00Z", DAY, WEEK))
        .hasSize(4)
        .containsExactly(numbers("1970-01-05T17:30:00Z", DAY, WEEK));
  }
}
