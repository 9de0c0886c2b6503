package io.towerflow.job;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;

/**
 * What the job needs of Flink's configuration. Guarantees rest on the first part, so it is set; the
 * second is a better default, so whatever the cluster's operator has configured goes before it.
 */
final class FlinkSettings {

  private final ReadableConfig given;
  private final Configuration settings = new Configuration();

  private FlinkSettings(ReadableConfig given) {
    this.given = given;
  }

  /**
   * The settings to add to those that are given.
   *
   * @throws BadOptionsException if nobody says where checkpoints are kept
   */
  static Configuration of(ReadableConfig given, Duration interval, Optional<String> checkpointDir) {
    FlinkSettings flink = new FlinkSettings(given);
    flink.guarantees(interval);
    flink.defaults();
    flink.checkpointDir(checkpointDir);
    return flink.settings;
  }

  private void guarantees(Duration interval) {
    settings.set(
        CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
    settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, interval);
    settings.set(PipelineOptions.MAX_PARALLELISM, ShardKeys.MAX_PARALLELISM);
    // A type that Flink can't look into would go through Kryo: slow, and unreadable after an
    // upgrade. A uid that Flink makes up would lose the operator's state after one.
    settings.set(PipelineOptions.GENERIC_TYPES, false);
    settings.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
  }

  private void defaults() {
    prefer(StateBackendOptions.STATE_BACKEND, "rocksdb");
    prefer(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
    // With RocksDB's own sizes a compaction may rewrite all users at once; these bound what one
    // checkpoint uploads. The model is a log, which is hardly merged.
    prefer(RocksDBConfigurableOptions.MAX_SIZE_LEVEL_BASE, MemorySize.ofMebiBytes(32));
    prefer(RocksDBConfigurableOptions.TARGET_FILE_SIZE_BASE, MemorySize.ofMebiBytes(8));
    // Uncompressed operator state is read back byte by byte.
    prefer(ExecutionOptions.SNAPSHOT_COMPRESSION, true);
    prefer(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    // Messages are never changed once they are sent, so chained operators may share them.
    prefer(PipelineOptions.OBJECT_REUSE, true);
  }

  private void checkpointDir(Optional<String> dir) {
    if (dir.isPresent()) {
      settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, dir.get());
    } else if (given.getOptional(CheckpointingOptions.CHECKPOINTS_DIRECTORY).isEmpty()) {
      // The job manager's memory would do for the first minutes, until the model has outgrown it.
      throw new BadOptionsException(
          List.of(
              "--checkpoint-dir: takes a URI such as file:///var/towerflow or"
                  + " s3://bucket/towerflow, since the cluster has no"
                  + " execution.checkpointing.dir"));
    }
  }

  private <T> void prefer(ConfigOption<T> option, T value) {
    if (given.getOptional(option).isEmpty()) {
      settings.set(option, value);
    }
  }
}
