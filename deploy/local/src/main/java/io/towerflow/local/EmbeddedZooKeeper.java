package io.towerflow.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.shaded.zookeeper3.org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.flink.shaded.zookeeper3.org.apache.zookeeper.server.ZooKeeperServer;

/**
 * A ZooKeeper inside this process, on a free port of 127.0.0.1: what a Flink cluster without
 * Kubernetes keeps in mind when its job manager dies. It is the one that Flink brings along.
 */
final class EmbeddedZooKeeper implements AutoCloseable {

  private static final int TICK_MILLIS = 1000;
  private static final int CONNECTIONS = 100;

  private final NIOServerCnxnFactory server;

  private EmbeddedZooKeeper(NIOServerCnxnFactory server) {
    this.server = server;
  }

  /**
   * Starts a server and returns when it answers.
   *
   * @param directory where it keeps its data; it is created where needed
   * @throws LaunchException if it does not start
   */
  static EmbeddedZooKeeper start(Path directory) {
    try {
      Files.createDirectories(directory);
      NIOServerCnxnFactory server = new NIOServerCnxnFactory();
      server.configure(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), CONNECTIONS, -1, false);
      server.startup(
          new ZooKeeperServer(directory.toFile(), directory.toFile(), TICK_MILLIS), true);
      return new EmbeddedZooKeeper(server);
    } catch (IOException e) {
      throw new LaunchException("ZooKeeper did not start in %s: %s".formatted(directory, e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LaunchException("ZooKeeper was interrupted at its start", e);
    }
  }

  /** Where clients connect to: {@code host:port}. */
  String address() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  @Override
  public void close() {
    server.shutdown();
  }
}
