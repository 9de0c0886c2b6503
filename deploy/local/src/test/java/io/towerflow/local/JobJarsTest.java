package io.towerflow.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.towerflow.job.TowerflowJob;
import java.nio.file.Path;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

class JobJarsTest {

  private static final String JOB = "io/towerflow/job/TowerflowJob.class";
  private static final String KAFKA = "org/apache/kafka/clients/consumer/KafkaConsumer.class";
  private static final String ENGINE = "ai/djl/engine/Engine.class";
  private static final String NATIVE = "lib/pytorch-native-cpu.jar";

  private static Set<String> entries(String name) throws Exception {
    Path jar =
        Path.of(TowerflowJob.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .resolveSibling(name);
    assumeThat(jar).as("a jar that 'mvn package' makes before these tests").exists();
    try (JarFile file = new JarFile(jar.toFile())) {
      assertThat(file.getManifest().getMainAttributes().getValue("Main-Class"))
          .isEqualTo(TowerflowJob.class.getName());
      return file.stream().map(ZipEntry::getName).collect(Collectors.toSet());
    }
  }

  @Test
  void theJobsJarBringsTheEngine() throws Exception {
    assertThat(entries("towerflow-job.jar")).contains(JOB, KAFKA, ENGINE, NATIVE);
  }

  @Test
  void theLightOneIsTheSameJobWithoutTheEngine() throws Exception {
    assertThat(entries("towerflow-job-light.jar"))
        .contains(JOB, KAFKA)
        .doesNotContain(NATIVE)
        .noneMatch(entry -> entry.startsWith("ai/djl/"))
        .noneMatch(entry -> entry.startsWith("com/sun/jna/"));
  }
}
