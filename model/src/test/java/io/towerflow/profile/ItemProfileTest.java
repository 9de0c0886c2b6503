package io.towerflow.profile;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ItemProfileTest {

  private final ItemProfile profile = new ItemProfile(129, new String[] {"Heat", "crime"});

  @Test
  void theSameTextsAreNothingNew() {
    assertThat(profile.hasTexts(new String[] {"Heat", "crime"})).isTrue();
  }

  @Test
  void oneOtherTextIsNews() {
    assertThat(profile.hasTexts(new String[] {"Heat", "drama"})).isFalse();
  }

  @Test
  void theSameTextsInAnotherOrderAreNews() {
    assertThat(profile.hasTexts(new String[] {"crime", "Heat"})).isFalse();
  }

  @Test
  void newTextsTakeThePlaceOfTheOldOnesAndTheIndexStays() {
    ItemProfile after = profile.withTexts(new String[] {"Heat", "drama"});

    assertThat(after.index()).isEqualTo(129);
    assertThat(after.texts()).containsExactly("Heat", "drama");
    assertThat(profile.texts()).containsExactly("Heat", "crime");
  }

  @Test
  void withoutTextFieldsThereIsNeverNews() {
    assertThat(new ItemProfile(129, new String[0]).hasTexts(new String[0])).isTrue();
  }
}
