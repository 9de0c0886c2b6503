package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class EngineLoadingTest {

  @Test
  void aLibraryThatAnotherClassLoaderHoldsIsReportedWithTheCure() {
    var cause = new UnsatisfiedLinkError("libc10.so already loaded in another classloader");

    assertThatThrownBy(
            () ->
                EngineLoading.explained(
                    () -> {
                      throw new IllegalStateException("engine failed", cause);
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("classloader.parent-first-patterns.additional")
        .hasMessageContaining("ai.djl.;com.sun.jna.")
        .hasRootCause(cause);
  }

  @Test
  void anyOtherFailureStaysWhatItIs() {
    var failure = new IllegalArgumentException("no such layer");

    assertThatThrownBy(
            () ->
                EngineLoading.explained(
                    () -> {
                      throw failure;
                    }))
        .isSameAs(failure);
  }

  @Test
  void anEngineThatLoadsIsHandedOn() {
    assertThat(EngineLoading.explained(() -> "engine")).isEqualTo("engine");
  }
}
