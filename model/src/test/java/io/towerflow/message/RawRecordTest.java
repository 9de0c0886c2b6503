package io.towerflow.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RawRecordTest {

  @Test
  void ofAPlaceNothingElseIsThere() {
    assertThat(RawRecord.at("ratings", 3, 17))
        .usingRecursiveComparison()
        .isEqualTo(new RawRecord(null, null, "ratings", 3, 17, -1, new String[0], new byte[0][]));
  }

  @Test
  void anEventThatAnOlderSnapshotHoldsWithoutItsRecordIsRefusedWithTheCure() {
    assertThatThrownBy(
            () ->
                new Event(
                    "u",
                    "i",
                    0,
                    Double.NaN,
                    1,
                    true,
                    new String[0],
                    Attributes.NONE,
                    Attributes.NONE,
                    "",
                    null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "An event has no record. If it is from a snapshot, that was taken by a build of before"
                + " the first release: start without it.");
  }
}
