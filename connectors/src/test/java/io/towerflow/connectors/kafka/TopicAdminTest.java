package io.towerflow.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopicAdminTest {

  @Test
  void brokersThatDoNotAnswerAreNamedWithTheTimeAndTheCure() throws IOException {
    // Bound, so that nobody else is there, and closed to whoever speaks Kafka: nobody answers.
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String brokers = "127.0.0.1:" + silent.getLocalPort();
      KafkaSettings settings =
          new KafkaSettings(
              brokers, Map.of("default.api.timeout.ms", "400", "request.timeout.ms", "200"));

      assertThatThrownBy(
              () -> TopicAdmin.ensureTopics(settings, Map.of("ratings", TopicShape.plain(1))))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("'" + brokers + "'")
          .hasMessageContaining("400 ms")
          .hasMessageContaining("check that they run");
    }
  }

  @Test
  void brokersWhoseNamesResolveToNothingAreNamed() {
    assertThatThrownBy(
            () ->
                TopicAdmin.ensureTopics(
                    KafkaSettings.of("no-such-host.invalid:9092"),
                    Map.of("ratings", TopicShape.plain(1))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'no-such-host.invalid:9092'");
  }

  @Test
  void aTopicHasAPartition() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TopicShape.plain(0))
        .withMessage("partitions: must be 1 or more, is 0");
  }
}
