package io.towerflow.local;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A Kafka broker inside this process: one node that is its own controller (KRaft), on a free port
 * of 127.0.0.1, good for any Kafka client of this machine.
 *
 * <p>What it holds survives a restart on the same directory; its port does not. Topics are made by
 * whoever needs them, never by asking for one that is not there.
 */
public final class EmbeddedBroker implements AutoCloseable {

  private static final String HOST = "127.0.0.1";
  private static final String NODE = "1";

  /** Between finding a free port and binding it somebody else may take it. */
  private static final int ATTEMPTS = 5;

  private final KafkaRaftServer server;
  private final String address;

  private EmbeddedBroker(KafkaRaftServer server, String address) {
    this.server = server;
    this.address = address;
  }

  /**
   * Starts a broker and returns when it answers.
   *
   * @param directory where the broker keeps its data; it is created and formatted where needed
   * @throws IOException if the directory cannot be written
   * @throws IllegalStateException if the broker does not start, with Kafka's reason as the cause
   */
  public static EmbeddedBroker start(Path directory) throws IOException {
    Files.createDirectories(directory);
    format(directory);
    for (int attempt = 1; ; attempt++) {
      int port = freePort();
      KafkaRaftServer server =
          new KafkaRaftServer(
              new KafkaConfig(properties(directory, port, freePort()), false), Time.SYSTEM);
      try {
        server.startup();
        return new EmbeddedBroker(server, HOST + ":" + port);
      } catch (RuntimeException e) {
        server.shutdown();
        if (attempt == ATTEMPTS || !isTakenPort(e)) {
          throw new IllegalStateException("The embedded broker did not start in " + directory, e);
        }
      }
    }
  }

  /** Where clients connect to: {@code host:port}. */
  public String address() {
    return address;
  }

  /** Stops the broker; what it holds stays in its directory. */
  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }

  private static void format(Path directory) throws IOException {
    if (Files.exists(directory.resolve("meta.properties"))) {
      return;
    }
    Formatter formatter =
        new Formatter()
            .setPrintStream(
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
            .setClusterId(Uuid.randomUuid().toString())
            .setNodeId(Integer.parseInt(NODE))
            .setReleaseVersion(MetadataVersion.latestProduction())
            .setUnstableFeatureVersionsEnabled(false)
            .setControllerListenerName("CONTROLLER")
            .setMetadataLogDirectory(directory.toString())
            .setDirectories(Set.of(directory.toString()));
    try {
      formatter.run();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("Kafka could not format " + directory, e);
    }
  }

  private static Map<String, String> properties(Path directory, int port, int controllerPort) {
    Map<String, String> properties = new HashMap<>();
    properties.put("process.roles", "broker,controller");
    properties.put("node.id", NODE);
    properties.put("log.dirs", directory.toString());
    properties.put(
        "listeners",
        "PLAINTEXT://%1$s:%2$d,CONTROLLER://%1$s:%3$d".formatted(HOST, port, controllerPort));
    properties.put("advertised.listeners", "PLAINTEXT://%s:%d".formatted(HOST, port));
    properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    properties.put("inter.broker.listener.name", "PLAINTEXT");
    properties.put("controller.listener.names", "CONTROLLER");
    properties.put("controller.quorum.voters", NODE + "@" + HOST + ":" + controllerPort);

    // One node holds every copy there is, and few internal partitions start fast.
    properties.put("default.replication.factor", "1");
    properties.put("min.insync.replicas", "1");
    properties.put("offsets.topic.replication.factor", "1");
    properties.put("offsets.topic.num.partitions", "1");
    properties.put("transaction.state.log.replication.factor", "1");
    properties.put("transaction.state.log.min.isr", "1");
    properties.put("transaction.state.log.num.partitions", "1");
    properties.put("share.coordinator.state.topic.replication.factor", "1");
    properties.put("share.coordinator.state.topic.min.isr", "1");
    properties.put("share.coordinator.state.topic.num.partitions", "1");

    properties.put("auto.create.topics.enable", "false");
    properties.put("group.initial.rebalance.delay.ms", "0");
    // Flink's transactions outlive its longest pause between checkpoints, not Kafka's 15 minutes.
    properties.put("transaction.max.timeout.ms", "3600000");
    // The log cleaner's default takes 128 MiB of heap.
    properties.put("log.cleaner.dedupe.buffer.size", "2097152");
    return properties;
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("No free port on " + HOST, e);
    }
  }

  private static boolean isTakenPort(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException) {
        return true;
      }
    }
    return false;
  }
}
