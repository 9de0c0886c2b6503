package io.towerflow.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkDirectoryTest {

  @TempDir Path temporary;

  @Test
  void itIsNamedAfterTheProcessAndNothingOfItStays() throws Exception {
    WorkDirectory work = WorkDirectory.create(temporary, InstantSource.system());
    assertThat(work.path()).hasFileName("towerflow-" + ProcessHandle.current().pid());
    Files.writeString(work.log(), "line");
    Files.createDirectories(work.path().resolve("broker/topic-0"));

    work.close();

    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void whatADeadProcessLeftIsSweptAndWhatALivingOneHasIsNot() throws Exception {
    Path dead = Files.createDirectories(temporary.resolve("towerflow-1"));
    Files.createFile(dead.resolve("lock"));
    Files.createDirectories(dead.resolve("broker/topic-0"));
    Path stranger = Files.createDirectories(temporary.resolve("towerflow-notes"));

    try (WorkDirectory living = WorkDirectory.create(temporary, InstantSource.system());
        WorkDirectory other = WorkDirectory.create(temporary, InstantSource.system())) {
      assertThat(dead).doesNotExist();
      assertThat(living.path()).isDirectory();
      assertThat(other.path()).isDirectory().isNotEqualTo(living.path());
      assertThat(stranger).isDirectory();
    }
  }

  @Test
  void aKeptLogStaysForADay() throws Exception {
    WorkDirectory failed = WorkDirectory.create(temporary, InstantSource.system());
    Files.writeString(failed.log(), "stack trace");
    Files.createDirectories(failed.path().resolve("broker/topic-0"));
    failed.closeButKeepLogs();
    assertThat(failed.path()).isDirectoryContaining(failed.log()::equals);
    assertThat(failed.path().resolve("broker")).doesNotExist();

    WorkDirectory.create(temporary, InstantSource.system()).close();
    assertThat(failed.log()).hasContent("stack trace");

    Instant tomorrow = Instant.now().plus(Duration.ofHours(25));
    WorkDirectory.create(temporary, InstantSource.fixed(tomorrow)).close();
    assertThat(failed.path()).doesNotExist();
  }
}
