package io.towerflow.connectors.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Makes sure that the topics are there, and knows their partitions and the brokers' limits. */
public final class TopicAdmin {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final String LIMIT = "transaction.max.timeout.ms";
  private static final Duration VISIBLE_POLL = Duration.ofMillis(50);

  private TopicAdmin() {}

  /**
   * Creates the topics that don't exist, and waits until they can be used; one that exists is left
   * as it is, whatever its shape.
   *
   * @throws IllegalStateException if the brokers can't be reached, or refuse
   */
  public static void ensureTopics(KafkaSettings settings, Map<String, TopicShape> topics) {
    ask(
        settings,
        admin -> {
          Set<String> existing = admin.listTopics().names().get();
          for (var topic : topics.entrySet()) {
            if (!existing.contains(topic.getKey())) {
              create(admin, topic.getKey(), topic.getValue());
            }
          }
          awaitVisible(admin, topics.keySet());
          return null;
        });
  }

  /**
   * How many partitions a topic has, empty where there is no such topic.
   *
   * @throws IllegalStateException if the brokers can't be reached, or refuse
   */
  public static OptionalInt partitions(KafkaSettings settings, String topic) {
    return ask(
        settings,
        admin ->
            admin.listTopics().names().get().contains(topic)
                ? OptionalInt.of(
                    admin
                        .describeTopics(Set.of(topic))
                        .allTopicNames()
                        .get()
                        .get(topic)
                        .partitions()
                        .size())
                : OptionalInt.empty());
  }

  /**
   * How long the brokers let a transaction stay open at most, empty where they don't let this
   * client ask.
   *
   * @throws IllegalStateException if the brokers can't be reached, or refuse
   */
  public static Optional<Duration> longestTransaction(KafkaSettings settings) {
    return ask(
        settings,
        admin -> {
          Node node = admin.describeCluster().nodes().get().iterator().next();
          ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, node.idString());
          try {
            ConfigEntry limit =
                admin.describeConfigs(Set.of(broker)).all().get().get(broker).get(LIMIT);
            return limit == null
                ? Optional.empty()
                : Optional.of(Duration.ofMillis(Long.parseLong(limit.value())));
          } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
              return Optional.empty();
            }
            throw e;
          }
        });
  }

  private interface Question<T> {
    T ask(Admin admin) throws ExecutionException, InterruptedException;
  }

  private static <T> T ask(KafkaSettings settings, Question<T> question) {
    Properties properties = new Properties();
    properties.setProperty(
        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, String.valueOf(TIMEOUT.toMillis()));
    properties.setProperty(
        AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, String.valueOf(TIMEOUT.toMillis() / 2));
    properties.putAll(settings.clientProperties());
    try (Admin admin = Admin.create(properties)) {
      return question.ask(admin);
    } catch (ExecutionException e) {
      throw failure(settings, properties, e.getCause());
    } catch (KafkaException e) {
      throw failure(settings, properties, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking the Kafka brokers", e);
    }
  }

  private static void create(Admin admin, String name, TopicShape shape)
      throws ExecutionException, InterruptedException {
    NewTopic topic = new NewTopic(name, Optional.of(shape.partitions()), Optional.empty());
    if (shape.compacted()) {
      topic.configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
    }
    try {
      admin.createTopics(Set.of(topic)).all().get();
    } catch (ExecutionException e) {
      // Someone else was faster, which is as good.
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
    }
  }

  /** A broker hears of a new topic a moment after it was created. */
  private static void awaitVisible(Admin admin, Set<String> topics)
      throws ExecutionException, InterruptedException {
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    while (true) {
      try {
        admin.describeTopics(topics).allTopicNames().get();
        return;
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)
            || System.nanoTime() > deadline) {
          throw e;
        }
      }
      Thread.sleep(VISIBLE_POLL.toMillis());
    }
  }

  private static IllegalStateException failure(
      KafkaSettings settings, Properties properties, Throwable cause) {
    if (cause instanceof TimeoutException) {
      return new IllegalStateException(
          "no answer from the Kafka brokers '%s' within %s ms: check that they run, that this machine reaches them, and that their advertised listeners and the security properties are right"
              .formatted(
                  settings.brokers(),
                  properties.getProperty(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG)),
          cause);
    }
    return new IllegalStateException(
        "cannot use the Kafka brokers '%s': %s".formatted(settings.brokers(), reason(cause)),
        cause);
  }

  /** Kafka wraps what is wrong with a property; the innermost message says it. */
  private static String reason(Throwable failure) {
    return failure.getCause() == null ? failure.getMessage() : reason(failure.getCause());
  }
}
