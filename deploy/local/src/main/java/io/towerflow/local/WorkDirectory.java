package io.towerflow.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Where one process keeps what nobody needs after it: {@code towerflow-PID} under the system's
 * temporary directory, with the log file in it.
 *
 * <p>A locked file says that the owner lives; the lock goes with the process, however it ends. What
 * the dead left behind is deleted at the next {@link #create}; a log that was kept for people to
 * read, after a day.
 */
final class WorkDirectory implements AutoCloseable {

  private static final String PREFIX = "towerflow-";
  private static final String LOCK = "lock";
  private static final String LOG = "towerflow.log";
  private static final Duration LOGS_ARE_KEPT = Duration.ofDays(1);

  private final Path path;
  private final FileChannel lock;

  private WorkDirectory(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Sweeps up after dead processes, then makes a directory for this one.
   *
   * @param parent the system's temporary directory
   * @param clock tells how old a kept log is
   */
  static WorkDirectory create(Path parent, InstantSource clock) throws IOException {
    sweep(parent, clock);
    Path path = createNew(parent, PREFIX + ProcessHandle.current().pid());
    // Locked before it gets its name: whoever finds the file can trust it.
    Path unnamed = path.resolve(LOCK + ".new");
    FileChannel channel =
        FileChannel.open(unnamed, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    channel.lock();
    Files.move(unnamed, path.resolve(LOCK));
    return new WorkDirectory(path, channel);
  }

  /** The directory itself. */
  Path path() {
    return path;
  }

  /** The file that logs go to. */
  Path log() {
    return path.resolve(LOG);
  }

  /** Deletes everything. */
  @Override
  public void close() throws IOException {
    lock.close();
    delete(path);
  }

  /** Deletes everything but the log files, which people have been pointed to. */
  void closeButKeepLogs() throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      for (Path entry : entries) {
        if (!entry.toString().endsWith(".log")) {
          delete(entry);
        }
      }
    }
    lock.close();
  }

  private static Path createNew(Path parent, String name) throws IOException {
    // A kept log or another container's process may have the same number.
    for (int i = 0; ; i++) {
      Path path = parent.resolve(i == 0 ? name : name + "-" + i);
      try {
        return Files.createDirectory(
            path,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } catch (FileAlreadyExistsException e) {
        if (i == 100) {
          throw e;
        }
      }
    }
  }

  private static void sweep(Path parent, InstantSource clock) throws IOException {
    try (DirectoryStream<Path> directories = Files.newDirectoryStream(parent, PREFIX + "[0-9]*")) {
      for (Path directory : directories) {
        if (isAbandoned(directory, clock)) {
          delete(directory);
        }
      }
    }
  }

  private static boolean isAbandoned(Path directory, InstantSource clock) throws IOException {
    Path lock = directory.resolve(LOCK);
    try {
      if (!Files.exists(lock)) {
        return Files.getLastModifiedTime(directory)
            .toInstant()
            .isBefore(clock.instant().minus(LOGS_ARE_KEPT));
      }
      try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
          FileLock dead = channel.tryLock()) {
        return dead != null;
      }
    } catch (OverlappingFileLockException e) {
      return false; // this very process holds it
    } catch (AccessDeniedException | NoSuchFileException e) {
      return false; // another user's, or being swept by another process
    }
  }

  /** Deletes a directory with all that is in it. */
  static void delete(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException error) throws IOException {
            if (error instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw error;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException error)
              throws IOException {
            if (error != null) {
              throw error;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
