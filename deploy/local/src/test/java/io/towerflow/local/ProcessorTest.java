package io.towerflow.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Learns in processes of their own, which are made to believe in other processors. */
class ProcessorTest {

  private static final String CAPABILITY = "ATEN_CPU_CAPABILITY";

  @TempDir Path directory;

  @Test
  void theEngineTakesTheSameKernelsWhereTheEnvironmentSaysNothing() throws Exception {
    String said = digest("online", "engine", 2560, List.of(), Map.of(CAPABILITY, "avx2"));

    assertThat(digest("online", "engine", 2560, List.of(), Map.of()))
        .as("the model on a processor that may have more than AVX2")
        .isEqualTo(said);
  }

  @ParameterizedTest
  @CsvSource({"online, 640", "online-fast, 1280", "online-wide, 320", "tutorial, 4096"})
  void whatJavaLearnsIsTheSameOnEveryProcessor(String preset, int events) throws Exception {
    // What the engine would compute with is nothing to Java, so both can differ at once.
    String plain = digest(preset, "java", events, avx(0), Map.of(CAPABILITY, "default"));

    assertThat(digest(preset, "java", events, avx(2), Map.of(CAPABILITY, "avx2")))
        .as("the model with AVX2")
        .isEqualTo(plain);
    assertThat(digest(preset, "java", events, avx(3), Map.of()))
        .as("the model with all that the processor has")
        .isEqualTo(plain);
  }

  private static List<String> avx(int most) {
    return List.of("-XX:UseAVX=" + most);
  }

  /** The digest of a model that has learnt a short stream in a process of its own. */
  private String digest(
      String preset,
      String arithmetic,
      int events,
      List<String> options,
      Map<String, String> environment)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-Xmx1g", "-Dai.djl.offline=true"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Launcher.class.getName());
    command.addAll(List.of("bench", "learn", "--presets", preset, "--arithmetic", arithmetic));
    command.addAll(
        List.of("--events", String.valueOf(events), "--rounds", "1", "--warm-up", "1", "--json"));
    command.addAll(List.of("--report-dir", directory.resolve("report").toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().remove(CAPABILITY);
    builder.environment().putAll(environment);
    File out = directory.resolve("out").toFile();
    File errors = directory.resolve("errors").toFile();
    int code = builder.redirectOutput(out).redirectError(errors).start().waitFor();

    assertThat(code).as(Files.readString(errors.toPath())).isZero();
    List<String> lines = Files.readAllLines(out.toPath());
    return new ObjectMapper()
        .readTree(lines.get(lines.size() - 1))
        .get("cells")
        .get(0)
        .get("model_digest")
        .asText();
  }
}
