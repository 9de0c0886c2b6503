package io.towerflow.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;

class FlinkSettingsTest {

  private static final Optional<String> DIR = Optional.of("file:///tmp/checkpoints");

  private static Map<String, String> settings(Configuration given) {
    return FlinkSettings.of(given, Duration.ofSeconds(5), DIR).toMap();
  }

  @Test
  void onAnEmptyConfigurationEverythingIsSet() {
    assertThat(settings(new Configuration()))
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("execution.checkpointing.mode", "EXACTLY_ONCE"),
                Map.entry("execution.checkpointing.interval", "5 s"),
                Map.entry("execution.checkpointing.dir", "file:///tmp/checkpoints"),
                Map.entry("execution.checkpointing.incremental", "true"),
                Map.entry("execution.checkpointing.snapshot-compression", "true"),
                Map.entry(
                    "execution.checkpointing.externalized-checkpoint-retention",
                    "RETAIN_ON_CANCELLATION"),
                Map.entry("pipeline.max-parallelism", "128"),
                Map.entry("pipeline.generic-types", "false"),
                Map.entry("pipeline.auto-generate-uids", "false"),
                Map.entry("pipeline.object-reuse", "true"),
                Map.entry("state.backend.type", "rocksdb"),
                Map.entry("state.backend.rocksdb.compaction.level.max-size-level-base", "32 mb"),
                Map.entry("state.backend.rocksdb.compaction.level.target-file-size-base", "8 mb")));
  }

  @Test
  void whatTheClustersOperatorHasTunedStays() {
    Configuration given = new Configuration();
    given.setString("state.backend.type", "hashmap");
    given.setString("pipeline.object-reuse", "false");
    given.setString("execution.checkpointing.incremental", "false");
    given.setString("state.backend.rocksdb.compaction.level.max-size-level-base", "256mb");

    assertThat(settings(given)).doesNotContainKeys(given.keySet().toArray(new String[0]));
  }

  @Test
  void whatGuaranteesRestOnIsSetWhateverIsGiven() {
    Configuration given = new Configuration();
    given.setString("execution.checkpointing.mode", "AT_LEAST_ONCE");
    given.setString("pipeline.generic-types", "true");
    given.setString("pipeline.max-parallelism", "32768");

    assertThat(settings(given))
        .containsEntry("execution.checkpointing.mode", "EXACTLY_ONCE")
        .containsEntry("pipeline.generic-types", "false")
        .containsEntry("pipeline.max-parallelism", "128");
  }

  @Test
  void theClustersCheckpointDirectoryDoes() {
    Configuration given = new Configuration();
    given.setString("execution.checkpointing.dir", "s3://bucket/checkpoints");

    assertThat(FlinkSettings.of(given, Duration.ofSeconds(5), Optional.empty()).toMap())
        .doesNotContainKey("execution.checkpointing.dir");
  }

  @Test
  void withoutAnyCheckpointDirectoryTheJobIsRefused() {
    assertThatThrownBy(
            () -> FlinkSettings.of(new Configuration(), Duration.ofSeconds(5), Optional.empty()))
        .isInstanceOf(BadOptionsException.class)
        .hasMessageContaining("--checkpoint-dir")
        .hasMessageContaining("execution.checkpointing.dir");
  }
}
