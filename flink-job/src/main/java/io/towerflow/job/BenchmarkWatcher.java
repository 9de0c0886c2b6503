package io.towerflow.job;

/** Is told how a benchmark gets on. */
public interface BenchmarkWatcher {

  /** So much is done of what there is to do. */
  void progress(String what, long done, long all);

  /** Whether the benchmark is to stop. */
  boolean isStopping();
}
