package io.towerflow.arithmetic.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.sun.jna.Library;
import com.sun.jna.Native;
import io.towerflow.arithmetic.Arithmetic;
import org.junit.jupiter.api.Test;

class TorchEngineTest {

  /** Of the C library, as the engine reads the environment. */
  private interface Environment extends Library {
    String getenv(String name);
  }

  @Test
  void theEngineReadsTheCapabilityThatIsTold() {
    try (NDManager manager = TorchEngine.newManager(Arithmetic.ENGINE)) {
      assertThat(manager.zeros(new Shape(1)).toFloatArray()).hasSize(1);
    }
    String read = Native.load("c", Environment.class).getenv("ATEN_CPU_CAPABILITY");

    assertThat(TorchEngine.capability()).isEqualTo(read == null ? "default" : read);
  }
}
