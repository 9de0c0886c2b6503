package io.towerflow.local;

import java.util.Locale;

/** What a benchmark ran on. */
final class Machine {

  private Machine() {}

  static String description() {
    Runtime runtime = Runtime.getRuntime();
    return String.format(
        Locale.ROOT,
        "%s %s, %d cores, Java %s, heap of %,d MB",
        System.getProperty("os.name"),
        System.getProperty("os.arch"),
        runtime.availableProcessors(),
        System.getProperty("java.version"),
        runtime.maxMemory() >> 20);
  }
}
