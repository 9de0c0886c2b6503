package io.towerflow.arithmetic.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Library;
import com.sun.jna.Native;
import io.towerflow.arithmetic.Arithmetic;
import org.junit.jupiter.api.Test;

class KernelChoiceTest {

  /** Of the C library, as the engine reads the environment. */
  private interface Environment extends Library {
    String getenv(String name);
  }

  @Test
  void theEngineReadsTheChoiceThatIsTold() {
    new EnginePasses(Arithmetic.ENGINE).close();
    String read = Native.load("c", Environment.class).getenv("ATEN_CPU_CAPABILITY");

    assertThat(KernelChoice.name()).isEqualTo(read == null ? "default" : read);
  }
}
