package io.towerflow.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AsideTest {

  @Test
  void oneThreadDoesAllByItself() {
    try (Aside aside = Aside.of(1, "aside")) {
      assertThat(aside.begin(Thread::currentThread).result()).isSameAs(Thread.currentThread());
    }
  }

  @Test
  void twoThreadsShareTheWorkAndTheSecondEndsWithTheLearner() throws Exception {
    Thread second;
    try (Aside aside = Aside.of(2, "aside")) {
      second = aside.begin(Thread::currentThread).result();
      assertThat(second).isNotSameAs(Thread.currentThread());
      assertThat(second.getName()).isEqualTo("aside");
    }
    second.join();
    assertThat(second.isAlive()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void whatTheWorkThrowsIsThrownToWhoeverAsksForTheResult(int threads) {
    try (Aside aside = Aside.of(threads, "aside")) {
      Aside.Work<Object> work =
          aside.begin(
              () -> {
                throw new IllegalArgumentException("no such score");
              });
      assertThatThrownBy(work::result)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("no such score");
    }
  }
}
