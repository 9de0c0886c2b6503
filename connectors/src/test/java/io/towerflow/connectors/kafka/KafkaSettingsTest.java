package io.towerflow.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaSettingsTest {

  @Test
  void everyClientPropertyPassesThrough() {
    KafkaSettings settings =
        new KafkaSettings(
            "a:9092,b:9092",
            Map.of("security.protocol", "SASL_SSL", "sasl.mechanism", "PLAIN", "x.y", "z"));

    assertThat(settings.clientProperties())
        .containsOnly(
            Map.entry("bootstrap.servers", "a:9092,b:9092"),
            Map.entry("security.protocol", "SASL_SSL"),
            Map.entry("sasl.mechanism", "PLAIN"),
            Map.entry("x.y", "z"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bootstrap.servers",
        "group.id",
        "auto.offset.reset",
        "enable.auto.commit",
        "isolation.level",
        "transactional.id",
        "key.serializer",
        "value.serializer",
        "key.deserializer",
        "value.deserializer"
      })
  void aPropertyThatTowerflowSetsIsRefusedByName(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KafkaSettings("a:9092", Map.of(name, "mine")))
        .withMessageStartingWith("Kafka property '" + name + "' is set by ")
        .withMessageEndingWith(": leave it out");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  "})
  void withoutBrokersThereAreNoSettings(String brokers) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KafkaSettings.of(brokers))
        .withMessageContaining("host:port");
  }

  @Test
  void passwordsAreNotPrinted() {
    KafkaSettings settings =
        new KafkaSettings("a:9092", Map.of("ssl.key.password", "secret", "acks", "all"));

    assertThat(settings)
        .hasToString("KafkaSettings[brokers=a:9092, properties=[acks, ssl.key.password]]");
  }

  @Test
  void settingsDoNotChangeWithTheMapTheyWereMadeOf() {
    Map<String, String> properties = new HashMap<>(Map.of("acks", "all"));
    KafkaSettings settings = new KafkaSettings("a:9092", properties);

    properties.clear();

    assertThat(settings.properties()).containsEntry("acks", "all");
  }
}
