package io.towerflow.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.towerflow.message.RatingError;
import org.junit.jupiter.api.Test;

class PrequentialRatingTest {

  @Test
  void theErrorIsTheRootOfTheMeanOfTheSquares() {
    PrequentialRating rating = new PrequentialRating();
    rating.add(3, 4); // 1
    rating.add(5, 2); // 9
    rating.nextWindow();
    rating.add(1, 3); // 4
    assertThat(rating.window()).isEqualTo(new RatingError(1, 4));
    assertThat(rating.window().rmse()).isEqualTo(2);
    assertThat(rating.total()).isEqualTo(new RatingError(3, 14));
    assertThat(rating.total().rmse()).isCloseTo(2.160247, within(1e-6)); // sqrt(14 / 3)
  }

  @Test
  void overNoEventsThereIsNoError() {
    assertThat(new PrequentialRating().window().rmse()).isNaN();
  }

  @Test
  void whatIsRestoredGoesOn() {
    PrequentialRating quiet = new PrequentialRating();
    quiet.add(1, 2);
    quiet.nextWindow();
    quiet.add(1, 4);
    PrequentialRating restored = PrequentialRating.fromBytes(quiet.toBytes());
    quiet.add(0, 1);
    restored.add(0, 1);
    assertThat(restored.window()).isEqualTo(quiet.window()).isEqualTo(new RatingError(2, 10));
    assertThat(restored.total()).isEqualTo(quiet.total()).isEqualTo(new RatingError(3, 11));
    assertThatThrownBy(() -> PrequentialRating.fromBytes(new byte[5]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("32 bytes, not 5");
  }
}
