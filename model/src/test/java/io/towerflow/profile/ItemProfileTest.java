package io.towerflow.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.towerflow.message.Attributes;
import org.junit.jupiter.api.Test;

class ItemProfileTest {

  private final ItemProfile profile =
      new ItemProfile(129, new String[] {"Heat", "crime"}, Attributes.NONE);

  @Test
  void theSameTextsAreNothingNew() {
    assertThat(profile.has(new String[] {"Heat", "crime"}, Attributes.NONE)).isTrue();
  }

  @Test
  void oneOtherTextIsNews() {
    assertThat(profile.has(new String[] {"Heat", "drama"}, Attributes.NONE)).isFalse();
  }

  @Test
  void theSameTextsInAnotherOrderAreNews() {
    assertThat(profile.has(new String[] {"crime", "Heat"}, Attributes.NONE)).isFalse();
  }

  @Test
  void newTextsTakeThePlaceOfTheOldOnesAndTheIndexStays() {
    ItemProfile after = profile.with(new String[] {"Heat", "drama"}, Attributes.NONE);

    assertThat(after.index()).isEqualTo(129);
    assertThat(after.texts()).containsExactly("Heat", "drama");
    assertThat(profile.texts()).containsExactly("Heat", "crime");
  }

  @Test
  void withoutTextFieldsThereIsNeverNews() {
    assertThat(
            new ItemProfile(129, new String[0], Attributes.NONE)
                .has(new String[0], Attributes.NONE))
        .isTrue();
  }
}
