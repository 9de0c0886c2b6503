package io.towerflow.local;

import io.towerflow.connectors.kafka.KafkaSettings;
import io.towerflow.job.TowerflowJob;
import io.towerflow.spec.ModelSpec;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import picocli.CommandLine;

/**
 * What a Flink cluster on this machine runs from: Flink's jars and the engine's, of this process'
 * own class path, as they lie in Flink's {@code lib} folder elsewhere; and the job's jar.
 */
final class ClusterClassPath {

  /** What the job's jar has to bring: a cluster that had it too would hide that it is missing. */
  private static final Set<Class<?>> JOBS =
      Set.of(
          Launcher.class,
          TowerflowJob.class,
          KafkaSettings.class,
          ModelSpec.class,
          KafkaSource.class,
          DeliveryGuarantee.class,
          KafkaConsumer.class,
          CommandLine.class);

  private ClusterClassPath() {}

  /** The class path of the cluster's processes and of its client. */
  static String get() {
    Set<Path> jobs =
        JOBS.stream().map(ClusterClassPath::home).collect(Collectors.toUnmodifiableSet());
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !jobs.contains(Path.of(entry).toAbsolutePath().normalize()))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /**
   * The jar that is submitted to the cluster: without the engine, which the cluster has. Each task
   * manager that joins in fetches it.
   *
   * @throws LaunchException if it has not been made
   */
  static Path jobJar() {
    Path jar = home(TowerflowJob.class).resolveSibling("towerflow-job-light.jar");
    if (!Files.isRegularFile(jar)) {
      throw new LaunchException(
          "There is no %s: 'mvn -DskipTests package' makes it".formatted(jar));
    }
    return jar;
  }

  /** The jar or folder that a class comes from. */
  private static Path home(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toAbsolutePath()
          .normalize();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
