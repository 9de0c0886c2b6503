package io.towerflow.local;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.LoggerFactory;

/**
 * One call of the launcher: where it writes, and what becomes of it when the process is told to
 * end. A command that takes long looks at {@link #isStopping} and then ends in its own way; the
 * process waits for it, but not for ever.
 */
final class Session implements AutoCloseable {

  /** The property that names the log file; it must be set before the first logger is made. */
  private static final String LOG_PROPERTY = "towerflow.log";

  private static final long PATIENCE_SECONDS = 30;

  private final Output output;
  private final PrintStream errors;
  private final WorkDirectory work;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicBoolean stopping = new AtomicBoolean();
  private boolean logIsNamed;
  private boolean deleted;

  private Session(Output output, PrintStream errors, WorkDirectory work) {
    this.output = output;
    this.errors = errors;
    this.work = work;
  }

  /**
   * Opens a session with a work directory of its own.
   *
   * @param temporary the system's temporary directory
   */
  static Session open(Output output, PrintStream errors, Path temporary) {
    try {
      WorkDirectory work = WorkDirectory.create(temporary, InstantSource.system());
      System.setProperty(LOG_PROPERTY, work.log().toString());
      // The log is needed until the session has ended, which is later than Log4j thinks.
      System.setProperty("log4j.shutdownHookEnabled", "false");
      return new Session(output, errors, work);
    } catch (IOException e) {
      throw new LaunchException(
          "No work directory can be made in '%s': %s".formatted(temporary, e.getMessage()), e);
    }
  }

  /** What is said on standard output. */
  Output output() {
    return output;
  }

  /** Where errors go. */
  PrintStream errors() {
    return errors;
  }

  /** A directory for what nobody needs after this process; it need not exist yet. */
  Path directory(String name) {
    return work.path().resolve(name);
  }

  /** Whether the process has been told to end. */
  boolean isStopping() {
    return stopping.get();
  }

  /** The folder that log files go to; those that end in {@code .log} can be kept. */
  Path logs() {
    return work.path();
  }

  /** Keeps the log files when the rest goes. */
  synchronized void keepLogs() {
    logIsNamed = true;
  }

  /** Puts the stack trace into the log, keeps that and says where it is. */
  synchronized Path log(Throwable error) {
    LoggerFactory.getLogger(Session.class).error("Failed", error);
    logIsNamed = true;
    return work.log();
  }

  /** Makes signals end this session before they end the process. */
  void endOnSignal() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::endForSignal, "towerflow-end"));
  }

  /** Ends the session; its work directory goes, but for a log that people were pointed to. */
  @Override
  public void close() {
    ended.countDown();
    deleteWork();
  }

  private void endForSignal() {
    if (ended.getCount() == 0) {
      return;
    }
    stopping.set(true);
    output.say("Stopping ...");
    try {
      if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        errors.println("towerflow: stopped before all was put in order");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    deleteWork();
  }

  private synchronized void deleteWork() {
    if (deleted) {
      return;
    }
    deleted = true;
    try {
      if (logIsNamed) {
        work.closeButKeepLogs();
      } else {
        work.close();
      }
    } catch (IOException e) {
      errors.printf("towerflow: %s is left behind until the next start: %s%n", work.path(), e);
    }
  }
}
