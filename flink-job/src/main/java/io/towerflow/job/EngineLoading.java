package io.towerflow.job;

import java.util.function.Supplier;

/** Puts the cure into the error of a native engine that can't be loaded. */
final class EngineLoading {

  private static final String CURE =
      "The learning engine's native libraries can't be loaded. A process loads them once: where"
          + " an earlier job on this task manager brought them in its own jar, no later job can."
          + " Put DJL's jars into Flink's lib folder and add 'ai.djl.;com.sun.jna.' to"
          + " classloader.parent-first-patterns.additional (see flink-job/README.md), then restart"
          + " the task managers.";

  private EngineLoading() {}

  /**
   * What the supplier makes.
   *
   * @throws IllegalStateException with the cure, if a library could not be linked
   */
  static <T> T explained(Supplier<T> engine) {
    try {
      return engine.get();
    } catch (RuntimeException | LinkageError e) {
      if (isLinkage(e)) {
        throw new IllegalStateException(CURE, e);
      }
      throw e;
    }
  }

  private static boolean isLinkage(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof LinkageError) {
        return true;
      }
    }
    return false;
  }
}
